"""A booking moves on: its schools take places, wait for them, or do neither any more."""

import datetime
from collections.abc import Iterable, Sequence

from schoolhubs.service.events.models import (
    Booking,
    BookingState,
    Event,
    Party,
    PartyStands,
)
from schoolhubs.service.partnerships.models import HOLDS_A_PLACE, Partnership
from schoolhubs.service.partnerships.resting.queries import is_resting
from schoolhubs.service.web.pages import day
from schoolhubs.vocabulary.records.delivery import EventRules

STANDS_AS = {
    BookingState.HELD: PartyStands.TAKES,
    BookingState.BOOKED: PartyStands.TAKES,
    BookingState.WAITING: PartyStands.WAITS,
    BookingState.LAPSED: PartyStands.GONE,
    BookingState.CANCELLED: PartyStands.GONE,
}


def settle(
    booking: Booking, state: BookingState, *, by: str, at: datetime.datetime, reason: str = ""
) -> None:
    """Move a booking that is locked, and its schools with it."""
    booking.state = state
    booking.version += 1
    if state in {BookingState.LAPSED, BookingState.CANCELLED}:
        booking.settled_at, booking.settled_by, booking.settled_reason = at, by, reason
    if state == BookingState.BOOKED:
        booking.booked_at = at
    booking.save()
    booking.parties.update(stands=STANDS_AS[state])


def barred(
    event: Event, partnership: Partnership, rules: EventRules, *, beside: Booking | None = None
) -> str:
    """Say why a school can not come to an event, whatever is free; blank if it can."""
    works_together = partnership.state in HOLDS_A_PLACE
    if not works_together or not partnership.starts_on <= event.on < partnership.finishes_on:
        return f"its partnership does not run on {day(event.on)}"
    if is_resting(partnership.pk):
        return "its partnership rests"
    taken = visits(event, partnership, beside=beside)
    if rules.visits_a_term is None or len(taken) < rules.visits_a_term:
        return ""
    days = " and ".join(day(one.event.on) for one in taken)
    return f"it has its place of this term on {days}"


def visits(
    event: Event, partnership: Partnership, *, beside: Booking | None = None
) -> Sequence[Party]:
    """Give a school's visits of an event's kind and term, another booking's left out."""
    rows = Party.objects.filter(
        partnership=partnership, kind=event.kind, term_starts_on=event.term_starts_on,
        stands=PartyStands.TAKES,
    ).select_related("event")  # fmt: skip
    return list(rows.exclude(booking=beside) if beside else rows)


def next_visit(rules: EventRules, taken: Iterable[Party]) -> int | None:
    """Number a visit: the first number that is free; None where nothing limits them."""
    if rules.visits_a_term is None:
        return None
    used = {each.visit for each in taken}
    return next(n for n in range(1, len(used) + 2) if n not in used)
