"""What is known of events: for pages, for letters, and for the ledgers downstream."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Mapping

from django.db.models import OuterRef, Subquery

from schoolhubs import delivery
from schoolhubs.service.events.models import Booking, BookingState, Event, Party, Step
from schoolhubs.service.events.rules import rules_for
from schoolhubs.vocabulary.records.delivery import DayKind, DaySpent, EventKind

SPENT_AS = {EventKind.OPEN_DAY: DayKind.OPEN_DAY, EventKind.NETWORKING: DayKind.NETWORKING}


def days_of(partnership_ids: Collection[int]) -> Mapping[int, tuple[DaySpent, ...]]:
    """Give the days that partners spent at events, each as its check-in shows it.

    One day an event, however many came from a school; a school of which nobody came spent none.
    What the lead spent on hosting it stands with one of those that came.
    """
    # The lead's time stands in the record of the oldest of those that came, so that an event is
    # counted once however many came.
    of_event = Party.objects.filter(event=OuterRef("event"), n_came__gt=0)
    hosted_for = of_event.order_by("partnership").values("partnership")[:1]
    came = Party.objects.filter(partnership_id__in=partnership_ids, n_came__gt=0)
    rows = came.select_related("event__hub", "partnership").annotate(for_=Subquery(hosted_for))
    found: dict[int, list[DaySpent]] = defaultdict(list)
    for party in rows.order_by("event__on", "pk"):
        is_hosted_for = party.for_ == party.partnership_id
        found[party.partnership_id].append(_spent(party, is_hosted_for=is_hosted_for))
    return {pk: tuple(found.get(pk, ())) for pk in partnership_ids}


def _spent(party: Party, *, is_hosted_for: bool) -> DaySpent:
    event, way = party.event, party.partnership.minutes
    is_at_lead = event.place_urn == event.hub.lead_urn
    return DaySpent(
        kind=SPENT_AS[EventKind(event.kind)],
        on=event.on,
        partner_half_days=rules_for(event).half_days,
        lead_half_days=rules_for(event).half_days if is_hosted_for else 0,
        evidence=f"booking:{party.booking_id}",
        # They travel together, there and back.
        travel_minutes=2 * way if way is not None and is_at_lead else None,
    )


def place_in_line(booking: Booking) -> int:
    """Give how many parties of the waiting list come before one, and itself."""
    ahead = Booking.objects.filter(
        event_id=booking.event_id, state=BookingState.WAITING, in_line__lte=booking.in_line
    )
    return ahead.count()


def steps_of(event: Event) -> list[Step]:
    """Give everything that happened to the places of an event, in order."""
    return list(Step.objects.filter(event=event).order_by("number"))


def faults_of(event: Event) -> tuple[str, ...]:
    """Go through all that happened to an event's places once more; give every fault found."""
    return delivery.events.faults(
        delivery.events.Step(
            kind=delivery.events.StepKind(each.kind), party=each.booking_id or 0, n=each.n,
            barred={line["party"]: line["barred"] for line in each.lines if line["barred"]},
        )
        for each in steps_of(event)
    )  # fmt: skip


def over_for_booking(on: datetime.date) -> list[Event]:
    """Give the events of which booking is over by a day and that still say that it is open."""
    return list(Event.objects.filter(state="open", closes_on__lt=on))
