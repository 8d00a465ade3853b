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

from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ActedRequest, done_by
from schoolhubs.service.accounts.queries import names_of_people
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.accounts.roles import FINANCE, Role
from schoolhubs.service.funding import payees
from schoolhubs.service.funding.deciding import actions, successors
from schoolhubs.service.funding.deciding.models import DecisionState, MoneyDecision
from schoolhubs.service.funding.finance.forms import ArrivedForm, SettleForm
from schoolhubs.service.funding.office.forms import ReasonForm
from schoolhubs.service.funding.pages import wording
from schoolhubs.service.funding.paying.models import Confirmation, Payment
from schoolhubs.service.funding.reach import OVERSEE
from schoolhubs.service.partnerships.pages.views import conflict, version_of
from schoolhubs.service.web.pages import day, say_once
from schoolhubs.vocabulary.errors import Conflict

ON_A_PAGE = 100
NOTHING = "Nothing was changed"
WITHDRAW, WHY = "withdraw", "Enter why it is withdrawn"
PROPOSED = "It is proposed. Somebody else agrees it."
MAKER, CHECKER = Role.FINANCE_MAKER, Role.FINANCE_CHECKER
BECOMES = {
    "yes": DecisionState.AGREED, "no": DecisionState.REFUSED, WITHDRAW: DecisionState.WITHDRAWN,
}  # fmt: skip
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
        "names": payees.names_of({each.about for each in found}, with_closed=True),
    }  # fmt: skip
    return render(request, "funding/decisions.html", told)


@allow(*OVERSEE)
@require_http_methods(["GET", "HEAD", "POST"])
def decision(request: ActedRequest, money_decision_id: int) -> HttpResponse:
    """Show what somebody proposed; agree it or not, or withdraw what one proposed."""
    held = get_object_or_404(MoneyDecision.objects.select_related(*READ_WITH), pk=money_decision_id)
    is_sent, actor = request.method == "POST", request.actor
    is_mine = held.proposed_by == actor.by
    withdraws = is_mine and request.POST.get("verdict") == WITHDRAW
    if is_sent and not (withdraws or actor.holds(CHECKER)):
        raise PermissionDenied
    given = request.POST if is_sent else None
    form = ReasonForm(WHY, given) if is_mine else SettleForm(given)
    here = reverse("money-decision", kwargs={"money_decision_id": held.pk})
    told: dict[str, Any] = {
        "held": held, "form": form, "has_errors": is_sent, "wording": wording,
        "names": payees.names_of([held.about, held.successor], with_closed=True),
        "people": names_of_people({held.proposed_by, held.settled_by, held.taken_back_by}),
        "may_take_back": successors.stands(held) and actor.holds(*FINANCE),
        "was_paid": successors.stands(held) and successors.was_paid(held),
        "said_by_bank": _said_of(held.payment),
        "may_settle": actor.holds(CHECKER) and not is_mine,
        "may_withdraw": is_mine,
    }  # fmt: skip
    if not is_sent or not form.is_valid():
        return render(request, "funding/decision.html", told)
    said = form.cleaned_data
    told = {"version": version_of(request), "reason": said["reason"], **done_by(request)}
    try:
        if withdraws:
            actions.withdraw(held, **told)
        else:
            # Of one's own, whatever it says is refused in words.
            actions.settle(held, agrees=said.get("verdict") == "yes", **told)
    except Conflict as error:
        if _is_said_already(held, actor.by, request.POST.get("verdict", ""), said["reason"]):
            say_once(request, "You answered this already. Nothing more was done.")
            return HttpResponseRedirect(here)
        return conflict(request, NOTHING, error, here, said["reason"])
    say_once(request, "Your answer is saved.")
    return HttpResponseRedirect(here)


def _is_said_already(held: MoneyDecision, by: str, verdict: str, reason: str) -> bool:
    """Tell whether somebody pressed twice: the very answer of theirs stands."""
    held.refresh_from_db()
    stands = (held.settled_by, held.state, held.settled_reason)
    return stands == (by, BECOMES.get(verdict), reason)


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
    days = actions.days_of(payment, clock.day())
    form = ArrivedForm(payment.amount_pence, days, request.POST if is_sent else None)
    back = reverse("payment-run-payments", kwargs={"run_id": payment.run_id})
    told = {
        "payment": payment, "form": form, "has_errors": is_sent, "wording": wording,
        "names": payees.names_of([payment.payee], with_closed=True), "back": back,
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
