"""Booking in four pages: the list, the party, a look at it all, the confirmation."""

import datetime
import uuid
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ActedRequest, done_by
from schoolhubs.service.accounts.rights import allow, refuse_others
from schoolhubs.service.events import reach
from schoolhubs.service.events.doing import booking as bookings
from schoolhubs.service.events.models import Booking, BookingState, Event
from schoolhubs.service.events.rules import rules_for
from schoolhubs.service.events.visiting import forms, seen
from schoolhubs.service.partnerships.models import HOLDS_A_PLACE, Partnership
from schoolhubs.service.partnerships.pages.views import conflict
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.words import counted

NOT_BOOKED = "Nothing was booked"


@allow(*reach.PARTNERS)
@require_safe
def events(request: ActedRequest) -> HttpResponse:
    """List the events of the hubs of one's schools, by day or by journey."""
    partnerships = list(reach.partnerships_of(request.actor))
    by_minutes = request.GET.get("by") == "journey"
    rows = seen.rows(partnerships, clock.day(), by_minutes=by_minutes)
    told = {
        "rows": rows, "by_minutes": by_minutes, "partnerships": partnerships,
        "names": seen.names_in(rows, partnerships), "past": seen.past(partnerships, clock.day()),
        "may_book": request.actor.holds(*reach.BOOKERS), "terms": seen.terms(rows),
    }  # fmt: skip
    return render(request, "events/events.html", told)


@allow(*reach.BOOKERS)
@require_http_methods(["GET", "HEAD", "POST"])
def book(request: ActedRequest, event_id: int) -> HttpResponse:
    """Ask who comes, and hold places for them."""
    event, partnerships = _bookable(request, event_id)
    agreed = [each for each in partnerships if each.state in HOLDS_A_PLACE]
    is_sent = request.method == "POST"
    mine = seen.standing_of(event, agreed)
    told = seen.about(event, partnerships) | {
        "agreed": agreed, "key": uuid.uuid4(), "mine": mine, "rules": rules_for(event),
    }  # fmt: skip
    # Places that are held and not booked yet can still be held anew, with another party.
    settled = {each.partnership_id: each for each in mine if each.booking.state != "held"}
    if agreed and not is_sent and len(settled) == len(agreed):
        one = settled[agreed[0].pk]
        return HttpResponseRedirect(reverse("booking", kwargs={"booking_id": one.booking_id}))
    if not agreed or not event.is_open_on(clock.day()):
        if is_sent:
            error = Conflict(bookings.NOT_OPEN if agreed else NOT_AGREED)
            return conflict(request, NOT_BOOKED, error, reverse("events"))
        return render(request, "events/not_open.html", told)
    # Also a form sent twice names a school that has its places by then.
    asked = agreed if is_sent else [each for each in agreed if each.pk not in settled]
    most = told["rules"].largest_party
    form = forms.PartyForm(asked, request.POST if is_sent else None, most=most)
    told |= {"form": form, "has_errors": is_sent}
    if not is_sent or not form.is_valid():
        return render(request, "events/party.html", told)
    told["key"] = form.form_key
    try:
        held = _hold(request, event, form)
    except bookings.Full as error:
        form.add_error(form.numbers[0], _too_few(error))
        told |= {"full": error, "has_errors": True}
        return render(request, "events/party.html", told, status=409)
    except Conflict as error:
        # On the form itself, so that nothing typed is lost.
        form.add_error(form.numbers[0], str(error))
        return render(request, "events/party.html", told | {"has_errors": True}, status=409)
    page = "booking" if held.state == BookingState.WAITING else "booking-check"
    return HttpResponseRedirect(reverse(page, kwargs={"booking_id": held.pk}))


NOT_AGREED = "Your partnership with this hub is not agreed yet. Nothing was booked."


def _too_few(full: bookings.Full) -> str:
    free = counted(full.n_free, "place is", "places are").capitalize()
    return f"{free} free, and your party is of {full.n_people}. Nothing was booked."


def _hold(request: ActedRequest, event: Event, form: forms.PartyForm) -> Booking:
    said = form.cleaned_data
    wanted = bookings.Wanted(
        coming=form.coming(), roles=said["roles"], access_needs=said["access_needs"]
    )
    held = bookings.hold(
        event, wanted, key=form.form_key, waits=said["waits"] == "yes", **done_by(request)
    )
    # A key is the form's own: nobody finds another's booking by it.
    refuse_others(request.actor, is_own=reach.is_own_booking(request.actor, held))
    return held


@allow(*reach.BOOKERS)
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: ActedRequest, booking_id: int) -> HttpResponse:
    """Show what would be booked and until when it is held; book it."""
    held = own_booking(request, booking_id)
    at = reverse("booking", kwargs={"booking_id": held.pk})
    if request.method == "POST":
        try:
            bookings.book(held, **done_by(request))
        except Conflict as error:
            return conflict(request, NOT_BOOKED, error, reverse("events"))
        return HttpResponseRedirect(at)
    if held.state != BookingState.HELD:
        return HttpResponseRedirect(at)
    return render(request, "events/check.html", about(held))


@allow(*reach.READERS)
@require_safe
def booking(request: ActedRequest, booking_id: int) -> HttpResponse:
    """Show a booking: confirmed, waiting with its place in line, or over."""
    held = found(booking_id)
    actor = request.actor
    has_part, own = reach.has_part_in(actor, held), reach.own_parties(actor, held)
    refuse_others(actor, is_own=has_part or reach.may_read_all(actor, held.event.hub))
    may_act = actor.holds(*reach.BOOKERS) and held.stands and not held.event.has_begun(clock.now())
    told = about(held) | {
        "has_part": has_part, "is_mine": actor.holds(*reach.BOOKERS) and has_part,
        "is_out": has_part and not own,
        "may_change": may_act and reach.is_own_booking(actor, held), "may_leave": may_act and own,
        "may_say": seen.may_say(held, own, clock.day()),
    } | seen.place_in_line(held)  # fmt: skip
    return render(request, "events/booking.html", told)


def own_booking(request: ActedRequest, booking_id: int, *, whole: bool = True) -> Booking:
    """Give one's own booking; another's is not there.

    ``whole`` asks that all its schools are the actor's; otherwise one of them is enough, such as
    for a school in the booking of its trust.
    """
    held, actor = found(booking_id), request.actor
    is_own = reach.is_own_booking(actor, held) if whole else reach.has_part_in(actor, held)
    refuse_others(actor, is_own=is_own)
    return held


def found(booking_id: int) -> Booking:
    """Give a booking with its event, hub and schools."""
    rows = Booking.objects.select_related("event__hub").prefetch_related("parties__partnership")
    return get_object_or_404(rows, pk=booking_id)


def about(held: Booking) -> dict[str, Any]:
    """Give what pages tell of a booking."""
    # A booking that is over still tells whose it was.
    parties = held.together or list(held.parties.all())
    told = seen.about(held.event, [each.partnership for each in parties])
    left = (held.hold_until - clock.now()) if held.hold_until else datetime.timedelta()
    minutes = max(int(left.total_seconds() // 60), 0)
    return {**told, "held": held, "parties": parties, "minutes_left": minutes}


def _bookable(request: ActedRequest, event_id: int) -> tuple[Event, list[Partnership]]:
    event = get_object_or_404(Event.objects.select_related("hub"), pk=event_id)
    partnerships = reach.of_event(list(reach.partnerships_of(request.actor)), event)
    refuse_others(request.actor, is_own=bool(partnerships) and event.state != "draft")
    return event, partnerships
