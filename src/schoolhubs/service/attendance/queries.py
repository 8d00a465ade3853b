"""What a school's marks showed, its imports, and who may see which."""

import datetime
from typing import Any

from django.db import transaction
from django.http import Http404

from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ActedRequest, Actor
from schoolhubs.service.accounts.reach import is_own_school
from schoolhubs.service.accounts.rights import refuse_others
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.attendance.models import Finding, MarksImport
from schoolhubs.service.schools.models import RegisterSnapshot, School
from schoolhubs.service.schools.queries import current_snapshot, schools_of
from schoolhubs.service.sharing import queries as sharing

# Who brings marks, looks at them and erases them, always of their own school alone, whether it
# leads a hub or is in one; who sees no more than the school's totals.
STAFF = (Role.PARTNER_SCHOOL_HEAD, Role.PARTNER_SCHOOL_ATTENDANCE, Role.LEAD_SCHOOL)
SEE_TOTALS = (Role.PARTNER_SCHOOL_LEADER, Role.PARTNER_SCHOOL_GOVERNOR, Role.PARTNER_TRUST)
SHARED_AS = "attendance"


def own_school(actor: Actor, urn: str, *roles: Role) -> tuple[RegisterSnapshot, School]:
    """Give the actor's own school; another's is as if it were not there."""
    refuse_others(actor, is_own=is_own_school(actor, urn, *roles))
    return _now(urn)


def school_seen(
    request: ActedRequest, urn: str, *roles: Role, how: str = "looked"
) -> tuple[RegisterSnapshot, School]:
    """Give the actor's own school, or one that lets its lead see what its marks show.

    A lead does by an agreement alone, and that it did is noted: ``how`` says what it did.
    """
    is_own = is_own_school(request.actor, urn, *roles)
    shared = is_own or sharing.may_see(request, urn, SHARED_AS, how=how)
    refuse_others(request.actor, is_own=shared)
    return _now(urn)


def _now(urn: str) -> tuple[RegisterSnapshot, School]:
    snapshot = current_snapshot()
    one = schools_of(snapshot).filter(urn=urn).first() if snapshot else None
    if snapshot is None or one is None:
        raise Http404
    return snapshot, one


def may_see(actor: Actor, urn: str) -> bool:
    """Tell whether an actor sees what a school's marks show: its staff, governors and trust."""
    return is_own_school(actor, urn, *STAFF, *SEE_TOTALS)


def may_open(actor: Actor, urn: str) -> bool:
    """Tell whether a link to what a school's marks show leads anywhere: its own, or shared."""
    if may_see(actor, urn):
        return True
    return sharing.agreement_for(actor, urn, SHARED_AS, clock.day()) is not None


def import_of(urn: str, marks_import_id: int) -> MarksImport:
    """Give an import of a school."""
    rows = MarksImport.objects.select_related("read_work", "keep_work")
    held = rows.filter(pk=marks_import_id, urn=urn).first()
    if held is None:
        raise Http404
    return held


def finding_of(urn: str) -> Finding | None:
    """Give what a school's marks show; None where it has none."""
    return Finding.objects.filter(urn=urn).first()


def with_marks(urns: list[str]) -> list[tuple[School, Finding]]:
    """Give the schools of some that have marks, by name."""
    snapshot = current_snapshot()
    found = {each.urn: each for each in Finding.objects.filter(urn__in=urns).defer("content")}
    if snapshot is None or not found:
        return []
    schools = schools_of(snapshot).filter(urn__in=found).order_by("name", "urn")
    return [(school, found[school.urn]) for school in schools]


def keep_finding(urn: str, finding: dict[str, Any] | None, *, at: datetime.datetime) -> None:
    """Keep what a school's marks show; nothing of what they showed before stays.

    ``at`` is when the marks were looked at, nobody changing them: whoever looked later wins.
    """
    with transaction.atomic():
        if finding is None:
            Finding.objects.filter(urn=urn).delete()
            return
        held = Finding.objects.select_for_update().filter(urn=urn).first()
        if held and held.made_at > at:
            return
        Finding.objects.update_or_create(
            urn=urn,
            defaults={
                "year": finding["year"],
                "last_week_on": datetime.date.fromisoformat(finding["last_week_on"]),
                "made_at": at,
                "content": finding,
            },
        )
