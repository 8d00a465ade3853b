"""Tells a delivered year in the order of its time, by the actions that people use."""

import datetime
from collections.abc import Callable, Iterator, Sequence

from django.db import transaction
from django.utils import timezone

from schoolhubs.service.delivery.models import SupportDay
from schoolhubs.service.demo.delivered import (
    paying,
    standing,
    supporting,
    teaching,
    visiting,
)
from schoolhubs.service.demo.delivered.joining import Told, told_of
from schoolhubs.service.demo.delivered.reading import Step, Year, words
from schoolhubs.service.demo.year.told import office
from schoolhubs.service.partnerships import actions as partnerships
from schoolhubs.service.partnerships.doing.terms import turn

PARTS = 5


def tell_delivered(
    year: Year,
    programme_ids: Sequence[str],
    *,
    at: datetime.datetime,
    say: Callable[[str], object] = lambda _: None,
) -> int:
    """Tell of the hubs that were chosen, each programme once; told already, it stays.

    Returns
    -------
    int
        Partnerships that were told of.
    """
    n = 0
    for programme_id in programme_ids:
        told = told_of(year, programme_id)
        ours = [each.partnership.pk for each in told]
        if not told or SupportDay.objects.filter(partnership__in=ours).exists():
            continue
        # Whole or not at all: a load that was cut short is begun anew.
        with transaction.atomic():
            _tell(programme_id, told, year, at, say)
        n += len(told)
    return n


def _tell(
    programme_id: str, told: Sequence[Told], year: Year, at: datetime.datetime,
    say: Callable[[str], object],
) -> None:  # fmt: skip
    steps = sorted(_steps(told, year, timezone.localdate(at)), key=lambda step: step[0])
    for n, (moment, do) in enumerate(steps):
        if moment > at:
            break
        do()
        if n * PARTS // len(steps) != (n + 1) * PARTS // len(steps):
            say(f"{programme_id}, a delivered year: {moment:%d %B %Y}.")


def _steps(told: Sequence[Told], year: Year, today: datetime.date) -> Iterator[Step]:
    support = year.by("support_days.csv", "partnership_id")
    yield from supporting.steps(told, support, today)
    yield from visiting.steps(told, year, today)
    yield from teaching.steps(told, year.by("training.csv", "partnership_id"), today)
    yield from paying.steps(told, year, support, today)
    yield from standing.steps(told, today)
    for each in told:
        if each.record.ended_on is not None and each.record.ended_on <= today:
            yield _withdrawn(each, each.record.ended_on)
    for finishes_on in sorted({each.record.finishes_on for each in told}):
        midnight = office("the service", finishes_on)
        yield midnight.at.replace(hour=0), _Turned(finishes_on, midnight.at)


def _withdrawn(told: Told, on: datetime.date) -> Step:
    doing = office("partner school", on)

    def leave() -> None:
        application = told.partnership.application
        assert application is not None
        application.refresh_from_db()
        partnerships.leave(
            application, "withdrawn", reason=words()["why_withdrew"], version=application.version,
            **{**doing.said, "organisation": f"school:{told.partnership.partner_urn}"},
        )  # fmt: skip

    return doing.at.replace(hour=8), leave


class _Turned:
    """The partnerships that are over by a day finish."""

    def __init__(self, on: datetime.date, at: datetime.datetime) -> None:
        self.on, self.at = on, at

    def __call__(self) -> None:
        turn(on=self.on, at=self.at, place="schoolhubs demo")
