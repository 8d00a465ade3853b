"""What every change of a partnership shares: the lock, the version, the application beside it."""

import datetime
from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet

from schoolhubs.service.audit import actions as audit
from schoolhubs.service.eligibility import states
from schoolhubs.service.eligibility.models import Application
from schoolhubs.service.partnerships.models import Objection, Partnership
from schoolhubs.service.schools.models import School
from schoolhubs.service.schools.queries import current_snapshot
from schoolhubs.vocabulary.errors import Conflict


def lock(rows: QuerySet[Any]) -> list[int]:
    """Lock rows until the transaction ends, by number; give their numbers.

    Everybody locks partnerships first, then hubs, then applications, and each by number, so that
    nobody waits in a ring; and reads what a decision rests on only then.
    """
    return list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))


def held(partnership: Partnership, version: int | None = None) -> Partnership:
    """Lock the row, and refuse if somebody changed it since.

    Raises
    ------
    Conflict
        If it is not as the person saw it.
    """
    found = Partnership.objects.select_for_update().get(pk=partnership.pk)
    if version is not None and found.version != version:
        raise Conflict(
            "Somebody else changed this match while you had it open. Nothing of yours was saved; "
            "look at what stands now."
        )
    return found


def move(found: Partnership, to: str, *, by: str) -> None:
    """Move a locked partnership by the table; the caller saves it."""
    states.check_move(found.state, to, by=by, of=states.PARTNERSHIP)
    found.state = to


def save(found: Partnership) -> None:
    """Save a locked partnership with its version raised."""
    found.version += 1
    found.save()


def applications_beside(found: Sequence[Partnership]) -> list[Application]:
    """Give the applications partnerships are for, locked: a school's one, or those of a trust."""
    ours = Q(pk__in=[each.application_id for each in found if each.application_id is not None])
    snapshot = current_snapshot()
    for each in found:
        if each.application_id is None:
            urns = School.objects.filter(snapshot=snapshot, trust_id=each.partner_trust_id)
            ours |= Q(
                programme_id=each.programme_id,
                cohort_id=each.cohort_id,
                urn__in=urns.values("urn"),
                pathways__contains=[each.pathway],
            )
    return list(Application.objects.select_for_update().filter(ours).order_by("pk"))


def move_applications(found: Sequence[Partnership], to: str, *, only_from: tuple[str, ...]) -> None:
    """Move the applications beside some partnerships, where they are in one of some states."""
    for each in applications_beside(found):
        if each.state in only_from:
            states.check_move(each.state, to, by="office")
            each.state, each.version = to, each.version + 1
            each.save(update_fields=["state", "version"])


def close_objections(found: Partnership, *, why: str, by: str, at: datetime.datetime) -> None:
    """Let open objections fall: what they were about stands no longer."""
    Objection.objects.filter(partnership=found, state="open").update(
        state="withdrawn", decided_at=at, decided_by=by, decided_reason=why
    )


def record(
    found: Partnership,
    action: str,
    *,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
    reason: str = "",
    **details: str,
) -> None:
    """Leave the change in the audit log, under the application where there is one."""
    beside = found.application
    subject = f"application:{beside.reference}" if beside else f"partnership:{found.pk}"
    told = {"partnership": str(found.pk), "state": found.state, **details}
    audit.record(
        by=by, organisation=organisation, at=at, action=f"partnership.{action}", subject=subject,
        place=place, reason=reason, details=told,
    )  # fmt: skip
