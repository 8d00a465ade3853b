"""Why a payment is held back from runs, or taken up again: one page for both."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from schoolhubs.service.accounts.actors import ActedRequest, done_by
from schoolhubs.service.accounts.queries import names_of_people
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.funding import payees
from schoolhubs.service.funding.holding import actions
from schoolhubs.service.funding.holding.models import HeldPayment
from schoolhubs.service.funding.models import KeptAward
from schoolhubs.service.funding.office.forms import ReasonForm
from schoolhubs.service.funding.pages import wording
from schoolhubs.service.partnerships.pages.views import conflict
from schoolhubs.service.web.pages import say_once
from schoolhubs.vocabulary.errors import Conflict

NOTHING = "Nothing was changed"
WHY = {False: "Enter why it is held back", True: "Enter why it is taken up again"}
SAID = {
    False: "It is held back: it stands in no run until somebody takes it up again.",
    True: "It is taken up again, and stands in the next run where it is due.",
}


@allow(Role.FINANCE_MAKER)
@require_http_methods(["GET", "HEAD", "POST"])
def hold(request: ActedRequest, award_id: int) -> HttpResponse:
    """Ask why what is due of an award is held back; where it is, why it is taken up again."""
    award, is_sent = get_object_or_404(KeptAward, pk=award_id), request.method == "POST"
    held = actions.held_of(award)
    # What the page that was sent said it was, so that nothing is done the other way round.
    is_up = request.POST.get("does") == "take_up" if is_sent else held is not None
    form = ReasonForm(WHY[is_up], request.POST if is_sent else None)
    back = reverse("payment-run-new", kwargs={"programme_id": award.programme_id})
    told = {
        "award": award, "held": held, "is_up": is_up, "form": form, "has_errors": is_sent,
        "back": back, "wording": wording,
        "people": names_of_people({held.held_by} if held else set()),
        "payee": payees.names_of([award.payee], with_closed=True).get(award.payee, award.payee),
    }  # fmt: skip
    if not is_sent or not form.is_valid():
        return render(request, "funding/payment_hold.html", told)
    reason = form.cleaned_data["reason"]
    try:
        _do(request, award, held, reason, is_up=is_up)
    except Conflict as error:
        return conflict(request, NOTHING, error, back, reason)
    say_once(request, SAID[is_up])
    return HttpResponseRedirect(back)


def _do(
    request: ActedRequest, award: KeptAward, held: HeldPayment | None, reason: str, *, is_up: bool
) -> None:
    if not is_up:
        actions.hold(award, reason=reason, **done_by(request))
    elif held is None:
        raise Conflict(actions.NOT_HELD)
    else:
        actions.take_up(held, reason=reason, **done_by(request))
