"""Who may look at events, who books, and who prepares them."""

from collections.abc import Sequence

from django.db.models import QuerySet

from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.reach import SEE_EVERY_SCHOOL, own_urns
from schoolhubs.service.accounts.roles import DECIDERS, LEADS, PARTNER_SCHOOL, Role
from schoolhubs.service.events.models import Booking, Event, Party
from schoolhubs.service.network.models import Hub
from schoolhubs.service.partnerships.models import LIVE, Partnership

PARTNERS = (*PARTNER_SCHOOL, Role.PARTNER_TRUST)
# Governors read, and book nothing.
BOOKERS = (
    Role.PARTNER_SCHOOL_HEAD, Role.PARTNER_SCHOOL_ATTENDANCE, Role.PARTNER_SCHOOL_LEADER,
    Role.PARTNER_TRUST,
)  # fmt: skip
READERS = (*SEE_EVERY_SCHOOL, *LEADS, *PARTNERS)
KEEPERS = (*LEADS, *DECIDERS)


def own_hubs(actor: Actor) -> QuerySet[Hub]:
    """Give the hubs that an actor leads."""
    return Hub.objects.filter(lead_urn__in=own_urns(actor, *LEADS)).order_by("programme_id", "pk")


def leads(actor: Actor, hub: Hub) -> bool:
    """Tell whether an actor leads a hub."""
    return hub.lead_urn in own_urns(actor, *LEADS)


def may_keep(actor: Actor, hub: Hub) -> bool:
    """Tell whether an actor may prepare and change events of a hub: its lead, or the office."""
    return actor.holds(*DECIDERS) or leads(actor, hub)


def may_read_all(actor: Actor, hub: Hub) -> bool:
    """Tell whether an actor may see who comes to events of a hub."""
    return actor.holds(*SEE_EVERY_SCHOOL) or leads(actor, hub)


def may_read_needs(actor: Actor, hub: Hub) -> bool:
    """Tell whether an actor may read what visitors need: the lead school, and the office's cases.

    Whoever books is promised these two. A trust, an adviser, an auditor and those of the office
    who only read have no part in receiving anybody.
    """
    return actor.holds(*DECIDERS) or hub.lead_urn in own_urns(actor, Role.LEAD_SCHOOL)


def partnerships_of(actor: Actor) -> QuerySet[Partnership]:
    """Give the live partnerships of an actor's own schools, those of trusts left out."""
    ours = own_urns(actor, *PARTNERS)
    rows = Partnership.objects.filter(partner_urn__in=ours, state__in=LIVE, partner_trust_id="")
    return rows.order_by("partner_urn", "pk")


def of_event(partnerships: Sequence[Partnership], event: Event) -> list[Partnership]:
    """Give those of some partnerships that are with the hub of an event, on its day."""
    return [
        each
        for each in partnerships
        if (each.programme_id, each.lead_urn) == (event.hub.programme_id, event.hub.lead_urn)
        and each.starts_on <= event.on < each.finishes_on
    ]


def own_parties(actor: Actor, booking: Booking) -> list[Party]:
    """Give the actor's own schools of a booking, without those that were taken out of it."""
    ours = set(own_urns(actor, *PARTNERS))
    return [each for each in booking.together if each.urn in ours]


def has_part_in(actor: Actor, booking: Booking) -> bool:
    """Tell whether a school of a booking is the actor's, also one that was taken out of it."""
    ours = set(own_urns(actor, *PARTNERS))
    return any(each.urn in ours for each in booking.parties.all())


def is_own_booking(actor: Actor, booking: Booking) -> bool:
    """Tell whether every school that comes by a booking is the actor's own."""
    own = own_parties(actor, booking)
    return bool(own) and len(own) == len(booking.together)
