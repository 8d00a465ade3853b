"""What can be done with a booking once it stands: its calendar file, a change, the end, a word."""

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ActedRequest, done_by
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.events import reach
from schoolhubs.service.events.doing import attending, changing
from schoolhubs.service.events.leading.seen import fewest_said
from schoolhubs.service.events.models import Booking, BookingState
from schoolhubs.service.events.rules import rules_for
from schoolhubs.service.events.visiting import forms, seen
from schoolhubs.service.events.visiting.invited import invitation_to
from schoolhubs.service.events.visiting.views import about, own_booking
from schoolhubs.service.history.queries import last_changed
from schoolhubs.service.partnerships.pages.views import conflict, version_of
from schoolhubs.service.web.exports import calendars
from schoolhubs.service.web.pages import say_once
from schoolhubs.vocabulary.errors import Conflict

NOT_CHANGED = "Nothing was changed"


@allow(*reach.PARTNERS)
@require_safe
def calendar(request: ActedRequest, booking_id: int) -> HttpResponse:
    """Give the booking as a file for a calendar; cancelled, it takes the date back."""
    held = own_booking(request, booking_id, whole=False)
    if held.booked_at is None:
        raise Http404("it was never booked")
    told = invitation_to(held, seen.about(held.event, [])["names"], last_changed([held]))
    name = f"event-{held.event_id}.ics"
    return calendars.saved(told, name, by=request.actor, at=clock.now())


@allow(*reach.BOOKERS)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: ActedRequest, booking_id: int) -> HttpResponse:
    """Change how many come, and what the lead has to know of them."""
    held, is_sent = own_booking(request, booking_id), request.method == "POST"
    at, told = _page(held), about(held)
    if held.state != BookingState.BOOKED:
        return _over(request, held, is_sent)
    fields = [(f"n_{each.pk}", each.n_people) for each in told["parties"]]
    so_far = {"roles": held.roles, "access_needs": held.access_needs}
    # Whom the office let come beside the rules may stay as many as they are.
    most = max(rules_for(held.event).largest_party, *(n for _, n in fields))
    form = forms.PeopleForm(fields, request.POST if is_sent else None, initial=so_far, most=most)
    told |= {"form": form, "has_errors": is_sent}
    if not is_sent or not form.is_valid():
        return render(request, "events/change.html", told)
    said = form.cleaned_data
    version = version_of(request)
    try:
        changed = changing.change(
            held, {each.pk: said[f"n_{each.pk}"] or 0 for each in told["parties"]},
            version=version, roles=said["roles"], access_needs=said["access_needs"],
            **done_by(request),
        )  # fmt: skip
    except Conflict as error:
        typed = "\n\n".join(filter(None, (said["roles"], said["access_needs"])))
        return conflict(request, NOT_CHANGED, error, at, typed)
    same = changed.version == version
    say_once(request, "Nothing was changed." if same else "Your booking is changed.")
    return HttpResponseRedirect(at)


@allow(*reach.BOOKERS)
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: ActedRequest, booking_id: int) -> HttpResponse:
    """Cancel a booking, give a hold back, or leave the waiting list."""
    held, is_sent = own_booking(request, booking_id, whole=False), request.method == "POST"
    own = reach.own_parties(request.actor, held)
    if not held.stands or not own:
        return _over(request, held, is_sent)
    form = forms.CancelForm(request.POST if is_sent else None)
    told = about(held) | {"form": form, "has_errors": is_sent, "parties": own,
                          "is_part": len(own) < len(held.together)}  # fmt: skip
    if not is_sent or not form.is_valid():
        return render(request, "events/cancel.html", told)
    said = {"version": version_of(request), "reason": form.cleaned_data["reason"]}
    try:
        if told["is_part"]:
            changing.take_out(held, [each.pk for each in own], **said, **done_by(request))
        else:
            changing.cancel(held, **said, **done_by(request))
    except Conflict as error:
        return conflict(request, NOT_CHANGED, error, _page(held), said["reason"])
    say_once(request, "It is cancelled. Places that came free go down the waiting list.")
    return HttpResponseRedirect(_page(held))


@allow(*reach.BOOKERS)
@require_http_methods(["GET", "HEAD", "POST"])
def feedback(request: ActedRequest, booking_id: int) -> HttpResponse:
    """Ask a school that came what it was worth; three short questions."""
    held, is_sent = own_booking(request, booking_id, whole=False), request.method == "POST"
    waiting = seen.may_say(held, reach.own_parties(request.actor, held), clock.day())
    if not waiting:
        return _over(request, held, is_sent)
    form = forms.FeedbackForm(request.POST if is_sent else None)
    told = about(held) | {"form": form, "has_errors": is_sent, "fewest": fewest_said()}
    if not is_sent or not form.is_valid():
        return render(request, "events/feedback.html", told)
    try:
        attending.say(waiting, **form.cleaned_data, **done_by(request))
    except Conflict as error:
        return conflict(request, "Nothing was saved", error, _page(held))
    say_once(request, "Thank you. The lead school sees it with what others said.")
    return HttpResponseRedirect(_page(held))


def _page(held: Booking) -> str:
    return reverse("booking", kwargs={"booking_id": held.pk})


def _over(request: ActedRequest, held: Booking, is_sent: bool) -> HttpResponse:
    """Say that there is nothing to be done with a booking as it stands."""
    if not is_sent:
        return HttpResponseRedirect(_page(held))
    return conflict(request, NOT_CHANGED, Conflict(changing.OVER), _page(held))
