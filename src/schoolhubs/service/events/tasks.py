"""Every hour: holds that ran out are given back, booking closes, those booked are reminded."""

import datetime

from django.db import transaction
from procrastinate.contrib.django import app

from schoolhubs.service import clock
from schoolhubs.service.audit import actions as audit
from schoolhubs.service.events.doing import changing, filling, preparing, steps, telling
from schoolhubs.service.events.models import STANDS, Booking, Event, EventState, Party
from schoolhubs.service.events.rules import needs_kept, rules_for
from schoolhubs.service.events.sharing_out import working  # noqa: F401 - makes its work known
from schoolhubs.service.letters import actions as letters
from schoolhubs.service.partnerships.resting.queries import asked_nothing

BY = "schoolhubs"
ENDED = "The partnership was ended before this day."


@app.periodic(cron="25 * * * *")
@app.task(name="events.turn", queueing_lock="events.turn", pass_context=False)
def turn(timestamp: int) -> None:  # noqa: ARG001 - procrastinate gives it
    """Do what is due by now."""
    turn_to(clock.day(), at=clock.now(), place="events.turn")


def turn_to(on: datetime.date, *, at: datetime.datetime, place: str) -> None:
    """Do what a day brings by itself: done already, nothing more happens."""
    give_back(on, at=at, place=place)
    for event in _with_something_left(at):
        with transaction.atomic():
            held = steps.lock(event.pk)
            filling.record(filling.serve(held, at=at, on=on, place=place), at=at, place=place)
    for event in Event.objects.filter(state=EventState.OPEN, closes_on__lt=on):
        preparing.close(event, at=at, place=place)
    for event in Event.objects.filter(on__lt=on, booking__state="waiting").distinct():
        preparing.end_wait(event, at=at, place=place)
    forget_needs(on, at=at, place=place)
    remind(on, at=at, place=place)


def forget_needs(on: datetime.date, *, at: datetime.datetime, place: str) -> int:
    """Erase what the visitors of events needed, once it was kept for as long as the rule says.

    Returns
    -------
    int
        How many bookings it was erased from.
    """
    with transaction.atomic():
        over = Booking.objects.filter(event__on__lt=on - needs_kept()).exclude(access_needs="")
        n = over.update(access_needs="")
        if n:
            audit.record(
                by=BY, at=at, action="event.forget-needs", subject="events", place=place,
                details={"bookings": n},
            )  # fmt: skip
    return n


def give_back(on: datetime.date, *, at: datetime.datetime, place: str) -> int:
    """Give back the places of partnerships that were ended; done already, none.

    A party of several schools keeps its places while one of them goes on.

    Returns
    -------
    int
        How many bookings were given back.
    """
    ahead = Booking.objects.filter(
        state__in=STANDS, event__on__gte=on, event__state__in=(EventState.OPEN, EventState.CLOSED),
        parties__partnership__state="ended",
    )  # fmt: skip
    goes_on = Party.objects.exclude(partnership__state="ended").values("booking")
    found = list(ahead.exclude(pk__in=goes_on).distinct().order_by("pk"))
    for each in found:
        changing.cancel(
            each, version=each.version, reason=ENDED, by=BY, organisation="", at=at, place=place
        )
    return len(found)


def _with_something_left(at: datetime.datetime) -> list[Event]:
    """Give the events with a hold that ran out, or with somebody waiting while places are free."""
    over = Event.objects.filter(booking__state="held", booking__hold_until__lte=at)
    waits = Event.objects.filter(booking__state="waiting", state=EventState.OPEN)
    found = {each.pk: each for each in (*over.distinct(), *waits.distinct())}
    return [found[pk] for pk in sorted(found)]


def remind(on: datetime.date, *, at: datetime.datetime, place: str) -> int:
    """Remind everybody booked of an event that is near; the letter itself goes out once.

    Nobody is reminded whose partnerships rest.
    """
    near = Event.objects.filter(
        state__in=(EventState.OPEN, EventState.CLOSED), on__gte=on,
        on__lte=on + datetime.timedelta(days=31),
    ).select_related("hub")  # fmt: skip
    n = 0
    for event in near:
        if on < event.on - datetime.timedelta(days=rules_for(event).told_days_before):
            continue
        with transaction.atomic():
            booked = Booking.objects.filter(event=event, state="booked").prefetch_related("parties")
            for booking in booked:
                booking.event = event
                schools = {each.partnership_id for each in booking.together}
                if schools <= asked_nothing(schools).keys():
                    continue
                n += letters.write(telling.reminded(booking), by=BY, at=at, place=place)
    return n
