"""Who may read what a school shares, and who may agree on it."""

from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.reach import SEE_EVERY_SCHOOL, is_own_school, own_urns
from schoolhubs.service.accounts.roles import LEADS, PARTNER_SCHOOL, Role
from schoolhubs.service.partnerships.models import LIVE, Partnership, Side

READERS = (*SEE_EVERY_SCHOOL, *PARTNER_SCHOOL, Role.PARTNER_TRUST, *LEADS)
# For the partner its headteacher alone: it is the school's data.
SPEAKERS = (Role.PARTNER_SCHOOL_HEAD, *LEADS)


def side_of(actor: Actor, urn: str) -> str:
    """Give the side for which an actor can agree on sharing a school's data; blank for neither."""
    if is_own_school(actor, urn, Role.PARTNER_SCHOOL_HEAD):
        return Side.PARTNER.value
    leads = own_urns(actor, *LEADS)
    ours = Partnership.objects.filter(partner_urn=urn, lead_urn__in=leads, state__in=LIVE)
    return Side.LEAD.value if leads and ours.exists() else ""


def may_read(actor: Actor, urn: str) -> bool:
    """Tell whether an actor may read what a school shares, and how far it is."""
    if actor.holds(*SEE_EVERY_SCHOOL):
        return True
    return is_own_school(actor, urn, *PARTNER_SCHOOL, Role.PARTNER_TRUST) or bool(
        side_of(actor, urn)
    )
