"""Who may read a school's target, and who may speak for the school about it.

Targets are not published and not given to Ofsted: a school, its trust, the office with its
behaviour advisers, auditors, and the lead of its hub once both have accepted see them.
"""

from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.reach import SEE_EVERY_SCHOOL, is_own_school, own_urns
from schoolhubs.service.accounts.roles import DECIDERS, LEADS, PARTNER_SCHOOL, Role
from schoolhubs.service.partnerships.models import Partnership

READERS = (*SEE_EVERY_SCHOOL, *LEADS, *PARTNER_SCHOOL, Role.PARTNER_TRUST)
# Who answers for a school: its head or its trust, the leads of hubs for their own schools.
SPEAKERS = (Role.PARTNER_SCHOOL_HEAD, Role.PARTNER_TRUST, *LEADS)
TOGETHER = ("agreed", "running")


def may_read(actor: Actor, urn: str) -> bool:
    """Tell whether an actor may read a school's target."""
    if actor.holds(*SEE_EVERY_SCHOOL):
        return True
    return is_own_school(actor, urn, *PARTNER_SCHOOL, Role.PARTNER_TRUST, *LEADS) or leads_it(
        actor, urn
    )


def may_speak(actor: Actor, urn: str) -> bool:
    """Tell whether an actor speaks for a school about its figures."""
    return is_own_school(actor, urn, *SPEAKERS)


def may_set_goal(actor: Actor, urn: str) -> bool:
    """Tell whether an actor may set a special school's goal: the school, its hub, the office."""
    return may_speak(actor, urn) or actor.holds(*DECIDERS) or leads_it(actor, urn)


def leads_it(actor: Actor, urn: str) -> bool:
    """Tell whether an actor leads the hub that a school is with, both having accepted."""
    leads = own_urns(actor, *LEADS)
    ours = Partnership.objects.filter(partner_urn=urn, lead_urn__in=leads, state__in=TOGETHER)
    return bool(leads) and ours.exists()
