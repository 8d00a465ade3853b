"""A school's money, and the list of a trust's schools."""

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ActedRequest
from schoolhubs.service.accounts.reach import own_urns
from schoolhubs.service.accounts.rights import allow, refuse_others
from schoolhubs.service.funding.pages import in_place, wording
from schoolhubs.service.funding.pages.shown import money_of
from schoolhubs.service.funding.reach import OWN, PREPARE, READERS, sides_of
from schoolhubs.service.partnerships.telling import Names
from schoolhubs.service.schools.models import School
from schoolhubs.service.schools.queries import current_snapshot, schools_of


@allow(*OWN, after_a_hub=True)
@require_safe
def own(request: ActedRequest) -> HttpResponse:
    """Lead to the money of one's school; of a trust, list its schools."""
    urns = own_urns(request.actor.as_it_was(), *OWN)
    if len(urns) == 1:
        return HttpResponseRedirect(reverse("school-money", kwargs={"urn": urns[0]}))
    snapshot = current_snapshot()
    rows = schools_of(snapshot).filter(urn__in=urns).order_by("name") if snapshot else []
    return render(request, "funding/schools.html", {"schools": rows})


@allow(*READERS, after_a_hub=True)
@require_safe
def school_money(request: ActedRequest, urn: str) -> HttpResponse:
    """Show what a school gets, why, when and how it is worked out, and what there is to do."""
    refuse_others(request.actor, is_own=bool(sides_of(request.actor, urn)))
    on = clock.day()
    found = money_of(request.actor, urn, on=on)
    others_money = in_place.payments_for(request.actor, urn)
    others = {
        each.partnership.lead_urn if each.side == "partner" else each.partnership.partner_urn
        for each in found
    }
    rows = School.objects.filter(snapshot__currentregister__only=True, urn__in={urn, *others})
    schools = {each.urn: each for each in rows}
    if urn not in schools:
        raise Http404
    told: dict[str, Any] = {
        "school": schools[urn], "money": found, "on": on, "wording": wording,
        "names": Names(of_school={each: one.name for each, one in schools.items()}, of_trust={}),
        "periods": sorted(
            {line.award.period for each in found for line in each.lines}
            | {each.period for each in others_money}
        ),
        "in_place": others_money,
        "may_prepare": {
            side
            for side in ("partner", "lead")
            if request.actor.as_it_was().holds(*PREPARE[side])
        },
    }  # fmt: skip
    return render(request, "funding/money.html", told)


def school_for(request: ActedRequest, urn: str) -> School:
    """Give a school whose money the actor reads.

    Raises
    ------
    Http404
        Where it is not the actor's, or the register in use has none of that number.
    """
    refuse_others(request.actor, is_own=bool(sides_of(request.actor, urn)))
    one = School.objects.filter(snapshot__currentregister__only=True, urn=urn).first()
    if one is None:
        raise Http404
    return one
