"""What a partner sees of events: the rows of the list, and one event in words."""

import dataclasses
import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from schoolhubs.service.events import queries, reach
from schoolhubs.service.events.models import Booking, BookingState, Event, EventState, Party
from schoolhubs.service.events.rules import needs_kept, rules_for
from schoolhubs.service.events.travelling import minutes_to
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.partnerships.telling import Names, names_of
from schoolhubs.service.schools import queries as schools
from schoolhubs.vocabulary.calendar import Term

SHOWN = (EventState.OPEN, EventState.CLOSED, EventState.CANCELLED)
MOST_PAST = 20
FAR = 1e9  # a journey nobody knows comes last


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One event of the list: minutes of the shortest way, own bookings, and who of the trust.

    ``is_done`` tells that each of the actor's schools that could come has places, or waits.
    """

    event: Event
    minutes: float | None
    mine: tuple[Party, ...]
    of_trust: tuple[Party, ...]
    is_open: bool
    is_done: bool


def rows(
    partnerships: Sequence[Partnership], on: datetime.date, *, by_minutes: bool = False
) -> list[Row]:
    """Give the events ahead of the hubs of some partnerships."""
    ahead = [each for each in _events(partnerships) if each.on >= on and each.state in SHOWN]
    minutes = shortest(ahead, partnerships)
    ours = {each.partner_urn for each in partnerships}
    by_event = _standing(ahead, ours | _siblings(ours))
    found = [
        Row(
            event=each,
            minutes=minutes.get(each.pk),
            mine=tuple(one for one in by_event[each.pk] if one.urn in ours),
            of_trust=tuple(one for one in by_event[each.pk] if one.urn not in ours),
            is_open=each.is_open_on(on),
            is_done={one.partner_urn for one in reach.of_event(partnerships, each)}
            <= {one.urn for one in by_event[each.pk]},
        )
        for each in ahead
    ]
    if by_minutes:
        found.sort(key=lambda row: FAR if row.minutes is None else row.minutes)
    return found


def past(partnerships: Sequence[Partnership], on: datetime.date) -> list[Party]:
    """Give the places that one's schools had at events that are over, newest first."""
    had = Party.objects.filter(
        partnership__in=partnerships, stands="takes", event__on__lt=on
    ).select_related("event__hub", "booking")  # fmt: skip
    return list(had.order_by("-event__on", "urn")[:MOST_PAST])


def _events(partnerships: Sequence[Partnership]) -> list[Event]:
    hubs = {(each.programme_id, each.lead_urn) for each in partnerships}
    found = Event.objects.filter(
        hub__lead_urn__in={lead for _, lead in hubs},
        hub__programme_id__in={programme for programme, _ in hubs},
    ).select_related("hub")  # fmt: skip
    return [
        each
        for each in found.order_by("on", "starts_at", "pk")
        if reach.of_event(partnerships, each)
    ]


def _standing(events: Iterable[Event], urns: set[str]) -> Mapping[int, list[Party]]:
    found: dict[int, list[Party]] = defaultdict(list)
    stands = Party.objects.filter(event__in=list(events), urn__in=urns, stands__in=STANDS)
    for party in stands.select_related("booking").order_by("urn"):
        found[party.event_id].append(party)
    return found


STANDS = ("takes", "waits")


def standing_of(event: Event, partnerships: Sequence[Partnership]) -> list[Party]:
    """Give the places that some schools have at an event, or wait for."""
    rows = Party.objects.filter(event=event, partnership__in=partnerships, stands__in=STANDS)
    return list(rows.select_related("booking").order_by("urn"))


def _siblings(urns: set[str]) -> set[str]:
    """Give the other schools of the trusts of some schools."""
    snapshot = schools.current_snapshot()
    if snapshot is None:
        return set()
    known = schools.schools_of(snapshot)
    trusts = known.filter(urn__in=urns).exclude(trust_id="").values_list("trust_id", flat=True)
    return set(known.filter(trust_id__in=set(trusts)).values_list("urn", flat=True)) - urns


def shortest(events: Iterable[Event], partnerships: Sequence[Partnership]) -> dict[int, float]:
    """Give minutes by car, one way, from the nearest of some partners to each event."""
    found: dict[int, float] = {}
    listed = list(events)
    for ways in minutes_to(listed, partnerships).values():
        for event, minutes in ways.items():
            found[event] = min(minutes, found.get(event, minutes))
    return found


def about(event: Event, partnerships: Sequence[Partnership]) -> dict[str, Any]:
    """Give what pages tell of an event."""
    urns = {event.hub.lead_urn, event.place_urn, *(each.partner_urn for each in partnerships)}
    return {
        "event": event, "names": names_of(urns),
        "minutes": shortest([event], partnerships).get(event.pk),
        "needs_weeks": needs_kept().days // 7,
    }  # fmt: skip


def names_in(rows: Sequence[Row], partnerships: Sequence[Partnership]) -> Names:
    """Find the names of every school of a list."""
    urns = {urn for row in rows for urn in (row.event.hub.lead_urn, row.event.place_urn)}
    urns |= {one.urn for row in rows for one in (*row.mine, *row.of_trust)}
    return names_of(urns | {one.partner_urn for one in partnerships}
                    | {one.lead_urn for one in partnerships})  # fmt: skip


def terms(rows: Sequence[Row]) -> list[tuple[Event, str]]:
    """Give each hub, kind and term of which several days can be ranked, by its first event."""
    found: dict[tuple[int, str, datetime.date], Event] = {}
    for row in rows:
        if row.is_open:
            event = row.event
            found.setdefault((event.hub_id, event.kind, event.term_starts_on), event)
    return [(each, term_named(each.term_starts_on)) for each in found.values()]


def term_named(starts_on: datetime.date) -> str:
    """Name the term that starts on a day.

    >>> term_named(datetime.date(2026, 9, 1))
    'autumn term 2026'
    """
    return f"{Term.holding(starts_on).value} term {starts_on.year}"


def place_in_line(held: Booking) -> dict[str, Any]:
    """Give which place on the waiting list a booking has, where it waits."""
    if held.state != BookingState.WAITING:
        return {}
    return {"in_line": queries.place_in_line(held)}


def may_say(held: Booking, parties: Sequence[Party], on: datetime.date) -> list[Party]:
    """Give those of some schools of a booking that came and may still say what it was worth."""
    until = held.event.on + datetime.timedelta(days=rules_for(held.event).feedback_days)
    if held.state != BookingState.BOOKED or not held.event.on <= on <= until:
        return []
    said = set(held.parties.filter(feedback__isnull=False).values_list("pk", flat=True))
    return [each for each in parties if each.n_came and each.pk not in said]
