"""Which schools an actor may look into: every one, its own, or those of its hub."""

from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.queries import urns_of_trust
from schoolhubs.service.accounts.roles import LEADS, OFFICE, PARTNER_SCHOOL, Role

SEE_EVERY_SCHOOL = (*OFFICE, Role.BEHAVIOUR_ADVISER, Role.AUDITOR)


def is_own_school(actor: Actor, urn: str, *roles: Role) -> bool:
    """Tell whether a school is the actor's, or of the actor's trust, in one of some roles."""
    if actor.organisation is None or not actor.holds(*roles):
        return False
    if actor.organisation.urn:
        return actor.organisation.urn == urn
    return bool(actor.organisation.uid) and urn in urns_of_trust(actor.organisation)


def is_of_match(actor: Actor, urn: str, lead_urn: str) -> bool:
    """Tell whether an actor may read a match: the office's, either school's, or their trusts'."""
    if actor.holds(*SEE_EVERY_SCHOOL):
        return True
    return is_own_school(actor, urn, *PARTNER_SCHOOL, Role.PARTNER_TRUST) or (
        bool(lead_urn) and is_own_school(actor, lead_urn, *LEADS)
    )


def own_urns(actor: Actor, *roles: Role) -> list[str]:
    """Give the schools that are the actor's, or of the actor's trust, in one of some roles."""
    if actor.organisation is None or not actor.holds(*roles):
        return []
    if actor.organisation.urn:
        return [actor.organisation.urn]
    return urns_of_trust(actor.organisation)
