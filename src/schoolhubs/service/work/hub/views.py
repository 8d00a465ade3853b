"""A hub on one page, for a lead at the end of a day."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ActedRequest
from schoolhubs.service.accounts.reach import SEE_EVERY_SCHOOL, own_urns
from schoolhubs.service.accounts.rights import allow, refuse_others
from schoolhubs.service.accounts.roles import LEADS
from schoolhubs.service.partnerships.telling import names_of
from schoolhubs.service.training.sessions.views import titles_of
from schoolhubs.service.work.hub.gathering import today_of


@allow(*SEE_EVERY_SCHOOL, *LEADS)
@require_safe
def today(request: ActedRequest, lead_urn: str) -> HttpResponse:
    """Show partners, next dates, days left, open days, training and pay of a hub."""
    actor = request.actor
    led = own_urns(actor, *LEADS)
    refuse_others(actor, is_own=actor.holds(*SEE_EVERY_SCHOOL) or lead_urn in led)
    hub = today_of(lead_urn, on=clock.day(), at=clock.now())
    urns = {lead_urn, *(each.partnership.partner_urn for each in hub.partners)}
    told = {
        "lead_urn": lead_urn, "hub": hub, "names": names_of(urns), "on": clock.day(),
        "titles": titles_of(list(hub.sessions)),
    }  # fmt: skip
    return render(request, "work/hub.html", told)
