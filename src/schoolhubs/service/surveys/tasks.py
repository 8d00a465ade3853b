"""What happens to surveys by the clock: opened, closed, read for safeguarding, erased.

The hour tells what is due; nothing here knows of one answer.
"""

import datetime
from typing import Any

from django.utils import timezone
from procrastinate.contrib.django import app

from schoolhubs.service import clock
from schoolhubs.service.surveys import queries
from schoolhubs.service.surveys.doing import closing, erasing, making, reading, stuck
from schoolhubs.service.surveys.scores import working  # noqa: F401 - its kind of work and its hour

BY = "schoolhubs"


@app.periodic(cron="5 * * * *")
@app.task(name="surveys.turn", queueing_lock="surveys.turn", pass_context=False)
def turn(timestamp: int) -> None:  # noqa: ARG001 - procrastinate gives it
    """Open the surveys whose first day has come, and close those whose last day is over."""
    at = clock.now()
    turn_to(timezone.localdate(at), at=at, place="surveys.turn")


def turn_to(on: datetime.date, *, at: datetime.datetime, place: str) -> None:
    """Do what a day brings to each survey by itself, and tell of those that are stuck."""
    who: dict[str, Any] = {"by": BY, "organisation": "", "at": at, "place": place}
    stuck.one_by_one(
        queries.due_to_open(on),
        lambda each: making.open_(each, version=each.version, **who),
        at=at, place=place,
    )  # fmt: skip
    stuck.one_by_one(
        queries.due_to_close(on),
        lambda each: closing.close(each, version=each.version, **who),
        at=at, place=place,
    )  # fmt: skip
    for survey in stuck.unreadable():
        stuck.log.error("the key of a survey cannot be read: %s", survey.pk)
        stuck.tell(survey, at=at, place=place)
    closing.destroy_left_keys()


@app.periodic(cron="35 * * * *")
@app.task(name="surveys.read", queueing_lock="surveys.read", pass_context=False)
def read(timestamp: int) -> None:  # noqa: ARG001 - procrastinate gives it
    """Make readable what pupils wrote, once a day."""
    reading.make_texts_ready(at=clock.now())


@app.periodic(cron="50 * * * *")
@app.task(name="surveys.erase", queueing_lock="surveys.erase", pass_context=False)
def erase_expired(timestamp: int) -> None:  # noqa: ARG001 - procrastinate gives it
    """Erase the answers whose time is over."""
    at = clock.now()
    erasing.erase_expired(on=timezone.localdate(at), at=at, by=BY, place="surveys.erase")
