"""What a school or trust is paid in place of a payee that is no more: its own people read it."""

import datetime
from collections.abc import Sequence

from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.funding import queries
from schoolhubs.service.funding.awarding.facts import facts_of
from schoolhubs.service.funding.pages.shown import Money, with_lines
from schoolhubs.service.funding.paying.models import Payment
from schoolhubs.service.funding.reach import OVERSEE, sides_of
from schoolhubs.service.schools.models import School


def payments_for(actor: Actor, urn: str) -> list[Payment]:
    """Give what was paid, or is in a run, to a school in place of others, as an actor reads it.

    What a trust is paid stands with each of its schools, for the trust itself and who sees all.
    """
    if not sides_of(actor, urn):
        return []
    keys = [f"school:{urn}"]
    if actor.holds(Role.PARTNER_TRUST, Role.LEAD_TRUST, *OVERSEE):
        rows = School.objects.filter(snapshot__currentregister__only=True, urn=urn)
        keys += [f"trust:{each}" for each in rows.values_list("trust_id", flat=True) if each]
    found = queries.live_payments(successor__in=keys).select_related(
        "award__declaration", "partnership", "run"
    )
    return list(found.order_by("pk"))


def money_behind(payments: Sequence[Payment], *, on: datetime.date) -> list[Money]:
    """Give the money of the sides that some payments were earned by."""
    sides = {(each.partnership_id, each.award.declaration.side) for each in payments}
    facts = facts_of([pk for pk, _ in sides])
    return with_lines([(facts[pk], side) for pk, side in sorted(sides)], on=on)
