"""A lead or the office shares out the places of a term, and books them so."""

import datetime
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from schoolhubs.service.accounts.actors import ActedRequest, done_by
from schoolhubs.service.accounts.rights import allow, refuse_others
from schoolhubs.service.events import reach
from schoolhubs.service.events.leading import seen
from schoolhubs.service.events.models import Event, SharedOut
from schoolhubs.service.events.sharing_out import actions, publishing, working
from schoolhubs.service.events.visiting.seen import term_named
from schoolhubs.service.network.models import Hub
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.partnerships.pages.views import conflict
from schoolhubs.service.web.pages import say_once
from schoolhubs.vocabulary.calendar import term_starts_on
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.records.delivery import EventKind


@allow(*reach.KEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def sharing_out(request: ActedRequest, hub_id: int, event_kind: str, term: str) -> HttpResponse:
    """Show who asked for which days; work out the best way; book it so."""
    hub = get_object_or_404(Hub, pk=hub_id)
    refuse_others(request.actor, is_own=reach.may_keep(request.actor, hub))
    starts_on = _term(event_kind, term)
    at = reverse("sharing-out", kwargs={"hub_id": hub.pk, "event_kind": event_kind, "term": term})
    shared = actions.latest(hub, event_kind, starts_on)
    if request.method != "POST":
        return render(request, "events/sharing_out.html", _told(hub, event_kind, starts_on, shared))
    try:
        if request.POST.get("do") == "publish" and shared:
            _is_seen(request, shared)
            publishing.publish(shared, **done_by(request))
            say_once(request, "The places are booked, and every school is told.")
        else:
            working.ask(hub, event_kind, starts_on, **done_by(request))
    except Conflict as error:
        return conflict(request, "Nothing was booked", error, at)
    return HttpResponseRedirect(at)


def _term(kind: str, term: str) -> datetime.date:
    try:
        starts_on = datetime.date.fromisoformat(term)
    except ValueError as error:
        raise Http404("no such day") from error
    if kind not in set(EventKind) or starts_on != term_starts_on(starts_on):
        raise Http404("no such term")
    return starts_on


def _is_seen(request: ActedRequest, shared: SharedOut) -> None:
    if request.POST.get("shared") != str(shared.pk):
        raise Conflict("It was worked out again meanwhile. Nothing was booked; look at it first.")


def _told(hub: Hub, kind: str, term: datetime.date, shared: SharedOut | None) -> dict[str, Any]:
    rankings = actions.rankings_of(hub, kind, term)
    days = list(Event.objects.filter(hub=hub, kind=kind, term_starts_on=term).order_by("on", "pk"))
    asks = shared.record["asks"] if shared else []
    schools = Partnership.objects.in_bulk([each["school"] for each in asks])
    urns = {each.partner_urn for each in schools.values()}
    record = shared.record if shared else {}
    return {
        "hub": hub, "kind": EventKind(kind), "term": term_named(term), "rankings": rankings,
        "days": [each for each in days if each.state == "open"], "shared": shared,
        "dated": {each.pk: each for each in days}, "asks": asks, "schools": schools,
        "names": seen.names_of({hub.lead_urn, *urns}), "given": record.get("given", {}),
        "why": record.get("why", {}), "work": working.latest(hub, kind, term),
        "cost": record.get("cost", {}),
    }  # fmt: skip
