"""Who is paid in place of a school or trust that is no more: asked, and taken back."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from schoolhubs.service.accounts.actors import ActedRequest, done_by
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.accounts.roles import FINANCE, Role
from schoolhubs.service.funding import payees
from schoolhubs.service.funding.deciding import successors
from schoolhubs.service.funding.deciding.models import DecisionKind, MoneyDecision
from schoolhubs.service.funding.finance.forms import SuccessorForm
from schoolhubs.service.funding.models import KeptAward
from schoolhubs.service.funding.office.forms import ReasonForm
from schoolhubs.service.partnerships.pages.views import conflict, version_of
from schoolhubs.service.web.pages import say_once
from schoolhubs.vocabulary.errors import Conflict

NOTHING = "Nothing was changed"


@allow(Role.FINANCE_MAKER)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ActedRequest, award_id: int) -> HttpResponse:
    """Ask who is paid from now on in place of an award's payee."""
    award, is_sent = get_object_or_404(KeptAward, pk=award_id), request.method == "POST"
    form = SuccessorForm(request.POST if is_sent else None)
    back = reverse("payment-run-new", kwargs={"programme_id": award.programme_id})
    told = {
        "award": award, "form": form, "has_errors": is_sent, "back": back,
        "payee": payees.names_of([award.payee], with_closed=True).get(award.payee, award.payee),
    }  # fmt: skip
    if not is_sent or not form.is_valid():
        return render(request, "funding/successor_new.html", told)
    said = form.cleaned_data
    try:
        made = successors.propose(
            award, successor=said["successor"], reason=said["reason"], **done_by(request)
        )
    except Conflict as error:
        return conflict(request, NOTHING, error, back, said["reason"])
    say_once(request, "It is proposed. Somebody else agrees it.")
    return HttpResponseRedirect(_page(made))


@allow(*FINANCE)
@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: ActedRequest, successor_id: int) -> HttpResponse:
    """Ask why a decision on who is paid is taken back; only while nothing was paid by it."""
    held = get_object_or_404(MoneyDecision, pk=successor_id, kind=DecisionKind.SUCCESSOR)
    is_sent = request.method == "POST"
    form = ReasonForm("Enter why it is taken back", request.POST if is_sent else None)
    told = {
        "held": held, "form": form, "has_errors": is_sent, "back": _page(held),
        "names": payees.names_of([held.payee, held.successor], with_closed=True),
    }  # fmt: skip
    if not is_sent or not form.is_valid():
        return render(request, "funding/successor_take_back.html", told)
    reason = form.cleaned_data["reason"]
    try:
        successors.take_back(held, version=version_of(request), reason=reason, **done_by(request))
    except Conflict as error:
        return conflict(request, NOTHING, error, _page(held), reason)
    say_once(request, "It is taken back. Nobody is paid in place of the payee now.")
    return HttpResponseRedirect(_page(held))


def _page(held: MoneyDecision) -> str:
    return reverse("money-decision", kwargs={"money_decision_id": held.pk})
