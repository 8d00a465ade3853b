"""Who reads a school's plan, who writes it, who reviews its screens, who approves it."""

from django.http import Http404

from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ActedRequest, Actor, done_by
from schoolhubs.service.accounts.reach import is_own_school
from schoolhubs.service.accounts.rights import refuse_others
from schoolhubs.service.accounts.roles import LEADS, PARTNER_SCHOOL, Role
from schoolhubs.service.plans import queries
from schoolhubs.service.plans.actions import Who
from schoolhubs.service.plans.models import Plan
from schoolhubs.service.schools.models import School
from schoolhubs.service.schools.queries import current_snapshot, schools_of
from schoolhubs.service.sharing.queries import agreement_for, may_see

EDITORS = tuple(role for role in PARTNER_SCHOOL if role != Role.PARTNER_SCHOOL_GOVERNOR)
# A governor reviews and writes nothing else, so is never an author.
REVIEWERS = PARTNER_SCHOOL
APPROVERS = (Role.PARTNER_SCHOOL_HEAD,)
OWN = (*PARTNER_SCHOOL, Role.PARTNER_TRUST)
READERS = (*OWN, *LEADS)


def may_read(actor: Actor, urn: str) -> bool:
    """Tell whether an actor may read a school's plan: the school, its trust, a lead they let."""
    if is_own_school(actor, urn, *OWN):
        return True
    return agreement_for(actor, urn, "plan", clock.day()) is not None


def school_for(request: ActedRequest, urn: str, *roles: Role, how: str = "looked") -> School:
    """Give a school of the actor's in one of some roles; another's is as if it were not there.

    A lead, where its roles are among them, reads its partner's by an agreement on plans alone, and
    that it did is noted: ``how`` says what it did.

    Raises
    ------
    Http404
        Where it is no school of the actor's, or the register in use has none of that number.
    """
    is_own = is_own_school(request.actor, urn, *(each for each in roles if each not in LEADS))
    if not is_own and set(LEADS) & set(roles):
        is_own = may_see(request, urn, "plan", how=how)
    refuse_others(request.actor, is_own=is_own)
    snapshot = current_snapshot()
    one = schools_of(snapshot).filter(urn=urn).first() if snapshot else None
    if one is None:
        raise Http404
    return one


def found(
    request: ActedRequest, urn: str, *roles: Role, how: str = "looked"
) -> tuple[School, Plan]:
    """Give a school and its plan, for somebody who may reach both.

    Raises
    ------
    Http404
        Where either is not there for the actor.
    """
    school = school_for(request, urn, *roles, how=how)
    plan = queries.plan_of(urn)
    if plan is None:
        raise Http404
    return school, plan


def what_may(actor: Actor, urn: str) -> dict[str, bool]:
    """Tell what an actor may do with a school's plan."""
    return {
        "edit": is_own_school(actor, urn, *EDITORS),
        "copy_it": is_own_school(actor, urn, Role.PARTNER_TRUST),
        "review": is_own_school(actor, urn, *REVIEWERS),
        "approve": is_own_school(actor, urn, *APPROVERS),
        "own": is_own_school(actor, urn, *OWN),
    }


def who(request: ActedRequest) -> Who:
    """Give who does it, as actions of plans ask."""
    return Who(**done_by(request), name=str(request.actor.person))
