"""Clawbacks: all of them, a new one, whether one is agreed, and what came back."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from schoolhubs.service.accounts.actors import ActedRequest, done_by
from schoolhubs.service.accounts.queries import names_of_people
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.accounts.roles import FINANCE, Role
from schoolhubs.service.funding import payees, queries
from schoolhubs.service.funding.deciding import actions as deciding
from schoolhubs.service.funding.finance.forms import ClawbackForm, RepaidForm, SettleForm
from schoolhubs.service.funding.models import KeptAward
from schoolhubs.service.funding.pages import wording
from schoolhubs.service.funding.reach import OVERSEE
from schoolhubs.service.funding.recovering import actions
from schoolhubs.service.funding.recovering.models import Clawback
from schoolhubs.service.partnerships.pages.views import conflict, version_of
from schoolhubs.service.web.pages import say_once
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.money import plain

ON_A_PAGE = 100
NOTHING = "Nothing was changed"
MAKER, CHECKER = Role.FINANCE_MAKER, Role.FINANCE_CHECKER


@allow(*OVERSEE)
@require_safe
def clawbacks(request: HttpRequest) -> HttpResponse:
    """List clawbacks, newest first, with what has not come back of each."""
    page = Paginator(Clawback.objects.order_by("-pk"), ON_A_PAGE).get_page(request.GET.get("page"))
    found = list(page)
    told = {
        "page": page, "clawbacks": found, "wording": wording,
        "left": queries.outstanding(found) if found else {},
        "names": payees.names_of({each.payee for each in found}),
    }  # fmt: skip
    return render(request, "funding/clawbacks.html", told)


@allow(MAKER)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ActedRequest, award_id: int) -> HttpResponse:
    """Show what was paid too much for an award; propose that it comes back."""
    award = get_object_or_404(KeptAward, pk=award_id)
    most, is_sent = actions.overpaid_pence(award), request.method == "POST"
    form = ClawbackForm(most, request.POST if is_sent else None, initial={"amount": plain(most)})
    told = {
        "award": award, "most_pence": most, "form": form, "has_errors": is_sent,
        "names": payees.names_of([award.payee]), "wording": wording,
    }  # fmt: skip
    if not is_sent or not form.is_valid():
        return render(request, "funding/clawback_new.html", told)
    said = form.cleaned_data
    try:
        made = actions.propose(
            award, amount_pence=said["amount"], reason=said["reason"], **done_by(request)
        )
    except Conflict as error:
        return conflict(request, NOTHING, error, reverse("clawbacks"), said["reason"])
    say_once(request, "The clawback is proposed. Somebody else agrees it.")
    return HttpResponseRedirect(_page(made))


@allow(*OVERSEE)
@require_http_methods(["GET", "HEAD", "POST"])
def clawback(request: ActedRequest, clawback_id: int) -> HttpResponse:
    """Show a clawback with what came back of it; agree it or not."""
    held, told = _found(request, clawback_id)
    is_sent = request.method == "POST"
    if is_sent and not request.actor.holds(CHECKER):
        raise PermissionDenied
    form = SettleForm(request.POST if is_sent else None)
    told |= {"form": form, "has_errors": is_sent}
    if not is_sent or not form.is_valid():
        return render(request, "funding/clawback.html", told)
    said = form.cleaned_data
    try:
        actions.settle(
            held, agrees=said["verdict"] == "yes", version=version_of(request),
            reason=said["reason"], **done_by(request),
        )  # fmt: skip
    except Conflict as error:
        return conflict(request, NOTHING, error, _page(held), said["reason"])
    say_once(request, "Your answer is saved.")
    return HttpResponseRedirect(_page(held))


@allow(*FINANCE)
@require_http_methods(["GET", "HEAD", "POST"])
def repaid(request: ActedRequest, clawback_id: int) -> HttpResponse:
    """Ask for money that came back, with the bank's reference; propose it, to be counted once."""
    held, told = _found(request, clawback_id)
    is_sent = request.method == "POST"
    form = RepaidForm(request.POST if is_sent else None)
    told |= {"form": form, "has_errors": is_sent}
    if not is_sent or not form.is_valid():
        return render(request, "funding/clawback_repaid.html", told)
    said = form.cleaned_data
    try:
        made = deciding.propose_repaid(
            held, amount_pence=said["amount"], received_on=said["received_on"],
            reference=said["reference"], **done_by(request),
        )  # fmt: skip
    except Conflict as error:
        return conflict(request, NOTHING, error, _page(held), said["reference"])
    say_once(request, "It is proposed. Somebody else agrees it, and it is counted then.")
    here = reverse("money-decision", kwargs={"money_decision_id": made.pk})
    return HttpResponseRedirect(here)


def _found(request: ActedRequest, clawback_id: int) -> tuple[Clawback, dict[str, Any]]:
    held = get_object_or_404(Clawback, pk=clawback_id)
    told: dict[str, Any] = {
        "held": held, "wording": wording, "here": _page(held),
        "names": payees.names_of([held.payee]),
        "left_pence": queries.outstanding([held]).get(held.pk, 0),
        "recoveries": list(held.recoveries.select_related("payment")),
        "people": names_of_people({held.proposed_by, held.settled_by}),
        "may_settle": request.actor.holds(CHECKER) and held.proposed_by != request.actor.by,
        "may_act": request.actor.holds(*FINANCE),
    }  # fmt: skip
    return held, told


def _page(held: Clawback) -> str:
    return reverse("clawback", kwargs={"clawback_id": held.pk})
