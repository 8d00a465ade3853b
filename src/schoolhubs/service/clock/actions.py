"""Puts a demonstration's clock forward; nowhere else is there a clock to put."""

import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from schoolhubs.service import clock
from schoolhubs.service.audit import actions as audit
from schoolhubs.service.clock.models import Forward
from schoolhubs.service.jobs import actions as jobs
from schoolhubs.service.jobs.models import Work
from schoolhubs.vocabulary.errors import Conflict

KIND = "clock"
MOST_DAYS = 366
DAY = datetime.timedelta(days=1)


def ask_forward(
    to: datetime.date,
    *,
    from_on: datetime.date,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> Work:
    """Ask for the clock to go to a day, and for what the days on the way bring.

    Raises
    ------
    Conflict
        If the clock is not on the day it was asked from any more, or the day is not ahead of it.
    """
    on = _of_a_demonstration()
    if on != from_on:
        raise Conflict(
            f"The clock stands at {on} by now, and you asked from {from_on}. Nothing was changed. "
            "Look where it is, then choose again."
        )
    if not on < to <= on + MOST_DAYS * DAY:
        raise Conflict(
            f"The clock goes forward only, by a year at most: from {on} it cannot go to {to}."
        )
    return jobs.ask(
        KIND, {"to": to.isoformat()}, by=by, organisation=organisation, at=at, place=place
    )


def put_forward(to: datetime.date, *, by: str, place: str) -> bool:
    """Put the clock to a day, at the hour it is; tell whether it moved, as it never goes back."""
    on = _of_a_demonstration()
    if to <= on:
        return False
    with transaction.atomic():
        n_days = _days_to(to, timezone.now())
        Forward.objects.create(days_ahead=n_days, put_at=timezone.now(), put_by=by)
        clock.look_again()
        audit.record(
            by=by, at=clock.now(), action="clock.forward", subject="clock", place=place,
            details={"from": on.isoformat(), "to": to.isoformat()},
        )  # fmt: skip
    return True


def _days_to(to: datetime.date, moment: datetime.datetime) -> int:
    """Give the days from a moment to one on a day in England, the fewest that reach it.

    Around midnight a change to summer time or back makes it a day fewer or more than the calendar
    counts. One day of a year has no such moment at some hours; then it is one of the next.
    """
    by_calendar = (to - timezone.localdate(moment)).days
    near = (by_calendar - 1, by_calendar, by_calendar + 1)
    return next(n for n in near if timezone.localdate(moment + n * DAY) >= to)


def _of_a_demonstration() -> datetime.date:
    """Give the clock's day.

    Raises
    ------
    Conflict
        Where this is no demonstration: the time of a running service is nobody's to change.
    """
    if not settings.ENVIRONMENT.is_demo:
        raise Conflict("Only a demonstration has a clock that can be put forward.")
    return clock.day()
