"""Hold places, book them, wait, change a party, cancel: each under the hub's lock, each told."""

import dataclasses
import datetime
import uuid
from collections.abc import Mapping, Sequence

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from schoolhubs.service.audit import actions as audit
from schoolhubs.service.events.doing import filling, settling, steps, telling
from schoolhubs.service.events.models import (
    Booking,
    BookingState,
    Event,
    EventState,
    Party,
)
from schoolhubs.service.events.rules import rules_for
from schoolhubs.service.letters import actions as letters
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.partnerships.resting.queries import asked_nothing
from schoolhubs.service.partnerships.telling import names_of
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.words import counted

NOT_OPEN = "This event is not open for booking any more. Nothing was booked."
TWICE = (
    "One of these schools has a booking on this day or a visit on another day of the term already. "
    "Nothing was booked."
)


RAN_OUT = (
    "The time for which your places were held ran out, and they were given back. Nothing was "
    "booked; look whether places are still free."
)
ANEW = (
    "Somebody of your organisation held places anew for the same school, so these were given back. "
    "Nothing was booked here; look at the list of events for the other booking."
)


class Full(Conflict):
    """Fewer places are free than the party needs; it can wait for some."""

    def __init__(self, event: Event, n_people: int) -> None:
        self.n_free, self.n_people = max(event.n_free, 0), n_people
        taken = f"{event.n_taken} of {event.n_places} places are taken"
        need = counted(n_people, "person", "people")
        super().__init__(f"{taken}, and your party is of {need}. Nothing was booked.")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """One school of a party, and how many come from it."""

    partnership: Partnership
    n_people: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A party: its schools, and what the lead has to know of its people, without their names."""

    coming: Sequence[Coming]
    roles: str = ""
    access_needs: str = ""

    @property
    def n_people(self) -> int:
        """All its people."""
        return sum(each.n_people for each in self.coming)


def hold(
    event: Event,
    wanted: Wanted,
    *,
    key: uuid.UUID,
    waits: bool = False,
    why_more: str = "",
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> Booking:
    """Hold places for a party while it is looked through, or put it on the waiting list.

    All its places are held, or none. The same key gives the same booking, however often it is
    sent.

    Parameters
    ----------
    waits
        Where too few places are free, wait for some.
    why_more
        An office's reason to let a school come beside its visits of the term, its phase or the
        size of a party; never beside the places there are.

    Raises
    ------
    Full
        If too few places are free and it does not want to wait.
    Conflict
        If the event is not open, or a school can not come.
    """
    if not waits:
        _refuse_full(event, wanted.n_people, key, organisation, at)
    try:
        with transaction.atomic():
            answer = _hold(
                event, wanted, key=key, waits=waits, why_more=why_more, by=by,
                organisation=organisation, at=at, place=place,
            )  # fmt: skip
    except IntegrityError as error:
        if found := Booking.objects.filter(key=key).first():
            return found
        raise Conflict(TWICE) from error
    if isinstance(answer, Full):
        raise answer
    return answer


def _refuse_full(
    event: Event, n_people: int, key: uuid.UUID, organisation: str, at: datetime.datetime
) -> None:
    """Tell those for whom nothing is free at once, without a lock: most of a rush for few places.

    What is free is asked for again under the lock; this only saves queueing for a no.
    """
    seen = Event.objects.only("n_places", "n_taken").get(pk=event.pk)
    if n_people <= seen.n_free:
        return
    look = filling.look(seen, key=key, organisation=organisation, at=at)
    if look.found is None and not look.is_given_back:
        raise Full(seen, n_people)


def _hold(
    event: Event, wanted: Wanted, *, key: uuid.UUID, waits: bool, why_more: str, by: str,
    organisation: str, at: datetime.datetime, place: str,
) -> Booking | Full:  # fmt: skip
    """Hold places under the lock: hundreds may queue behind, so that each question counts."""
    nothing = asked_nothing([each.partnership.pk for each in wanted.coming])
    held, on = steps.lock(event.pk, event.hub_id), timezone.localdate(at)
    look = filling.look(held, key=key, organisation=organisation, at=at)
    if look.found is not None:
        return Booking.objects.get(pk=look.found)
    if not held.is_open_on(on):
        raise Conflict(NOT_OPEN)
    if not waits and wanted.n_people > held.n_free and not look.is_given_back:
        return Full(held, wanted.n_people)  # of those who queued, most hear it here
    done = filling.serve(held, at=at, on=on, place=place) if look.is_due else []
    taking = settling.taking(held.kind, [each.partnership for each in wanted.coming])
    if given := filling.give_back(held, taking, organisation, at=at, place=place):
        done += given
        taking = settling.taking(held.kind, [each.partnership for each in wanted.coming])
    had = settling.of_term(held, taking)
    _refuse(held, wanted, why_more, had, nothing)
    fits = wanted.n_people <= held.n_free
    if not fits and not waits:
        filling.record(done, at=at, place=place)
        return Full(held, wanted.n_people)
    made = _make(held, wanted, fits, had, key=key, organisation=organisation, why_more=why_more,
                 by=by, at=at)  # fmt: skip
    filling.record(done, at=at, place=place)
    record("event.hold" if fits else "event.wait", made, by, organisation, at, place, why_more)
    return made


def _make(
    event: Event, wanted: Wanted, fits: bool, had: settling.Had, *, key: uuid.UUID,
    organisation: str, why_more: str, by: str, at: datetime.datetime,
) -> Booking:  # fmt: skip
    rules, last = rules_for(event), Booking.objects.filter(event=event)
    in_line = 0 if fits else 1 + (last.aggregate(last=Max("in_line"))["last"] or 0)
    made = Booking.objects.create(
        event=event, key=key, organisation=organisation, n_people=wanted.n_people,
        state=BookingState.HELD if fits else BookingState.WAITING, roles=wanted.roles,
        access_needs=wanted.access_needs, why_more=why_more, made_at=at, made_by=by,
        hold_until=at + datetime.timedelta(minutes=rules.hold_minutes) if fits else None,
        in_line=in_line or None,
    )  # fmt: skip
    Party.objects.bulk_create(
        Party(
            booking=made, event=event, partnership=each.partnership, n_people=each.n_people,
            urn=each.partnership.partner_urn, kind=event.kind, term_starts_on=event.term_starts_on,
            stands=settling.STANDS_AS[BookingState(made.state)],
            visit=settling.next_visit(rules, had[each.partnership.pk]) if fits else None,
        )
        for each in sorted(wanted.coming, key=lambda one: one.partnership.pk)
    )  # fmt: skip
    kind = steps.StepKind.HELD if fits else steps.StepKind.WAITS
    steps.note(event, kind, at=at, booking=made, n=made.n_people)
    return made


def _refuse(
    event: Event, wanted: Wanted, why_more: str, had: settling.Had, nothing: Mapping[int, str]
) -> None:
    """Refuse a party that can not come whatever is free."""
    rules, partnerships = rules_for(event), [each.partnership for each in wanted.coming]
    if not wanted.coming or any(each.n_people < 1 for each in wanted.coming):
        raise Conflict("A party has at least one person from each school. Nothing was booked.")
    names = {each.partner_urn for each in partnerships}
    if len(names) != len(partnerships):
        raise Conflict("One school stands twice in the party. Nothing was booked.")
    for each in wanted.coming:
        if _of_hub(each.partnership) != (event.hub.programme_id, event.hub.lead_urn):
            raise Conflict("A school of the party is no partner of this hub. Nothing was booked.")
        if each.n_people > rules.largest_party and not why_more:
            raise Conflict(
                f"At most {rules.largest_party} people of one school come together, and "
                f"{each.n_people} were asked for. Nothing was booked."
            )
        if why := nothing.get(each.partnership.pk):
            raise Conflict(why)
        why = settling.barred(event, each.partnership, rules, had[each.partnership.pk])
        if why and not (why_more and each.partnership.is_live):
            name = names_of([each.partnership.partner_urn]).school(each.partnership.partner_urn)
            raise Conflict(f"{name} can not come: {why}. Nothing was booked.")
    if event.phases and not why_more and (others := names - settling.of_phases(event, names)):
        raise Conflict(
            f"This event is for {' and '.join(event.phases).replace('_', ' ')} schools, and "
            f"{names_of([min(others)]).school(min(others))} is none. Nothing was booked."
        )


def _of_hub(one: Partnership) -> tuple[str, str]:
    return one.programme_id, one.lead_urn


def book(
    booking: Booking, *, by: str, organisation: str, at: datetime.datetime, place: str
) -> Booking:
    """Book what is held; sent twice it is booked once.

    A hold that nobody has given back yet still stands, also after its minutes.

    Raises
    ------
    Conflict
        If the hold was given back meanwhile, the event called off, or a school's partnership rests.
    """
    seen = booking.version, booking.event.version
    # Whom to write to, and what, is looked up before anybody has to wait for it.
    ready = letters.prepared(telling.booked(booking), by=by, at=at, place=place)
    with transaction.atomic():
        nothing = asked_nothing([each.partnership_id for each in booking.together])
        event, held = locked(booking)
        if held.state in {BookingState.BOOKED, BookingState.WAITING}:
            return held
        if held.state == BookingState.LAPSED:
            raise Conflict(ANEW if held.settled_reason == filling.HELD_ANEW else RAN_OUT)
        if held.state != BookingState.HELD or event.state != EventState.OPEN:
            raise Conflict(NOT_OPEN)
        if nothing:
            raise Conflict(next(iter(nothing.values())))
        if seen != (held.version, event.version):
            ready = letters.prepared(telling.booked(held), by=by, at=at, place=place)
        settling.settle(held, BookingState.BOOKED, by=by, at=at)
        steps.note(event, steps.StepKind.BOOKED, at=at, booking=held, n=held.n_people)
        letters.keep(ready)
        record("event.book", held, by, organisation, at, place)
    return held


def locked(booking: Booking, version: int | None = None) -> tuple[Event, Booking]:
    """Lock the hub and give a booking as it stands, with its event; refuse an older version."""
    event = steps.lock(booking.event_id, booking.event.hub_id)
    held = Booking.objects.get(pk=booking.pk)
    held.event = event
    if version is not None and held.version != version:
        raise Conflict(
            "This booking changed while you had it open. Nothing of yours was saved; look at "
            "what stands now."
        )
    return event, held


def record(
    action: str, one: Booking, by: str, organisation: str, at: datetime.datetime, place: str,
    reason: str = "",
) -> None:  # fmt: skip
    """Put what was done with a booking into the audit; the last step of an action."""
    audit.record(
        by=by, organisation=organisation, at=at, action=action, place=place, reason=reason,
        subject=f"event:{one.event_id}", details={"booking": one.pk, "people": one.n_people},
    )  # fmt: skip
