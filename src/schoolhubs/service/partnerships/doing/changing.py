"""What every change of a partnership shares: the lock, the version, the application beside it."""

import datetime

from schoolhubs.service.audit import actions as audit
from schoolhubs.service.eligibility import states
from schoolhubs.service.eligibility.models import Application
from schoolhubs.service.partnerships.models import Objection, Partnership
from schoolhubs.service.schools.models import School
from schoolhubs.service.schools.queries import current_snapshot
from schoolhubs.vocabulary.errors import Conflict


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


def applications_beside(found: Partnership) -> list[Application]:
    """Give the applications a partnership is for, locked: a school's one, or those of a trust."""
    locked = Application.objects.select_for_update().order_by("pk")
    if found.application_id is not None:
        return list(locked.filter(pk=found.application_id))
    snapshot = current_snapshot()
    urns = School.objects.filter(snapshot=snapshot, trust_id=found.partner_trust_id)
    ours = locked.filter(
        programme_id=found.programme_id,
        cohort_id=found.cohort_id,
        urn__in=urns.values("urn"),
        pathways__contains=[found.pathway],
    )
    return list(ours)


def move_applications(found: Partnership, to: str, *, only_from: tuple[str, ...]) -> None:
    """Move the applications beside a partnership, where they are in one of some states."""
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
