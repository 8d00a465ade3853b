"""A booking changes, or is cancelled; what comes free goes down the waiting list at once."""

import datetime
from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from schoolhubs.service.events.doing import filling, settling, steps, telling
from schoolhubs.service.events.doing.booking import Full, locked, record
from schoolhubs.service.events.models import (
    Booking,
    BookingState,
    Event,
    EventState,
    PartyStands,
)
from schoolhubs.service.events.rules import rules_for
from schoolhubs.service.letters import actions as letters
from schoolhubs.service.partnerships.resting.queries import refuse_what_is_new
from schoolhubs.vocabulary.errors import Conflict

OVER = "This booking is not in force any more, so nothing was changed."
BEGUN = (
    "The event has begun, so nothing was changed. The lead school writes down who came; write to "
    "it if that is not right."
)


def change(
    booking: Booking,
    n_people: dict[int, int],
    *,
    version: int,
    roles: str,
    access_needs: str,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> Booking:
    """Change how many come from each school of a booking, and what the lead has to know of them.

    Where nothing is other than it was, nothing is written: no new version, no letter.

    Parameters
    ----------
    n_people
        By the number of the school in the booking; schools stay those they are.

    Raises
    ------
    Full
        If more would come than places are free: the booking stays as it is.
    Conflict
        If it stands no more, or changed meanwhile, or the event has begun.
    """
    with transaction.atomic():
        event, held = locked(booking, version)
        if held.state != BookingState.BOOKED:
            raise Conflict(OVER)
        if event.has_begun(at):
            raise Conflict(BEGUN)
        stood = {each.pk: each.n_people for each in held.together}
        if (n_people, roles, access_needs) == (stood, held.roles, held.access_needs):
            return held
        on = timezone.localdate(at)
        done = filling.serve(event, at=at, on=on, place=place)
        answer = _resize(event, held, n_people, at=at, on=on)
        if answer is None:
            held.roles, held.access_needs = roles, access_needs
            held.version += 1
            held.save()
            event.refresh_from_db(fields=["n_taken"])
            done += filling.serve(event, at=at, on=on, place=place)
            letters.write(telling.changed(held), by=by, at=at, place=place)
            record("event.change", held, by, organisation, at, place)
        filling.record(done, at=at, place=place)
    if answer is not None:
        raise answer
    return held


def _resize(
    event: Event, held: Booking, n_people: dict[int, int], *, at: datetime.datetime,
    on: datetime.date,
) -> Full | None:  # fmt: skip
    parties = held.together
    if set(n_people) != {each.pk for each in parties} or min(n_people.values()) < 1:
        raise Conflict("A party keeps its schools, each with at least one person.")
    most = rules_for(event).largest_party
    if max(n_people.values()) > most and not held.why_more:
        raise Conflict(f"At most {most} people of one school come together.")
    more = sum(n_people.values()) - held.n_people
    if more > 0 and not event.is_open_on(on):
        raise Conflict("Booking is closed: fewer people can come than were booked, not more.")
    for each in parties:
        if n_people[each.pk] > each.n_people:
            refuse_what_is_new(each.partnership_id)
    if more > event.n_free:
        return Full(event, more)
    if more:
        for each in parties:
            each.n_people = n_people[each.pk]
            each.save(update_fields=["n_people"])
        held.n_people += more
        steps.note(event, steps.StepKind.CHANGED, at=at, booking=held, n=held.n_people)
    return None


def cancel(
    booking: Booking,
    *,
    version: int,
    reason: str = "",
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> Booking:
    """Cancel a booking, give a hold back or leave the waiting list; what is free goes down it.

    Raises
    ------
    Conflict
        If it stands no more, changed meanwhile, or the event has begun.
    """
    with transaction.atomic():
        event, held = _to_leave(booking, version, at)
        waited = held.state == BookingState.WAITING
        was_booked = held.state == BookingState.BOOKED
        settling.settle(held, BookingState.CANCELLED, by=by, at=at, reason=reason)
        kind = steps.StepKind.LEFT if waited else steps.StepKind.CANCELLED
        steps.note(event, kind, at=at, booking=held, n=held.n_people)
        done = _free_again(event, held, at=at, place=place)
        if was_booked:
            letters.write(telling.cancelled(held), by=by, at=at, place=place)
        filling.record(done, at=at, place=place)
        record("event.cancel", held, by, organisation, at, place, reason)
    return held


def take_out(
    booking: Booking,
    party_ids: Collection[int],
    *,
    version: int,
    reason: str = "",
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> Booking:
    """Take some schools out of a party of several; the rest keeps its places, or its place in line.

    Raises
    ------
    Conflict
        If none of the others would be left, it stands no more, changed meanwhile, or the event has
        begun.
    """
    with transaction.atomic():
        event, held = _to_leave(booking, version, at)
        leaving = [each for each in held.together if each.pk in set(party_ids)]
        if not leaving or len(leaving) == len(held.together):
            raise Conflict("A school leaves a party of several while others stay in it. " + OVER)
        was_booked = held.state == BookingState.BOOKED
        for each in leaving:
            each.stands, each.out_at = PartyStands.GONE, at
            each.save(update_fields=["stands", "out_at"])
        held.n_people -= sum(each.n_people for each in leaving)
        held.version += 1
        held.save(update_fields=["n_people", "version"])
        steps.note(event, steps.StepKind.CHANGED, at=at, booking=held, n=held.n_people)
        done = _free_again(event, held, at=at, place=place)
        if was_booked:
            letters.write(telling.taken_out(held, leaving), by=by, at=at, place=place)
        filling.record(done, at=at, place=place)
        record("event.take-out", held, by, organisation, at, place, reason)
    return held


def _to_leave(booking: Booking, version: int, at: datetime.datetime) -> tuple[Event, Booking]:
    event, held = locked(booking, version)
    if not held.stands or event.state not in {EventState.OPEN, EventState.CLOSED}:
        raise Conflict(OVER)
    if event.has_begun(at):
        raise Conflict(BEGUN)
    return event, held


def _free_again(
    event: Event, held: Booking, *, at: datetime.datetime, place: str
) -> list[filling.Fact]:
    """Hand what came free down the list of the day, and of days that its schools wait for."""
    event.refresh_from_db(fields=["n_taken"])
    done = filling.serve(event, at=at, on=timezone.localdate(at), place=place)
    return done + filling.elsewhere(event, held, at=at, place=place)
