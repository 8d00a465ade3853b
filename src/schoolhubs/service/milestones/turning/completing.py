"""Keeps what each partnership had come to once its last term is over.

What its ledgers say later of the days before its end is kept anew, with the next number; what was
kept before stays as it was.
"""

import datetime
import functools
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any

from django.db import transaction

from schoolhubs import delivery
from schoolhubs.service.audit import actions as audit
from schoolhubs.service.milestones.models import Completion
from schoolhubs.service.milestones.standing.together import Together, together
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.vocabulary.written.stored import read_facts

BY = "schoolhubs"


@functools.cache
def _table() -> Mapping[str, Mapping[str, Any]]:
    text = resources.files("schoolhubs.service.milestones.turning").joinpath("limits.yaml")
    return dict(read_facts(text.read_text(encoding="utf-8")))


def limit(name: str) -> int:
    """Give a limit by its name.

    >>> limit("completed_anew_days") >= 28
    True
    """
    return int(_table()[name]["value"])


def keep_completions(*, on: datetime.date, at: datetime.datetime, place: str) -> int:
    """Keep the completion of every partnership that ran to its last day, and anew where it grew.

    Returns
    -------
    int
        How many were kept.
    """
    found = together(_over(on), on=on)
    return sum(_keep(each, at=at, place=place) for each in found)


def _over(on: datetime.date) -> Iterator[Partnership]:
    """Give those that have none yet, then those that were over not long ago."""
    over = Partnership.objects.filter(state="finished").select_related("extends").order_by("pk")
    yield from over.filter(completions__isnull=True)[: limit("at_once")]
    since = on - datetime.timedelta(days=limit("completed_anew_days"))
    yield from over.filter(completions__isnull=False, finishes_on__gte=since).distinct()


def _keep(found: Together, *, at: datetime.datetime, place: str) -> bool:
    one = found.partnership
    record = delivery.milestones.completed(found.dues, found.days)
    with transaction.atomic():
        Partnership.objects.select_for_update().get(pk=one.pk)
        last = one.completions.order_by("-number").first()
        if last and last.record == record.as_dict():
            return False
        kept = Completion.objects.create(
            partnership=one, number=last.number + 1 if last else 1, finished_on=one.finishes_on,
            record=record.as_dict(), kept_at=at, definition_version=found.rules.definition_version,
        )  # fmt: skip
        audit.record(
            by=BY, at=at, action="partnership.complete", subject=f"partnership:{one.pk}",
            place=place,
            details={"number": kept.number, "done": len(record.done), "left": len(record.left)},
        )  # fmt: skip
    return True
