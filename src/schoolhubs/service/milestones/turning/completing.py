"""Keeps what each partnership had come to once its last term is over: once, for good."""

import datetime

from django.db import transaction

from schoolhubs import delivery
from schoolhubs.service.audit import actions as audit
from schoolhubs.service.milestones.models import Completion
from schoolhubs.service.milestones.standing.together import Together, together
from schoolhubs.service.partnerships.models import Partnership

BY = "schoolhubs"
MOST_AT_ONCE = 500


def keep_completions(*, on: datetime.date, at: datetime.datetime, place: str) -> int:
    """Keep the completion of every partnership that ran to its last day and has none yet.

    Returns
    -------
    int
        How many were kept.
    """
    over = Partnership.objects.filter(state="finished", completion__isnull=True).select_related(
        "extends"
    )
    found = together(over.order_by("pk")[:MOST_AT_ONCE], on=on)
    return sum(_keep(each, at=at, place=place) for each in found)


def _keep(found: Together, *, at: datetime.datetime, place: str) -> bool:
    one = found.partnership
    record = delivery.milestones.completed(found.dues, found.days)
    with transaction.atomic():
        Partnership.objects.select_for_update().get(pk=one.pk)
        _, is_new = Completion.objects.get_or_create(
            partnership=one,
            defaults={
                "finished_on": one.finishes_on, "record": record.as_dict(), "kept_at": at,
                "definition_version": found.rules.definition_version,
            },
        )  # fmt: skip
        if is_new:
            audit.record(
                by=BY, at=at, action="partnership.complete", subject=f"partnership:{one.pk}",
                place=place, details={"done": len(record.done), "left": len(record.left)},
            )  # fmt: skip
    return is_new
