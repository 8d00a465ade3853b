"""Who reads a school's training, who acts for the school, and who teaches."""

from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.reach import SEE_EVERY_SCHOOL, is_own_school, own_urns
from schoolhubs.service.accounts.roles import DECIDERS, LEADS, PARTNER_SCHOOL, Role
from schoolhubs.service.partnerships.models import HOLDS_A_PLACE, Partnership
from schoolhubs.service.training.models import TrainingSession

OWN = (*PARTNER_SCHOOL, Role.PARTNER_TRUST)
# A governor reads.
ACTS = tuple(role for role in OWN if role != Role.PARTNER_SCHOOL_GOVERNOR)
READERS = (*SEE_EVERY_SCHOOL, *OWN, *LEADS)
TEACHES = (*LEADS, *DECIDERS)
SEES_SESSIONS = (*SEE_EVERY_SCHOOL, *LEADS)


def may_read(actor: Actor, urn: str) -> bool:
    """Tell whether an actor reads a school's training: its own, or its partner's as its lead."""
    if actor.holds(*SEE_EVERY_SCHOOL) or is_own_school(actor, urn, *OWN):
        return True
    led = own_urns(actor, *LEADS)
    held = Partnership.objects.filter(partner_urn=urn, lead_urn__in=led, state__in=HOLDS_A_PLACE)
    return bool(led) and held.exists()


def may_act(actor: Actor, urn: str) -> bool:
    """Tell whether an actor names leaders, signs up and declares for a school."""
    return is_own_school(actor, urn, *ACTS)


def may_see_session(actor: Actor, session: TrainingSession) -> bool:
    """Tell whether an actor sees who comes to a session."""
    return actor.holds(*SEE_EVERY_SCHOOL) or may_teach(actor, session)


def may_teach(actor: Actor, session: TrainingSession) -> bool:
    """Tell whether an actor changes a session and records who came."""
    if not session.lead_urn:
        return actor.holds(*DECIDERS)
    return session.lead_urn in own_urns(actor, *LEADS)


def may_settle(actor: Actor, partnership: Partnership) -> bool:
    """Tell whether an actor confirms what a partner declares: its lead does, or the office."""
    return actor.holds(*DECIDERS) or partnership.lead_urn in own_urns(actor, *LEADS)
