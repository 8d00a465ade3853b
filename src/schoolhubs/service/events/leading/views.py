"""A lead's events: prepared, changed, called off; the office sees them all."""

import uuid
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ActedRequest, done_by
from schoolhubs.service.accounts.reach import SEE_EVERY_SCHOOL
from schoolhubs.service.accounts.rights import allow, refuse_others
from schoolhubs.service.accounts.roles import DECIDERS, LEADS
from schoolhubs.service.cohorts.office.forms import with_days
from schoolhubs.service.events import reach
from schoolhubs.service.events.doing import preparing
from schoolhubs.service.events.leading import doubting, forms, seen
from schoolhubs.service.events.models import Event
from schoolhubs.service.events.rules import kinds_of
from schoolhubs.service.network.models import Hub
from schoolhubs.service.partnerships.pages.views import conflict, version_of
from schoolhubs.service.schools import queries as schools
from schoolhubs.service.web.pages import say_once
from schoolhubs.vocabulary.errors import Conflict

NOT_SAVED = "Nothing was saved"
DAYS = ("on", "closes_on")


@allow(*LEADS)
@require_safe
def hub_events(request: ActedRequest) -> HttpResponse:
    """List the events of one's hubs, with what the programme asks of them in each term."""
    hubs = [seen.of_hub(hub, clock.day()) for hub in reach.own_hubs(request.actor)]
    names = seen.names_of_hubs(hubs)
    return render(request, "events/hub_events.html", {"hubs": hubs, "names": names})


@allow(*SEE_EVERY_SCHOOL)
@require_safe
def office_events(request: ActedRequest) -> HttpResponse:
    """List the events of every hub that are ahead, the soonest first."""
    events, may_prepare = seen.ahead(clock.day()), request.actor.holds(*DECIDERS)
    hubs = seen.hubs_on(clock.day()) if may_prepare else []
    return render(request, "events/office_events.html", {
        "events": events, "names": seen.names_of_events(events), "most": seen.MOST_LISTED,
        "hubs": hubs, "named": seen.names_of({each.lead_urn for each in hubs}),
    })  # fmt: skip


@allow(*reach.KEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ActedRequest, lead_urn: str, programme_id: str) -> HttpResponse:
    """Prepare an event."""
    hub = get_object_or_404(Hub, programme_id=programme_id, lead_urn=lead_urn)
    refuse_others(request.actor, is_own=reach.may_keep(request.actor, hub))
    is_sent = request.method == "POST"
    rules = next(iter(kinds_of(hub, clock.day()).values()), None)
    posted = with_days(request.POST, *DAYS) | {"phases": request.POST.getlist("phases")}
    form = forms.EventForm(
        clock.day(), posted if is_sent else None, initial=forms.beginning(hub, rules)
    )
    told = _told(hub, form, is_sent) | {"kinds": kinds_of(hub, clock.day()), "key": _key(request)}
    if not is_sent or not form.is_valid() or not _is_placed(form) or _is_doubted(form, hub):
        return render(request, "events/form.html", told)
    said = form.cleaned_data
    try:
        made = preparing.prepare(
            hub, said["kind"], form.told(), opens=said["opens"], key=said["key"],
            **done_by(request),
        )  # fmt: skip
    except Conflict as error:
        is_lead = request.actor.holds(*LEADS)
        back = reverse("hub-events" if is_lead else "office-events")
        return conflict(request, NOT_SAVED, error, back, form.typed())
    say_once(request, "It is open for booking." if said["opens"] else "It is kept as a draft.")
    return HttpResponseRedirect(reverse("event", kwargs={"event_id": made.pk}))


@allow(*reach.KEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: ActedRequest, event_id: int) -> HttpResponse:
    """Change an event; whoever booked is told what changed for them."""
    event = kept(request, event_id)
    is_sent, at = request.method == "POST", reverse("event", kwargs={"event_id": event.pk})
    posted = with_days(request.POST, *DAYS) | {"phases": request.POST.getlist("phases")}
    form = forms.EventForm(
        min(clock.day(), event.on), posted if is_sent else None, kind=event.kind,
        initial=forms.as_it_stands(event),
    )  # fmt: skip
    told = _told(event.hub, form, is_sent) | {"event": event}
    told["standing"] = seen.standing(event)
    if not is_sent or not form.is_valid() or not _is_placed(form):
        return render(request, "events/form.html", told)
    if _is_doubted(form, event.hub, event):
        return render(request, "events/form.html", told)
    said = form.cleaned_data
    try:
        preparing.change(
            event, form.told(), opens=said["opens"], version=version_of(request), **done_by(request)
        )
    except Conflict as error:
        return conflict(request, NOT_SAVED, error, at, form.typed())
    say_once(request, "It is changed. Whoever booked is told if day, hours or place changed.")
    return HttpResponseRedirect(at)


@allow(*reach.KEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def call_off(request: ActedRequest, event_id: int) -> HttpResponse:
    """Call an event off; whoever booked or waits is told why."""
    event = kept(request, event_id)
    is_sent, at = request.method == "POST", reverse("event", kwargs={"event_id": event.pk})
    form = forms.CallOffForm(request.POST if is_sent else None)
    told = _told(event.hub, form, is_sent) | {"event": event}
    if not is_sent or not form.is_valid():
        return render(request, "events/call_off.html", told)
    reason = form.cleaned_data["reason"]
    try:
        preparing.call_off(event, reason=reason, version=version_of(request), **done_by(request))
    except Conflict as error:
        return conflict(request, NOT_SAVED, error, at, reason)
    say_once(request, "It is called off, and everybody who booked or waits is told.")
    return HttpResponseRedirect(at)


def kept(request: ActedRequest, event_id: int) -> Event:
    """Give an event that the actor may change; another hub's is not there."""
    event = get_object_or_404(Event.objects.select_related("hub"), pk=event_id)
    refuse_others(request.actor, is_own=reach.may_keep(request.actor, event.hub))
    return event


def _told(hub: Hub, form: Any, is_sent: bool) -> dict[str, Any]:
    return {
        "hub": hub, "form": form, "has_errors": is_sent, "taught": forms.TAUGHT,
        "names": seen.names_of({hub.lead_urn}),
    }  # fmt: skip


def _key(request: ActedRequest) -> str:
    """Give the key that makes a form sent twice one event; a new one for a new form."""
    return request.POST.get("key") or str(uuid.uuid4())


def _is_doubted(form: forms.EventForm, hub: Hub, event: Event | None = None) -> bool:
    """Tell whether something speaks against an event that its lead has not said it means."""
    return form.doubt(doubting.doubts(hub, form.told(), event, form.cleaned_data["key"]))


def _is_placed(form: forms.EventForm) -> bool:
    """Tell whether the school of an event is in the register; say so on the form if not."""
    snapshot, urn = schools.current_snapshot(), form.cleaned_data["place_urn"]
    if snapshot and schools.schools_of(snapshot).filter(urn=urn).exists():
        return True
    form.add_error("place_urn", "No school of the register has this URN")
    return False
