"""A lead asks for dates that suit everyone, sees them beside its plan, and accepts them."""

import datetime
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from schoolhubs.delivery import days as pure
from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ActedRequest, done_by
from schoolhubs.service.accounts.reach import is_own_school
from schoolhubs.service.accounts.rights import allow, refuse_others
from schoolhubs.service.accounts.roles import LEADS
from schoolhubs.service.delivery import hubs, queries
from schoolhubs.service.delivery.doing import proposing
from schoolhubs.service.delivery.models import Proposal, SupportDay
from schoolhubs.service.partnerships.pages.seen import names_of
from schoolhubs.service.partnerships.pages.views import conflict, version_of
from schoolhubs.service.web.pages import say_once
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.words import counted


@allow(*LEADS)
@require_http_methods(["GET", "HEAD", "POST"])
def proposal(request: ActedRequest, lead_urn: str) -> HttpResponse:
    """Show the newest proposal beside the plan as it stands, and ask for another."""
    refuse_others(request.actor, is_own=is_own_school(request.actor, lead_urn, *LEADS))
    if request.method == "POST":
        proposing.ask(lead_urn, **done_by(request))
        return HttpResponseRedirect(reverse("hub-proposal", args=[lead_urn]))
    today = clock.day()
    given = proposing.gather(lead_urn, today)
    found = Proposal.objects.filter(lead_urn=lead_urn).order_by("-pk").first()
    ours = hubs.partnerships_of(lead_urn, today)
    held = queries.days_with(ours)
    told = {
        "lead_urn": lead_urn, "lead": names_of([lead_urn]).get(lead_urn, f"URN {lead_urn}"),
        "given": given, "proposal": found,
        "is_current": bool(found and given and proposing.basis_of(given) == found.basis),
        "undated": pure.ledger.in_days(sum(each.half_days for each in given.partners))
        if given else "",
        "capacity": pure.ledger.in_days(given.capacity_half_days) if given else "",
        "by_partner": _by_partner(found, held) if found else [],
        "in_days": pure.ledger.in_days, "work": proposing.last_asked(lead_urn),
    }  # fmt: skip
    return render(request, "delivery/proposal.html", told)


def _by_partner(found: Proposal, held: dict[int, list[SupportDay]]) -> list[dict[str, Any]]:
    """Set what is proposed for each partner beside what is planned for it."""
    rows = []
    for each in found.record["partners"]:
        planned = [one for one in held.get(each["partnership"], ()) if one.state == "planned"]
        visits = [
            one for one in found.record["visits"] if one["partnership"] == each["partnership"]
        ]
        for one in visits:
            one["day"] = datetime.date.fromisoformat(one["on"])
        rows.append({"name": each["name"], "planned": planned, "visits": visits, **each})
    return rows


@allow(*LEADS)
@require_POST
def accept(request: ActedRequest, lead_urn: str, proposal_id: int) -> HttpResponse:
    """Plan every day of a proposal."""
    refuse_others(request.actor, is_own=is_own_school(request.actor, lead_urn, *LEADS))
    found = Proposal.objects.filter(pk=proposal_id, lead_urn=lead_urn).first()
    if found is None:
        raise Http404
    try:
        n = proposing.accept(
            found, today=clock.day(), version=version_of(request), **done_by(request)
        )
    except Conflict as error:
        back = reverse("hub-proposal", args=[lead_urn])
        return conflict(request, "Nothing was planned", error, back)
    say_once(request, f"{counted(n, 'day').capitalize()} planned. All schools are written to.")
    return HttpResponseRedirect(reverse("hub-days", args=[lead_urn]))
