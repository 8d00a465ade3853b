"""How long a proposal stands, by proposals.yaml."""

import dataclasses
import datetime
import functools
from collections.abc import Sequence
from importlib import resources

from django.utils import timezone

from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.vocabulary.written.stored import read_facts

DAY = datetime.timedelta(days=1)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What proposals.yaml says, each by its name there."""

    stands_days: int
    months_not_counted: Sequence[int]
    reminder_days: int
    shown_days: int


@functools.cache
def standing() -> Standing:
    """Read it.

    >>> standing().reminder_days < standing().stands_days
    True
    """
    folder = resources.files("schoolhubs.service.partnerships.lapsing")
    said = read_facts(folder.joinpath("proposals.yaml").read_text())
    return Standing(**{name: each["value"] for name, each in said.items()})


def days_on(on: datetime.date, n: int) -> datetime.date:
    """Give the day that is ``n`` days on, or back where it is negative, of days that count.

    >>> str(days_on(datetime.date(2026, 7, 25), 7)), str(days_on(datetime.date(2026, 9, 1), -7))
    ('2026-09-01', '2026-07-25')
    """
    step, n_left = (DAY, n) if n > 0 else (-DAY, -n)
    while n_left:
        on += step
        n_left -= on.month not in standing().months_not_counted
    return on


def last_day(on: datetime.date) -> datetime.date:
    """Give the last day to answer what is proposed on a day.

    >>> str(last_day(datetime.date(2026, 1, 5))), str(last_day(datetime.date(2026, 7, 20)))
    ('2026-02-02', '2026-09-17')
    """
    return days_on(on, standing().stands_days)


def soonest_after_reminder(on: datetime.date) -> datetime.date:
    """Give the soonest last day to answer what is reminded of on a day."""
    return days_on(on, standing().reminder_days)


def answer_by(found: Partnership) -> datetime.date:
    """Give the last day to answer a proposal; counted where none was kept with it."""
    return found.answer_by or last_day(timezone.localdate(found.proposed_at))


def reminds_on(found: Partnership) -> datetime.date:
    """Give the day from which who has not answered is reminded."""
    return days_on(answer_by(found), -standing().reminder_days)
