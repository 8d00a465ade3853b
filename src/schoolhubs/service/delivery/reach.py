"""Who may read a partnership's days, and who acts on which side."""

from django.http import Http404

from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.reach import SEE_EVERY_SCHOOL, is_own_school
from schoolhubs.service.accounts.rights import refuse_others
from schoolhubs.service.accounts.roles import DECIDERS, LEADS, PARTNER_SCHOOL, Role
from schoolhubs.service.partnerships.models import Partnership, Side

PARTNERS = (*PARTNER_SCHOOL, Role.PARTNER_TRUST)
READERS = (*SEE_EVERY_SCHOOL, *PARTNERS, *LEADS)
# Of a partner, everybody but its governors says whether a day took place.
ANSWERERS = (
    Role.PARTNER_SCHOOL_HEAD, Role.PARTNER_SCHOOL_ATTENDANCE, Role.PARTNER_SCHOOL_LEADER,
    Role.PARTNER_TRUST,
)  # fmt: skip
EITHER = (*ANSWERERS, *LEADS)
HUB_READERS = (*SEE_EVERY_SCHOOL, *LEADS)
SETTLERS = DECIDERS


def side_of(actor: Actor, partnership: Partnership) -> str:
    """Give the side for which an actor may act; blank for those who only read."""
    if is_own_school(actor, partnership.lead_urn, *LEADS):
        return Side.LEAD.value
    if is_own_school(actor, partnership.partner_urn, *ANSWERERS):
        return Side.PARTNER.value
    return ""


def may_read(actor: Actor, partnership: Partnership) -> bool:
    """Tell whether an actor may read a partnership's days."""
    return (
        actor.holds(*SEE_EVERY_SCHOOL)
        or is_own_school(actor, partnership.partner_urn, *PARTNERS)
        or is_own_school(actor, partnership.lead_urn, *LEADS)
    )


def may_read_hub(actor: Actor, lead_urn: str) -> bool:
    """Tell whether an actor may read all days of a lead school's hub."""
    return actor.holds(*SEE_EVERY_SCHOOL) or is_own_school(actor, lead_urn, *LEADS)


def partnership_for(actor: Actor, partnership_id: int, *, to_act: bool = False) -> Partnership:
    """Find a partnership that an actor may read, or act in.

    Raises
    ------
    Http404
        Where there is none, or it is of others.
    """
    found = Partnership.objects.filter(pk=partnership_id).first()
    if found is None:
        raise Http404
    is_own = bool(side_of(actor, found)) if to_act else may_read(actor, found)
    refuse_others(actor, is_own=is_own)
    return found
