"""What is free again goes down the waiting list, and holds that ran out are given back."""

import dataclasses
import datetime
import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils import timezone

from schoolhubs import delivery
from schoolhubs.service.audit import actions as audit
from schoolhubs.service.events.doing import settling, steps, telling
from schoolhubs.service.events.models import Booking, BookingState, Event, Party, Step
from schoolhubs.service.events.rules import rules_for
from schoolhubs.service.letters import actions as letters

OF_THE_SERVICE = "the service, down the waiting list"
HELD_ANEW = "Places were held anew."
RAN_OUT = "The time for which the places were held ran out."
Fact = tuple[str, Booking]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one question tells of an event's bookings before anything is done with them.

    Parameters
    ----------
    found
        The booking that a form sent before has made, by its number.
    is_given_back
        Whether a hold is there that ran out, or is of those who ask: its places may come free.
    is_due
        Whether a hold ran out, or somebody waits who fits: :func:`serve` has something to do.
    """

    found: int | None
    is_given_back: bool
    is_due: bool


def look(event: Event, *, key: uuid.UUID, organisation: str, at: datetime.datetime) -> Look:
    """Look, in one question, whether a form was sent before, and whether places can come free."""
    over = Q(event=event, state=BookingState.HELD, hold_until__lte=at)
    theirs = Q(event=event, state=BookingState.HELD, organisation=organisation)
    fits = Q(event=event, state=BookingState.WAITING, n_people__lte=event.n_free)
    rows = list(
        Booking.objects.filter(Q(key=key) | over | theirs | fits)
        .order_by()
        .values_list("pk", "key", "event_id", "state", "hold_until")
    )
    held = [row for row in rows if row[2] == event.pk and row[3] == BookingState.HELD]
    waits = any(row[2] == event.pk and row[3] == BookingState.WAITING for row in rows)
    ran_out = any(until is not None and until <= at for *_, until in held)
    return Look(
        found=next((row[0] for row in rows if row[1] == key), None),
        is_given_back=bool(held),
        is_due=ran_out or waits,
    )


def serve(event: Event, *, at: datetime.datetime, on: datetime.date, place: str) -> list[Fact]:
    """Give back holds that ran out, then hand free places down the waiting list.

    The hub is locked. Booking closed, nobody is moved up by itself any more: the lead knows who
    comes, and decides.

    Returns
    -------
    list of (str, Booking)
        What was done, for :func:`record`, which comes last of all.
    """
    done = _lapse(event, at=at, place=place)
    if event.is_open_on(on):
        done += hand_down(event, at=at, place=place)
    return done


def _lapse(event: Event, *, at: datetime.datetime, place: str) -> list[Fact]:
    over = Booking.objects.filter(event=event, state=BookingState.HELD, hold_until__lte=at)
    done = []
    for booking in over:
        settling.settle(booking, BookingState.LAPSED, by=OF_THE_SERVICE, at=at, reason=RAN_OUT)
        steps.note(event, steps.StepKind.LAPSED, at=at, booking=booking, n=booking.n_people)
        done.append(("event.lapse", booking))
    if done:
        event.refresh_from_db(fields=["n_taken"])
    for _, booking in tuple(done):
        done += elsewhere(event, booking, at=at, place=place)
    return done


def give_back(
    event: Event, taking: Iterable[Party], organisation: str, *, at: datetime.datetime, place: str
) -> list[Fact]:
    """Give back what the same people hold for the same schools and never booked, on any day.

    The hub is locked. ``taking`` is what the schools have places for; what comes free goes down
    the list of its day.
    """
    theirs = {
        each.booking_id: each.booking for each in taking
        if each.event.hub_id == event.hub_id and each.booking.organisation == organisation
        and each.booking.state == BookingState.HELD
    }  # fmt: skip
    done: list[Fact] = []
    for booking in theirs.values():
        other = event if booking.event_id == event.pk else booking.event
        settling.settle(booking, BookingState.LAPSED, by=organisation, at=at, reason=HELD_ANEW)
        steps.note(other, steps.StepKind.LAPSED, at=at, booking=booking, n=booking.n_people)
        done.append(("event.lapse", booking))
        other.refresh_from_db(fields=["n_taken"])
        done += serve(other, at=at, on=timezone.localdate(at), place=place)
    if done:
        event.refresh_from_db(fields=["n_taken"])
    return done


def hand_down(event: Event, *, at: datetime.datetime, place: str) -> list[Fact]:
    """Ask each party that waits in turn, and book those that fit; nobody who fits is passed by."""
    waiting = Booking.objects.filter(event=event, state=BookingState.WAITING).order_by("in_line")
    left = event.n_free
    if left < 1 or not waiting.filter(n_people__lte=left).exists():
        return []
    queue = {each.pk: each for each in waiting.prefetch_related("parties__partnership")}
    rules, done = rules_for(event), []
    lines = delivery.events.fill(
        left,
        [delivery.events.Waits(party=pk, n_people=one.n_people,
               barred=_barred(event, one) if one.n_people <= left else "")
         for pk, one in queue.items()],
    )  # fmt: skip
    if _says_more(event, noted := [each.as_dict() for each in lines]):
        steps.note(event, steps.StepKind.FILLED, at=at, n=left, lines=noted)
    for line in lines:
        if not line.is_given:
            continue
        booking = queue[line.party]
        for party in booking.together:
            taken = settling.visits(event, party.partnership)
            party.visit = settling.next_visit(rules, taken)
            party.save(update_fields=["visit"])
        settling.settle(booking, BookingState.BOOKED, by=OF_THE_SERVICE, at=at)
        steps.note(event, steps.StepKind.PROMOTED, at=at, booking=booking, n=booking.n_people)
        letters.write(telling.offered(booking), by=OF_THE_SERVICE, at=at, place=place)
        done.append(("event.promote", booking))
    if done:
        event.refresh_from_db(fields=["n_taken"])
    return done


def _says_more(event: Event, lines: list[dict[str, Any]]) -> bool:
    """Tell whether a fill is worth a step: it gives places, or found other than the last one.

    Somebody barred can wait beside free places for weeks, and each hour asks anew.
    """
    if any(each["is_given"] for each in lines):
        return True
    last = Step.objects.filter(event=event, kind=steps.StepKind.FILLED.value)
    return list(last.order_by("-number").values_list("lines", flat=True)[:1]) != [lines]


def elsewhere(event: Event, booking: Booking, *, at: datetime.datetime, place: str) -> list[Fact]:
    """Go down the lists of other days on which schools wait that have just lost a place here.

    The hub is locked. A visit given back may be all that barred them there.
    """
    theirs = Party.objects.filter(
        partnership__in=booking.parties.values("partnership"), stands="waits", kind=event.kind,
        term_starts_on=event.term_starts_on, event__hub=event.hub_id,
    ).exclude(event=event)  # fmt: skip
    done, on = [], timezone.localdate(at)
    for other in Event.objects.select_related("hub").filter(pk__in=theirs.values("event")):
        if other.is_open_on(on):
            done += hand_down(other, at=at, place=place)
    return done


def _barred(event: Event, booking: Booking) -> str:
    """Say why a party as a whole can not come: one of its schools can not, or its visit is had."""
    rules = rules_for(event)
    for party in booking.together:
        if why := settling.barred(event, party.partnership, rules):
            return why
    return ""


def record(done: Iterable[Fact], *, at: datetime.datetime, place: str) -> None:
    """Put what was done by itself into the audit; the last step of an action."""
    for action, booking in done:
        audit.record(
            by=OF_THE_SERVICE, at=at, action=action, place=place,
            subject=f"event:{booking.event_id}",
            details={"booking": booking.pk, "people": booking.n_people},
        )  # fmt: skip
