"""The pages of sharing: what stands and what it was used for; propose, answer, withdraw."""

import datetime
from collections.abc import Iterable

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ActedRequest, Actor, done_by
from schoolhubs.service.accounts.queries import names_of_people
from schoolhubs.service.accounts.reach import own_urns
from schoolhubs.service.accounts.rights import allow, refuse_others
from schoolhubs.service.accounts.roles import LEADS
from schoolhubs.service.cohorts.office.forms import day_of
from schoolhubs.service.partnerships.models import Partnership, Side
from schoolhubs.service.partnerships.pages.seen import names_of
from schoolhubs.service.partnerships.pages.views import conflict, version_of
from schoolhubs.service.sharing import actions, queries, terms
from schoolhubs.service.sharing.agreeing import forms
from schoolhubs.service.sharing.agreeing.reach import READERS, SPEAKERS, may_read, side_of
from schoolhubs.service.sharing.models import Agreement
from schoolhubs.service.web.pages import say_once
from schoolhubs.vocabulary.errors import Conflict

NOT_SAVED = "Nothing was changed"


@allow(*READERS)
@require_safe
def sharing(request: ActedRequest, urn: str) -> HttpResponse:
    """Show what a school shares with its lead, what for and until when, and each use of it."""
    actor = request.actor
    refuse_others(actor, is_own=may_read(actor, urn))
    on = clock.day()
    side = side_of(actor, urn)
    agreements = _of_side(queries.agreements_of(urn), actor, side)
    together = _partnerships(actor, urn, side, on)
    live = [each for each in agreements if each.is_live]
    uses = [] if side == Side.LEAD else queries.uses_of(urn)
    told = {
        "urn": urn,
        "names": names_of({urn, *(each.partnership.lead_urn for each in agreements)}),
        "agreements": agreements,
        "in_force": {each.pk for each in queries.agreements_of(urn).filter(queries.in_force(on))},
        "kinds": terms.kinds(),
        "purposes": terms.purposes(),
        "side": side,
        "may_propose": bool(side and together and not live),
        "shows_uses": side != Side.LEAD,
        "uses": uses,
        "people": names_of_people({each.by for each in uses}),
    }
    return render(request, "sharing/sharing.html", told)


def _of_side(rows: Iterable[Agreement], actor: Actor, side: str) -> list[Agreement]:
    """Give the agreements of a school; to a lead, those with itself alone."""
    found = list(rows)
    if side != Side.LEAD:
        return found
    ours = set(own_urns(actor, *LEADS))
    return [each for each in found if each.partnership.lead_urn in ours]


def _partnerships(actor: Actor, urn: str, side: str, on: datetime.date) -> list[Partnership]:
    found = list(queries.partnerships_to_share(urn, on))
    if side != Side.LEAD:
        return found
    ours = set(own_urns(actor, *LEADS))
    return [each for each in found if each.lead_urn in ours]


@allow(*SPEAKERS)
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: ActedRequest, urn: str) -> HttpResponse:
    """Ask what is to be shared, what for and until when."""
    side = side_of(request.actor, urn)
    refuse_others(request.actor, is_own=bool(side))
    on = clock.day()
    together = _partnerships(request.actor, urn, side, on)
    if not together:
        error = Conflict(actions.NOT_TOGETHER)
        answer = conflict(request, "Nothing can be shared yet", error, _page(urn))
        answer.status_code = 409 if request.method == "POST" else 200
        return answer
    partnership, is_sent = together[0], request.method == "POST"
    posted = request.POST.copy()
    posted["last_on"] = day_of(request.POST, "last_on")
    form = forms.ProposeForm(partnership, on, posted if is_sent else None)
    told = {
        "urn": urn, "form": form, "has_errors": is_sent, "kinds": terms.kinds(), "side": side,
        "purposes": terms.purposes(), "names": names_of([urn, partnership.lead_urn]),
        "partnership": partnership,
    }  # fmt: skip
    if not is_sent or not form.is_valid():
        return render(request, "sharing/propose.html", told)
    said = form.cleaned_data
    try:
        actions.propose(
            partnership, side=side, purposes=said["purposes"], kinds=said["kinds"], starts_on=on,
            last_on=said["last_on"], **done_by(request),
        )  # fmt: skip
    except Conflict as error:
        return conflict(request, NOT_SAVED, error, _page(urn))
    say_once(request, "Your proposal is sent. Nothing is shared until the other school accepts.")
    return HttpResponseRedirect(_page(urn))


@allow(*SPEAKERS)
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: ActedRequest, urn: str, agreement_id: int) -> HttpResponse:
    """Show what the other school proposes; accept or decline it."""
    held, side, told = _found(request, urn, agreement_id)
    is_sent = request.method == "POST"
    form = forms.AnswerForm(request.POST if is_sent else None)
    told |= {"form": form, "has_errors": is_sent}
    if not is_sent or not form.is_valid():
        return render(request, "sharing/answer.html", told)
    accepts = form.cleaned_data["verdict"] == "yes"
    try:
        actions.answer(
            held, side=side, accepts=accepts, version=version_of(request),
            reason=form.cleaned_data["reason"], **done_by(request),
        )  # fmt: skip
    except Conflict as error:
        return conflict(request, NOT_SAVED, error, _page(urn), form.cleaned_data["reason"])
    say_once(request, "You accepted it." if accepts else "You declined it. Nothing is shared.")
    return HttpResponseRedirect(_page(urn))


@allow(*SPEAKERS)
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: ActedRequest, urn: str, agreement_id: int) -> HttpResponse:
    """End an agreement, or take a proposal back."""
    held, _, told = _found(request, urn, agreement_id)
    is_sent = request.method == "POST"
    form = forms.WithdrawForm(request.POST if is_sent else None)
    told |= {"form": form, "has_errors": is_sent}
    if not is_sent or not form.is_valid():
        return render(request, "sharing/withdraw.html", told)
    reason = form.cleaned_data["reason"]
    try:
        actions.withdraw(held, version=version_of(request), reason=reason, **done_by(request))
    except Conflict as error:
        return conflict(request, NOT_SAVED, error, _page(urn), reason)
    say_once(request, "It is withdrawn. The lead school sees nothing by it any more.")
    return HttpResponseRedirect(_page(urn))


def _found(
    request: ActedRequest, urn: str, agreement_id: int
) -> tuple[Agreement, str, dict[str, object]]:
    side = side_of(request.actor, urn)
    refuse_others(request.actor, is_own=bool(side))
    held = get_object_or_404(queries.agreements_of(urn), pk=agreement_id)
    if held not in _of_side([held], request.actor, side):
        raise Http404
    told: dict[str, object] = {
        "urn": urn, "held": held, "side": side, "kinds": terms.kinds(),
        "purposes": terms.purposes(), "names": names_of([urn, held.partnership.lead_urn]),
        "is_mine": held.proposed_side == side,
    }  # fmt: skip
    return held, side, told


def _page(urn: str) -> str:
    return reverse("sharing", kwargs={"urn": urn})
