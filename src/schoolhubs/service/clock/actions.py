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
    today = timezone.localdate(timezone.now())
    with transaction.atomic():
        # A day later where the change to summer time would leave the hour before midnight behind.
        n_days = (to - today).days
        late = timezone.localdate(timezone.now() + n_days * DAY) < to
        Forward.objects.create(days_ahead=n_days + late, put_at=timezone.now(), put_by=by)
        clock.look_again()
        audit.record(
            by=by, at=clock.now(), action="clock.forward", subject="clock", place=place,
            details={"from": on.isoformat(), "to": to.isoformat()},
        )  # fmt: skip
    return True


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
