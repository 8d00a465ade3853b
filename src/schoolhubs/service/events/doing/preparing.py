"""A lead prepares an event, opens it, changes it, calls it off; booking closes by its day."""

import dataclasses
import datetime
import uuid
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone

from schoolhubs.service.audit import actions as audit
from schoolhubs.service.events.doing import filling, settling, steps, telling
from schoolhubs.service.events.models import Booking, BookingState, Event, EventState
from schoolhubs.service.events.rules import rules_of
from schoolhubs.service.letters import actions as letters
from schoolhubs.service.network.models import Hub
from schoolhubs.service.web.pages import day
from schoolhubs.vocabulary.calendar import term_starts_on
from schoolhubs.vocabulary.errors import Conflict

BY_THE_DAY = "the service, by the day"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a lead says of an event."""

    place_urn: str
    on: datetime.date
    starts_at: datetime.time
    finishes_at: datetime.time
    closes_on: datetime.date
    n_places: int
    about: str
    place: str = ""
    access: str = ""
    phases: Sequence[str] = ()


def prepare(
    hub: Hub,
    kind: str,
    told: Told,
    *,
    opens: bool,
    key: uuid.UUID | None = None,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> Event:
    """Prepare an event; open it for booking at once, or keep it as a draft.

    The same key gives the same event, however often its form is sent.

    Raises
    ------
    Conflict
        If the programme gives no such events, or the hub is over by then.
    """
    rules_of(hub, kind, told.on)
    if hub.finished_on is not None and hub.finished_on <= told.on:
        raise Conflict("The hub is over by that day. Nothing was saved.")
    with transaction.atomic():
        steps.lock_hub(hub.pk)
        if key is not None and (before := Event.objects.filter(key=key, hub=hub).first()):
            return before
        made = Event.objects.create(
            hub=hub, key=key, kind=kind, state=EventState.OPEN if opens else EventState.DRAFT,
            made_at=at, made_by=by, changed_at=at, term_starts_on=term_starts_on(told.on),
            **_fields(told),
        )  # fmt: skip
        steps.note(made, steps.StepKind.PLACES, at=at, n=made.n_places)
        _record("event.prepare", made, by, organisation, at, place)
    return made


def change(
    event: Event,
    told: Told,
    *,
    opens: bool,
    version: int,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> Event:
    """Change an event; whoever booked is told if its day, hours or place changed.

    More places go down the waiting list at once.

    Raises
    ------
    Conflict
        If its day is over, it took place or was called off, changed meanwhile, would move to a day
        that is over, has fewer places than are taken, or moves to another term while schools have
        booked.
    """
    with transaction.atomic():
        held = _held(event, version)
        on = timezone.localdate(at)
        _refuse_over(held, on)
        _refuse(held, told, on)
        opens_now = opens and told.closes_on >= on and held.state != EventState.OPEN
        if not opens_now and _stands(held, told):
            return held
        was = held.on, held.starts_at, held.finishes_at, held.place_urn, held.place
        before = telling.when_and_where(held)
        for name, value in _fields(told).items():
            setattr(held, name, value)
        held.term_starts_on = term_starts_on(told.on)
        if opens_now:
            held.state = EventState.OPEN
        held.changed_at, held.version = at, held.version + 1
        _save(held)
        steps.note(held, steps.StepKind.PLACES, at=at, n=held.n_places)
        done = filling.serve(held, at=at, on=on, place=place)
        if was != (held.on, held.starts_at, held.finishes_at, held.place_urn, held.place):
            for booking in telling.coming(held):
                letters.write(telling.moved(booking, before), by=by, at=at, place=place)
        filling.record(done, at=at, place=place)
        _record("event.rearrange", held, by, organisation, at, place)
    return held


def _stands(held: Event, told: Told) -> bool:
    return all(getattr(held, name) == value for name, value in _fields(told).items())


def _refuse_over(held: Event, on: datetime.date) -> None:
    if held.state not in {EventState.DRAFT, EventState.OPEN, EventState.CLOSED}:
        raise Conflict("This event took place or was called off. Nothing was changed.")
    if held.on < on:
        raise Conflict(
            f"The event was on {day(held.on)}: from then on only who came is written down. Nothing "
            "was changed."
        )


def _refuse(held: Event, told: Told, on: datetime.date) -> None:
    if told.on < on:
        raise Conflict(
            f"{day(told.on)} is over. An event moves to {day(on)} or later. Nothing was changed."
        )
    if told.n_places < held.n_taken:
        raise Conflict(
            f"{held.n_taken} places are taken, so there can not be fewer: {told.n_places} were "
            "asked for. Nothing was changed."
        )
    stands = Booking.objects.filter(event=held, state__in=("held", "booked", "waiting"))
    if term_starts_on(told.on) != held.term_starts_on and stands.exists():
        raise Conflict(
            "Schools have booked a visit of this term, so the event can not move to another term. "
            "Call it off and prepare a new one. Nothing was changed."
        )


def _save(held: Event) -> None:
    # Places taken are the database's own to count.
    names = [each.name for each in held._meta.concrete_fields if each.name not in {"id", "n_taken"}]
    try:
        with transaction.atomic():
            held.save(update_fields=names)
    except IntegrityError as error:
        raise Conflict("More places were taken meanwhile. Nothing was changed.") from error


def call_off(
    event: Event,
    *,
    reason: str,
    version: int,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> Event:
    """Call an event off: every school that booked or waits is told, and has its visit back.

    Raises
    ------
    Conflict
        If its day is over, it took place, was called off before, or changed meanwhile.
    """
    with transaction.atomic():
        held = _held(event, version)
        _refuse_over(held, timezone.localdate(at))
        held.state, held.why_cancelled = EventState.CANCELLED, reason
        held.changed_at, held.version = at, held.version + 1
        _save(held)
        steps.note(held, steps.StepKind.CLOSED, at=at)
        stood = Booking.objects.filter(event=held, state__in=("held", "booked", "waiting"))
        done: list[filling.Fact] = []
        for booking in stood:
            waited = booking.state == BookingState.WAITING
            booking.event = held
            letters.write(telling.called_off(booking), by=by, at=at, place=place)
            settling.settle(booking, BookingState.CANCELLED, by=by, at=at, reason=reason)
            kind = steps.StepKind.LEFT if waited else steps.StepKind.CANCELLED
            steps.note(held, kind, at=at, booking=booking, n=booking.n_people)
            done += filling.elsewhere(held, booking, at=at, place=place)
        filling.record(done, at=at, place=place)
        _record("event.call-off", held, by, organisation, at, place, reason)
    return held


def close(event: Event, *, at: datetime.datetime, place: str) -> None:
    """Close booking: from here on nobody moves up by itself, and whoever still waits is told."""
    with transaction.atomic():
        held = steps.lock(event.pk)
        if held.state != EventState.OPEN:
            return
        done = filling.serve(held, at=at, on=held.closes_on, place=place)
        held.state, held.changed_at = EventState.CLOSED, at
        _save(held)
        steps.note(held, steps.StepKind.CLOSED, at=at)
        waiting = Booking.objects.filter(event=held, state=BookingState.WAITING)
        is_ahead = held.on >= timezone.localdate(at)
        for booking in waiting.prefetch_related("parties") if is_ahead else ():
            booking.event = held
            letters.write(telling.closed_waiting(booking), by=BY_THE_DAY, at=at, place=place)
        filling.record(done, at=at, place=place)
        _record("event.close", held, BY_THE_DAY, "", at, place)


def end_wait(event: Event, *, at: datetime.datetime, place: str) -> None:
    """End the wait of whoever got no places, once the day of the event is over."""
    with transaction.atomic():
        held = steps.lock(event.pk)
        waiting = list(Booking.objects.filter(event=held, state=BookingState.WAITING))
        for booking in waiting:
            settling.settle(booking, BookingState.OVER, by=BY_THE_DAY, at=at)
            steps.note(held, steps.StepKind.LEFT, at=at, booking=booking, n=booking.n_people)
        if waiting:
            _record("event.end-wait", held, BY_THE_DAY, "", at, place)


def hand_down(
    event: Event, *, by: str, organisation: str, at: datetime.datetime, place: str
) -> int:
    """Hand free places down the waiting list after booking closed, as the lead asks.

    Returns
    -------
    int
        How many parties got places.
    """
    with transaction.atomic():
        held = steps.lock(event.pk)
        if held.state == EventState.DRAFT:
            raise Conflict("This event is a draft, so nobody waits for it. Nothing was changed.")
        _refuse_over(held, timezone.localdate(at))
        if held.has_begun(at):
            raise Conflict("The event has begun, so nobody can still come. Nothing was changed.")
        done = filling.hand_down(held, at=at, place=place)
        filling.record(done, at=at, place=place)
        _record("event.hand-down", held, by, organisation, at, place)
    return len(done)


def _held(event: Event, version: int) -> Event:
    held = steps.lock(event.pk)
    if held.version != version:
        raise Conflict(
            "Somebody changed this event while you had it open. Nothing of yours was saved; look "
            "at what stands now."
        )
    return held


def _fields(told: Told) -> dict[str, object]:
    return {**dataclasses.asdict(told), "phases": list(told.phases)}


def _record(
    action: str, one: Event, by: str, organisation: str, at: datetime.datetime, place: str,
    reason: str = "",
) -> None:  # fmt: skip
    audit.record(
        by=by, organisation=organisation, at=at, action=action, place=place, reason=reason,
        subject=f"event:{one.pk}",
        details={"kind": one.kind, "on": one.on.isoformat(), "places": one.n_places},
    )  # fmt: skip
