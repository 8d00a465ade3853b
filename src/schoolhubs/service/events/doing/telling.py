"""What schools are written about events: once about each thing that happens."""

from collections.abc import Iterable

from django.urls import reverse

from schoolhubs.service.events.models import Booking, BookingState, Event, Party
from schoolhubs.service.letters.drafts import Draft
from schoolhubs.service.partnerships.telling import Names, names_of
from schoolhubs.service.web.pages import day
from schoolhubs.vocabulary.words import counted


def booked(booking: Booking) -> list[Draft]:
    """Draft for each school that its places are booked, ahead of the step that books them."""
    return _to_each("event_booked", booking, about=f"booking:{booking.pk}/{booking.version + 1}")


def changed(booking: Booking) -> list[Draft]:
    """Draft for each school that its party changed."""
    return _to_each("event_changed", booking)


def cancelled(booking: Booking) -> list[Draft]:
    """Draft for each school that its booking is cancelled."""
    return _to_each("event_cancelled", booking)


def offered(booking: Booking) -> list[Draft]:
    """Draft for each school that it has places from the waiting list now."""
    return _to_each("event_offered", booking)


def taken_out(booking: Booking, parties: Iterable[Party]) -> list[Draft]:
    """Draft for schools that they were taken out of a party whose others still come."""
    return _to_each("event_cancelled", booking, to=parties)


def moved(booking: Booking, before: str) -> list[Draft]:
    """Draft for each school that its event changed, and when and where it was before."""
    about = f"event:{booking.event_id}/{booking.event.version}"
    return _to_each("event_moved", booking, about=about, before=before)


def closed_waiting(booking: Booking) -> list[Draft]:
    """Draft for each school that still waits that booking is closed."""
    return _to_each("event_closed_waiting", booking, about=f"event:{booking.event_id}/closed")


def called_off(booking: Booking) -> list[Draft]:
    """Draft for each school that booked or waits that the event does not take place."""
    about, why = f"event:{booking.event_id}", booking.event.why_cancelled
    return _to_each("event_called_off", booking, about=about, reason=why)


def reminded(booking: Booking) -> list[Draft]:
    """Draft for each school that the day is near: once, and again for another day."""
    about = f"event:{booking.event_id}/reminder/{booking.event.on}"
    return _to_each("event_reminder", booking, about=about)


def _to_each(
    kind: str, booking: Booking, about: str = "", to: Iterable[Party] = (), **more: str
) -> list[Draft]:
    parties, event = list(to) or booking.together, booking.event
    names = names_of({*(each.urn for each in parties), event.hub.lead_urn, event.place_urn})
    about = about or f"booking:{booking.pk}/{booking.version}"
    facts = facts_of(event, names)
    return [
        Draft(
            kind=kind, about=about, organisation_key=f"school:{each.urn}",
            path=reverse("booking", kwargs={"booking_id": booking.pk}),
            facts={**facts, "school": names.school(each.urn),
                   "people": counted(each.n_people, "person", "people"), **more},
        )
        for each in parties
    ]  # fmt: skip


def facts_of(event: Event, names: Names) -> dict[str, str]:
    """Give what every letter says of an event."""
    return {
        "event": event.get_kind_display().lower(),
        "lead": names.school(event.hub.lead_urn),
        "when": when(event),
        "where": names.school(event.place_urn) + (f", {event.place}" if event.place else ""),
    }


def when(event: Event) -> str:
    """Say the day and the hours of an event."""
    return f"{day(event.on)}, {event.starts_at:%H:%M} to {event.finishes_at:%H:%M}"


def when_and_where(event: Event) -> str:
    """Say when and where an event is, as it stands before it changes."""
    told = facts_of(event, names_of({event.hub.lead_urn, event.place_urn}))
    return f"{told['when']}, {told['where']}"


def coming(event: Event) -> Iterable[Booking]:
    """Give the bookings of an event whose schools are to be told of what happens to it."""
    states = (BookingState.BOOKED, BookingState.WAITING)
    rows = Booking.objects.filter(event=event, state__in=states).select_related("event__hub")
    return rows.prefetch_related("parties")


def names_for(parties: Iterable[Party]) -> Names:
    """Find the names of the schools of some parties."""
    return names_of({each.urn for each in parties})
