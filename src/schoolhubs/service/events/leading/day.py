"""The page of one event for its lead and the office: who comes, who waits, who came."""

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ActedRequest, done_by
from schoolhubs.service.accounts.reach import SEE_EVERY_SCHOOL
from schoolhubs.service.accounts.rights import allow, refuse_others
from schoolhubs.service.accounts.roles import LEADS
from schoolhubs.service.events import reach
from schoolhubs.service.events.doing import attending, preparing
from schoolhubs.service.events.leading import forms, seen
from schoolhubs.service.events.leading.views import NOT_SAVED, kept
from schoolhubs.service.events.models import Event, EventState
from schoolhubs.service.events.rules import needs_kept
from schoolhubs.service.partnerships.pages.views import conflict
from schoolhubs.service.web.exports.workbooks import workbook_answer
from schoolhubs.service.web.pages import csv_answer, day, moment, say_once
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.words import counted

SEERS = (*SEE_EVERY_SCHOOL, *LEADS)


def _seen(request: ActedRequest, event_id: int) -> Event:
    event = get_object_or_404(Event.objects.select_related("hub"), pk=event_id)
    refuse_others(request.actor, is_own=reach.may_read_all(request.actor, event.hub))
    return event


@allow(*SEERS)
@require_safe
def event(request: ActedRequest, event_id: int) -> HttpResponse:
    """Show one event: who comes, what they need, what is free, who waits."""
    found = _seen(request, event_id)
    on = clock.day()
    with_needs = reach.may_read_needs(request.actor, found.hub)
    told = seen.the_day(found, with_needs=with_needs) | {
        "until": found.on + needs_kept(), "may_keep": reach.may_keep(request.actor, found.hub),
        "is_ahead": found.on >= on and found.state in (
            EventState.DRAFT, EventState.OPEN, EventState.CLOSED
        ),
        "may_check_in": found.on <= on and found.state in (
            EventState.OPEN, EventState.CLOSED, EventState.HELD
        ),
        "said": seen.feedback_of(found), "is_open": found.is_open_on(on), "now": clock.now(),
    }  # fmt: skip
    return render(request, "events/event.html", told)


@allow(*SEERS)
@require_safe
def attendance(request: ActedRequest, event_id: int, suffix: str) -> HttpResponse:
    """Give the attendance list to be saved, as CSV or as a workbook."""
    found = _seen(request, event_id)
    with_needs = reach.may_read_needs(request.actor, found.hub)
    table = seen.attendance(found, with_needs=with_needs)
    name = f"attendance-{found.on}-{found.pk}"
    if suffix == "csv":
        return csv_answer(table, f"{name}.csv")
    if suffix != "xlsx":
        raise Http404("there is no file of this kind")
    about = {
        "What": f"Attendance list of the {found.get_kind_display().lower()} of {day(found.on)}",
        "Source": "Bookings and check-in of this service", "As at": moment(clock.now()),
    }  # fmt: skip
    return workbook_answer({"Attendance": table}, f"{name}.xlsx", about=about, at=clock.now())


@allow(*SEERS)
@require_safe
def record(request: ActedRequest, event_id: int) -> HttpResponse:
    """Show everything that happened to the places, and whether somebody was passed by."""
    return render(request, "events/record.html", seen.record_of(_seen(request, event_id)))


@allow(*reach.KEEPERS)
@require_POST
def hand_down(request: ActedRequest, event_id: int) -> HttpResponse:
    """Hand what is free down the waiting list, after booking closed too."""
    found = kept(request, event_id)
    at = reverse("event", kwargs={"event_id": found.pk})
    try:
        n = preparing.hand_down(found, **done_by(request))
    except Conflict as error:
        return conflict(request, NOT_SAVED, error, at)
    got = counted(n, "party", "parties")
    say_once(request, f"{got} got places and were told." if n else "Nobody who waits fits.")
    return HttpResponseRedirect(at)


@allow(*reach.KEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def check_in(request: ActedRequest, event_id: int) -> HttpResponse:
    """Write down how many came from each school."""
    found = kept(request, event_id)
    is_sent, at = request.method == "POST", reverse("event", kwargs={"event_id": found.pk})
    told = seen.the_day(found)
    parties = [each for each in told["parties"] if each.booking.state == "booked"]
    names = [(f"n_{each.pk}", each.n_people if each.n_came is None else each.n_came)
             for each in parties]  # fmt: skip
    form = forms.CheckInForm(names, request.POST if is_sent else None)
    told |= {"form": form, "has_errors": is_sent, "booked": parties, "today": clock.day()}
    if not is_sent or not form.is_valid():
        return render(request, "events/check_in.html", told)
    came = {each.pk: form.cleaned_data[f"n_{each.pk}"] for each in parties}
    try:
        attending.check_in(found, came, on=clock.day(), **done_by(request))
    except Conflict as error:
        return conflict(request, NOT_SAVED, error, at)
    say_once(request, "It is written down who came.")
    return HttpResponseRedirect(at)
