"""A hub's own page, and a school's list of its partnerships."""

import dataclasses
import datetime
from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from schoolhubs import programmes
from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.queries import hubs_led_by, urns_of_trust
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.accounts.roles import LEADS
from schoolhubs.service.network.models import Hub
from schoolhubs.service.partnerships import queries
from schoolhubs.service.partnerships.doing.places import TermPlaces, by_term, terms_of
from schoolhubs.service.partnerships.lapsing import queries as lapsed
from schoolhubs.service.partnerships.lapsing.rules import answer_by
from schoolhubs.service.partnerships.models import LIVE, Partnership
from schoolhubs.service.partnerships.pages.seen import PARTNERS, names_of
from schoolhubs.vocabulary.records.rules import PathwayRules, RulesAsAt


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PathwayPlaces:
    """A hub's places on one pathway, term by term."""

    pathway: PathwayRules
    terms: tuple[TermPlaces, ...]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class HubPage:
    """One hub: its schools by what stands, and its places."""

    hub: Hub
    rules: RulesAsAt
    waiting: list[Partnership]
    others: list[Partnership]
    lapsed: list[Partnership]
    places: tuple[PathwayPlaces, ...]

    @property
    def answer_by(self) -> datetime.date | None:
        """Last day to answer what waits longest; None where nothing does."""
        return min((answer_by(each) for each in self.waiting), default=None)


@allow(*LEADS)
@require_safe
def my_hub(request: HttpRequest) -> HttpResponse:
    """Show the hubs of the actor's school or trust: who waits for an answer, places by term."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    on = clock.day()
    hubs = list(hubs_led_by(actor.organisation, on=on)) if actor.organisation else []
    live = list(_of_hubs(hubs))
    gone = list(lapsed.of_hubs([hub.lead_urn for hub in hubs], on=on)) if hubs else []
    urns = [each.partner_urn for each in (*live, *gone)] + [hub.lead_urn for hub in hubs]
    told = {
        "hubs": [
            _page(
                hub,
                [each for each in live if _is_of(each, hub)],
                [each for each in gone if _is_of(each, hub)],
            )
            for hub in hubs
        ],
        "names": names_of(urns),
    }
    return render(request, "partnerships/my_hub.html", told)


def _of_hubs(hubs: Sequence[Hub]) -> Sequence[Partnership]:
    leads = [hub.lead_urn for hub in hubs]
    ours = Partnership.objects.filter(lead_urn__in=leads, state__in=LIVE)
    return list(ours.order_by("starts_on", "pathway", "partner_urn"))


def _is_of(partnership: Partnership, hub: Hub) -> bool:
    return (partnership.programme_id, partnership.lead_urn) == (hub.programme_id, hub.lead_urn)


def _page(hub: Hub, live: list[Partnership], gone: list[Partnership]) -> HubPage:
    on = clock.day()
    rules = programmes.load(hub.programme_id).as_at(on)
    last = max((each.finishes_on for each in live), default=on)
    terms = terms_of(on, last)
    places = [
        PathwayPlaces(pathway=each, terms=by_term(hub, each, terms, live))
        for each in rules.pathways
        if any(one.pathway == each.pathway for one in live)
    ]
    waiting = [each for each in live if each.state == "proposed" and not each.lead_says]
    return HubPage(
        hub=hub,
        rules=rules,
        waiting=waiting,
        others=[each for each in live if each not in waiting],
        lapsed=gone,
        places=tuple(places),
    )


@allow(*PARTNERS)
@require_safe
def my_partnerships(request: HttpRequest) -> HttpResponse:
    """List the partnerships of the actor's school, or of the schools of its trust."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    organisation = actor.organisation
    urns = []
    if organisation:
        urns = [organisation.urn] if organisation.urn else urns_of_trust(organisation)
    ours = list(queries.of_partners(urns))
    on = clock.day()
    told = {
        "partnerships": ours,
        "names": names_of({urn for each in ours for urn in (each.partner_urn, each.lead_urn)}),
        "titles": {
            each: programmes.load(each).as_at(on)
            for each in {partnership.programme_id for partnership in ours}
        },
    }
    return render(request, "partnerships/my_partnerships.html", told)
