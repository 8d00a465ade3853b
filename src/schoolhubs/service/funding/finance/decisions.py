"""What two people decide of money: all of it, one to be agreed, a payment settled by hand."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from schoolhubs.service.accounts.actors import ActedRequest, done_by
from schoolhubs.service.accounts.queries import names_of_people
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.funding import payees
from schoolhubs.service.funding.deciding import actions
from schoolhubs.service.funding.deciding.models import DecisionState, MoneyDecision
from schoolhubs.service.funding.finance.forms import ArrivedForm, SettleForm
from schoolhubs.service.funding.pages import wording
from schoolhubs.service.funding.paying.models import Confirmation, Payment
from schoolhubs.service.funding.reach import OVERSEE
from schoolhubs.service.partnerships.pages.views import conflict, version_of
from schoolhubs.service.web.pages import day, say_once
from schoolhubs.vocabulary.errors import Conflict

ON_A_PAGE = 100
NOTHING = "Nothing was changed"
PROPOSED = "It is proposed. Somebody else agrees it."
MAKER, CHECKER = Role.FINANCE_MAKER, Role.FINANCE_CHECKER
READ_WITH = ("payment__run", "clawback")


@allow(*OVERSEE)
@require_safe
def decisions(request: HttpRequest) -> HttpResponse:
    """List what two people decide, what waits first."""
    waits = Q(state=DecisionState.PROPOSED)
    rows = MoneyDecision.objects.select_related(*READ_WITH).annotate(waits=waits)
    rows = rows.order_by("-waits", "-pk")
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    found = list(page)
    told = {
        "page": page, "decisions": found, "wording": wording,
        "names": payees.names_of({each.about for each in found}),
    }  # fmt: skip
    return render(request, "funding/decisions.html", told)


@allow(*OVERSEE)
@require_http_methods(["GET", "HEAD", "POST"])
def decision(request: ActedRequest, money_decision_id: int) -> HttpResponse:
    """Show what somebody proposed; agree it or not."""
    held = get_object_or_404(MoneyDecision.objects.select_related(*READ_WITH), pk=money_decision_id)
    is_sent, actor = request.method == "POST", request.actor
    if is_sent and not actor.holds(CHECKER):
        raise PermissionDenied
    form = SettleForm(request.POST if is_sent else None)
    here = reverse("money-decision", kwargs={"money_decision_id": held.pk})
    told: dict[str, Any] = {
        "held": held, "form": form, "has_errors": is_sent, "wording": wording,
        "names": payees.names_of([held.about]),
        "people": names_of_people({held.proposed_by, held.settled_by}),
        "said_by_bank": _said_of(held.payment),
        "may_settle": actor.holds(CHECKER) and held.proposed_by != actor.by,
    }  # fmt: skip
    if not is_sent or not form.is_valid():
        return render(request, "funding/decision.html", told)
    said = form.cleaned_data
    try:
        actions.settle(
            held, agrees=said["verdict"] == "yes", version=version_of(request),
            reason=said["reason"], **done_by(request),
        )  # fmt: skip
    except Conflict as error:
        return conflict(request, NOTHING, error, here, said["reason"])
    say_once(request, "Your answer is saved.")
    return HttpResponseRedirect(here)


def _said_of(payment: Payment | None) -> list[str]:
    """Give what differed of a payment in what whoever pays confirmed, oldest first."""
    if payment is None:
        return []
    rows = Confirmation.objects.filter(
        run=payment.run_id, problems__contains=[{"reference": payment.reference}]
    )
    return [
        f"{day(timezone.localdate(made_at))}: {each['text']}"
        for made_at, problems in rows.values_list("made_at", "problems")
        for each in problems
        if each["reference"] == payment.reference
    ]


@allow(MAKER)
@require_http_methods(["GET", "HEAD", "POST"])
def settle_payment(request: ActedRequest, payment_id: int) -> HttpResponse:
    """Ask what arrived of a payment, where no file will say it."""
    rows = Payment.objects.select_related("run", "award")
    payment, is_sent = get_object_or_404(rows, pk=payment_id), request.method == "POST"
    form = ArrivedForm(payment.amount_pence, request.POST if is_sent else None)
    back = reverse("payment-run-payments", kwargs={"run_id": payment.run_id})
    told = {
        "payment": payment, "form": form, "has_errors": is_sent, "wording": wording,
        "names": payees.names_of([payment.payee]), "back": back,
    }  # fmt: skip
    if not is_sent or not form.is_valid():
        return render(request, "funding/payment_settle.html", told)
    said = form.cleaned_data
    try:
        made = actions.propose_settled(
            payment, paid_pence=said["amount"], paid_on=said["paid_on"], reason=said["reason"],
            **done_by(request),
        )  # fmt: skip
    except Conflict as error:
        return conflict(request, NOTHING, error, back, said["reason"])
    say_once(request, PROPOSED)
    return HttpResponseRedirect(reverse("money-decision", kwargs={"money_decision_id": made.pk}))
