"""Who reads the money of a school, who prepares and declares it, who checks, pays and agrees."""

import dataclasses

from django.http import Http404

from schoolhubs.service.accounts.actors import ActedRequest, Actor, done_by
from schoolhubs.service.accounts.reach import is_own_school
from schoolhubs.service.accounts.rights import refuse_others
from schoolhubs.service.accounts.roles import FINANCE, LEADS, OFFICE, PARTNER_SCHOOL, Role
from schoolhubs.service.funding.awarding.facts import STOOD
from schoolhubs.service.funding.declaring.actions import Who
from schoolhubs.service.partnerships.models import Partnership, Side

OVERSEE = (*OFFICE, *FINANCE, Role.AUDITOR)
PARTNERS = (*PARTNER_SCHOOL, Role.PARTNER_TRUST)
READERS = (*PARTNERS, *LEADS, *OVERSEE)
OWN = (*PARTNERS, *LEADS)
PREPARE = {
    "partner": (
        Role.PARTNER_SCHOOL_HEAD, Role.PARTNER_SCHOOL_ATTENDANCE, Role.PARTNER_SCHOOL_LEADER,
        Role.PARTNER_TRUST,
    ),
    "lead": LEADS,
}  # fmt: skip
DECLARE = {"partner": (Role.PARTNER_SCHOOL_HEAD, Role.PARTNER_TRUST), "lead": LEADS}
PREPARERS = (*PREPARE["partner"], *LEADS)
DECLARERS = (*DECLARE["partner"], *LEADS)


def sides_of(actor: Actor, urn: str) -> tuple[str, ...]:
    """Give the sides on which an actor reads a school's money: as partner, as lead, or both.

    Whoever led a hub that is over reads what it earned then.
    """
    actor = actor.as_it_was()
    if actor.holds(*OVERSEE):
        return Side.PARTNER.value, Side.LEAD.value
    found = []
    if is_own_school(actor, urn, *PARTNERS):
        found.append(Side.PARTNER.value)
    if is_own_school(actor, urn, *LEADS):
        found.append(Side.LEAD.value)
    return tuple(found)


def is_theirs(actor: Actor, partnership: Partnership, side: str) -> bool:
    """Tell whether an actor reads one partnership of a side it reads: a trust's is its trust's."""
    if not partnership.is_of_trusts or actor.holds(*OVERSEE):
        return True
    return actor.as_it_was().holds(Role.PARTNER_TRUST if side == "partner" else Role.LEAD_TRUST)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """A partnership whose money somebody reaches, and what they may do with it."""

    partnership: Partnership
    side: str
    may_prepare: bool
    may_declare: bool


def reached(request: ActedRequest, urn: str, partnership_id: int) -> Reached:
    """Give the partnership of a school, for somebody of that side or of the office.

    Raises
    ------
    Http404
        Where it is not there for the actor.
    """
    actor = request.actor
    sides = sides_of(actor, urn)
    refuse_others(actor, is_own=bool(sides))
    actor = actor.as_it_was()
    row = Partnership.objects.filter(STOOD, pk=partnership_id, extends__isnull=True).first()
    for side in sides:
        if row is not None and getattr(row, f"{side}_urn") == urn and is_theirs(actor, row, side):
            return Reached(
                partnership=row, side=side,
                may_prepare=is_own_school(actor, urn, *PREPARE[side]),
                may_declare=is_own_school(actor, urn, *DECLARE[side]),
            )  # fmt: skip
    raise Http404


def who(request: ActedRequest) -> Who:
    """Give who does it, as actions of declarations ask."""
    return Who(**done_by(request), name=str(request.actor.person))
