"""Who sets up a school's surveys, who sees what they show, and who reads what pupils write.

The programme office sees none of it; the lead of a hub what an agreement opens to it.
"""

from django.http import HttpRequest

from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.models import Membership, Organisation
from schoolhubs.service.accounts.reach import is_own_school
from schoolhubs.service.accounts.roles import LEADS, PARTNER_SCHOOL, Role
from schoolhubs.service.sharing import queries as sharing

# The school's leadership, of a lead school too, always of their own school alone.
MAKERS = (
    Role.PARTNER_SCHOOL_HEAD, Role.PARTNER_SCHOOL_ATTENDANCE, Role.PARTNER_SCHOOL_LEADER,
    Role.LEAD_SCHOOL,
)  # fmt: skip
READERS = (*PARTNER_SCHOOL, Role.PARTNER_TRUST, *LEADS)


def may_make(actor: Actor, urn: str) -> bool:
    """Tell whether an actor sets up surveys of a school."""
    return is_own_school(actor, urn, *MAKERS)


def may_read(actor: Actor, urn: str) -> bool:
    """Tell whether an actor sees what surveys of a school show: it is theirs, or of their trust."""
    return is_own_school(actor, urn, *READERS)


def may_see(request: HttpRequest, urn: str, *, how: str = "looked") -> bool:
    """Tell whether whoever asks sees what surveys of a school show.

    The lead of a hub does by an agreement with the school, and that it did is noted.
    """
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return may_read(actor, urn) or sharing.may_see(request, urn, "surveys", how=how)


def safeguarding_leads(urn: str) -> list[tuple[str, str]]:
    """Give those who may be named to read what pupils write: subject and name.

    They hold the role at the school and have signed in once.
    """
    school = Organisation.objects.filter(urn=urn).first()
    held = Membership.objects.filter(
        organisation=school, roles__contains=[Role.SCHOOL_SAFEGUARDING], person__is_stopped=False
    ).select_related("person")
    return [(each.person.subject, str(each.person)) for each in held.order_by("person__name")]
