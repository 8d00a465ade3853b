"""A booking moves on: its schools take places, wait for them, or do neither any more."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from schoolhubs.service.events.models import (
    Booking,
    BookingState,
    Event,
    Party,
    PartyStands,
)
from schoolhubs.service.partnerships.models import HOLDS_A_PLACE, Partnership
from schoolhubs.service.partnerships.resting.queries import is_resting
from schoolhubs.service.schools import queries as schools
from schoolhubs.service.web.pages import day
from schoolhubs.vocabulary.records.delivery import EventRules

STANDS_AS = {
    BookingState.HELD: PartyStands.TAKES,
    BookingState.BOOKED: PartyStands.TAKES,
    BookingState.WAITING: PartyStands.WAITS,
    BookingState.LAPSED: PartyStands.GONE,
    BookingState.CANCELLED: PartyStands.GONE,
    BookingState.OVER: PartyStands.GONE,
}
ENDS = {BookingState.LAPSED, BookingState.CANCELLED, BookingState.OVER}
HAS_VISIT = "it has its place of this term on"

Had = defaultdict[int, list[Party]]


def settle(
    booking: Booking, state: BookingState, *, by: str, at: datetime.datetime, reason: str = ""
) -> None:
    """Move a booking that is locked, and its schools with it."""
    stood = STANDS_AS[BookingState(booking.state)]
    booking.state = state
    booking.version += 1
    if state in ENDS:
        booking.settled_at, booking.settled_by, booking.settled_reason = at, by, reason
    if state == BookingState.BOOKED:
        booking.booked_at = at
    booking.save()
    if STANDS_AS[state] != stood:
        booking.parties.filter(out_at=None).update(stands=STANDS_AS[state])


def barred(
    event: Event, partnership: Partnership, rules: EventRules, had: Sequence[Party] | None = None
) -> str:
    """Say why a school can not come to an event, whatever is free; blank if it can.

    ``had`` are its visits of the term, where they are known; whether it rests is then, too.
    """
    works_together = partnership.state in HOLDS_A_PLACE
    if not works_together or not partnership.starts_on <= event.on < partnership.finishes_on:
        return f"its partnership does not run on {day(event.on)}"
    if had is None and is_resting(partnership.pk):
        return "its partnership rests"
    taken = visits(event, partnership) if had is None else had
    if rules.visits_a_term is None or len(taken) < rules.visits_a_term:
        return ""
    # Held and not booked yet is somebody else's of the same school or trust, at this moment.
    if held := next((one for one in taken if one.booking.state == BookingState.HELD), None):
        return f"{HAS_VISIT} {day(held.event.on)}, held by somebody of yours and not booked yet"
    days = " and ".join(day(one.event.on) for one in taken)
    return f"{HAS_VISIT} {days}"


def visits(event: Event, partnership: Partnership) -> Sequence[Party]:
    """Give a school's visits of an event's kind and term."""
    return of_term(event, taking(event.kind, [partnership]))[partnership.pk]


def taking(kind: str, partnerships: Collection[Partnership]) -> Sequence[Party]:
    """Give all that some schools have places for, on whichever day of a kind."""
    rows = Party.objects.filter(
        partnership__in=[each.pk for each in partnerships], kind=kind, stands=PartyStands.TAKES
    )
    return list(rows.select_related("event__hub", "booking"))


def of_term(event: Event, taken: Iterable[Party]) -> Had:
    """Give the visits of an event's term, by partnership."""
    found: Had = defaultdict(list)
    for each in taken:
        if each.term_starts_on == event.term_starts_on:
            found[each.partnership_id].append(each)
    return found


def of_phases(event: Event, urns: Collection[str]) -> set[str]:
    """Give those of some schools that an event is for by their phase; all, where it names none."""
    snapshot = schools.current_snapshot() if event.phases else None
    if snapshot is None:
        return set(urns)
    rows = schools.schools_of(snapshot).filter(urn__in=urns, phase__in=event.phases)
    return set(rows.values_list("urn", flat=True))


def next_visit(rules: EventRules, taken: Iterable[Party]) -> int | None:
    """Number a visit: the first number that is free; None where nothing limits them."""
    if rules.visits_a_term is None:
        return None
    used = {each.visit for each in taken}
    return next(n for n in range(1, len(used) + 2) if n not in used)
