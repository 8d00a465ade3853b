"""Confirms findings: kept for good with what they were drafted from."""

import dataclasses
import datetime
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from schoolhubs.service.audit import actions as audit
from schoolhubs.service.diagnosis.models import DiagnosticDay, KeptDiagnosis
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.records.diagnosis import Diagnosis, Finding

MEANWHILE = (
    "They were confirmed meanwhile, on {day} by {who}, and are kept as they were then. Nothing was "
    "confirmed a second time."
)
NO_DAY = "There is no diagnostic day to confirm findings of. Set one first. Nothing was saved."
NOT_YET = "The diagnostic day is on {}: findings are confirmed after it. Nothing was saved."
NOTHING_SEEN = (
    "Nothing that was seen on the day is written down yet. Write it down first. Nothing was saved."
)
CHANGED = (
    "What the draft is made of changed while you had it open, so there is another draft. Nothing "
    "was confirmed; look at what stands now."
)


def confirm(
    urn: str, draft: Diagnosis, files: Mapping[str, str], findings: tuple[Finding, ...], *,
    seen_digest: str, by: str, organisation: str, at: datetime.datetime, place: str,
) -> KeptDiagnosis:  # fmt: skip
    """Keep what people made of a draft, and close the day.

    Parameters
    ----------
    draft, files
        The draft as it is now, and what it was made of.
    findings
        What people decided of each.
    seen_digest
        Digest of the draft that they had before them.

    Raises
    ------
    Conflict
        If there is no day, it has not come, nothing was seen on it, or the draft changed.
    """
    day_of = timezone.localdate(at)
    with transaction.atomic():
        rows = DiagnosticDay.objects.select_for_update()
        day = rows.filter(urn=urn, confirmed_at=None).first()
        _refuse(day, day_of)
        assert day is not None
        if seen_digest != draft.digest:
            raise Conflict(CHANGED)
        found = dataclasses.replace(
            draft, findings=findings, confirmed_by=organisation, confirmed_on=day_of
        )
        kept = KeptDiagnosis.objects.create(
            urn=urn, day=day, record=found.as_dict(), files=dict(files), drafted=draft.digest,
            confirmed_on=day_of, confirmed_at=at, confirmed_by=by, organisation=organisation,
        )  # fmt: skip
        day.confirmed_at = at
        day.version += 1
        day.save()
        audit.record(
            by=by, organisation=organisation, at=at, action="findings.confirm",
            subject=f"school:{urn}", place=place,
            details={"diagnosis": kept.pk, "digest": found.digest, "drafted": draft.digest},
        )  # fmt: skip
    return kept


def _refuse(day: DiagnosticDay | None, on: datetime.date) -> None:
    if day is None:
        raise Conflict(NO_DAY)
    if day.held_on > on:
        raise Conflict(NOT_YET.format(f"{day.held_on.day} {day.held_on:%B %Y}"))
    if not day.seen.exists():
        raise Conflict(NOTHING_SEEN)
