"""Why this hub: one school's match in a published round, explained."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from schoolhubs.service.accounts import reach
from schoolhubs.service.accounts.actors import ActedRequest
from schoolhubs.service.accounts.rights import allow, refuse_others
from schoolhubs.service.accounts.roles import LEADS, OFFICE, PARTNER_SCHOOL, Role
from schoolhubs.service.matching import queries
from schoolhubs.service.matching.models import Round
from schoolhubs.service.matching.page import explained
from schoolhubs.service.partnerships.pages import seen as answering
from schoolhubs.service.partnerships.queries import reader_of, round_for
from schoolhubs.service.web.pages import csv_answer


@allow(*reach.SEE_EVERY_SCHOOL, *LEADS, *PARTNER_SCHOOL, Role.PARTNER_TRUST)
@require_safe
def match(request: ActedRequest, programme_id: str, urn: str) -> HttpResponse:
    """Explain a school's place: the sentence, the drive, five factors, the next three hubs.

    ``?round=`` asks for a round that is not published, or no longer: the office and the auditor
    alone may know of those.
    """
    round_ = _asked(request, programme_id, urn)
    place = queries.placement(round_, urn) if round_ else None
    if round_ is None or place is None:
        raise Http404
    lead_urn = reader_of(round_, place)
    refuse_others(request.actor, is_own=reach.is_of_match(request.actor, urn, lead_urn))
    rules = queries.rules_of(round_)
    why = explained.explain(round_, place, rules)
    picture = answering.map_of(why, round_)
    if picture and request.GET.get("as") == "map":
        return csv_answer(picture.table, f"match-{urn}-round-{round_.pk}.csv")
    told = {
        "round": round_,
        "rules": rules,
        "why": why,
        "picture": picture,
        "figures_at": f"?as=map&round={round_.pk}" if "round" in request.GET else "?as=map",
        "seen": answering.seen(request.actor, programme_id, urn),
    }
    return render(request, "matching/match.html", told)


def _asked(request: ActedRequest, programme_id: str, urn: str) -> Round | None:
    """Give the round a match is asked of: the school's own, or another by its number."""
    if "round" not in request.GET:
        return round_for(request.actor, programme_id, urn)
    number = request.GET["round"]
    if not request.actor.holds(*OFFICE, Role.AUDITOR) or not number.isdecimal() or len(number) > 9:
        return None
    return queries.any_round(programme_id, int(number))
