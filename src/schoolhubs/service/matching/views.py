"""Why this hub: one school's match in a published round, explained."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from schoolhubs import programmes
from schoolhubs.service.accounts import reach
from schoolhubs.service.accounts.actors import ActedRequest
from schoolhubs.service.accounts.rights import allow, refuse_others
from schoolhubs.service.accounts.roles import LEADS, PARTNER_SCHOOL, Role
from schoolhubs.service.matching import explained, queries


@allow(*reach.SEE_EVERY_SCHOOL, *LEADS, *PARTNER_SCHOOL, Role.PARTNER_TRUST)
@require_safe
def match(request: ActedRequest, programme_id: str, urn: str) -> HttpResponse:
    """Explain a school's place: the sentence, the drive, five factors, the next three hubs."""
    round_ = queries.newest_published(programme_id)
    place = queries.placement(round_, urn) if round_ else None
    if round_ is None or place is None:
        raise Http404
    refuse_others(request.actor, is_own=reach.is_of_match(request.actor, urn, place.lead_urn))
    rules = programmes.load(programme_id).as_at(round_.on)
    told = {"round": round_, "rules": rules, "why": explained.explain(round_, place, rules)}
    return render(request, "matching/match.html", told)
