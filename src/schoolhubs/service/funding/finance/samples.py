"""Payments drawn by lot: draw those of a run, list them, say what each showed."""

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from schoolhubs.service.accounts.actors import ActedRequest, done_by
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.accounts.roles import DECIDERS, FINANCE, Role
from schoolhubs.service.funding import payees
from schoolhubs.service.funding.assurance import actions
from schoolhubs.service.funding.assurance.models import SampledPayment
from schoolhubs.service.funding.finance.forms import SampleForm
from schoolhubs.service.funding.pages import wording
from schoolhubs.service.funding.paying.models import PaymentRun
from schoolhubs.service.funding.reach import OVERSEE
from schoolhubs.service.partnerships.pages.views import conflict, version_of
from schoolhubs.service.web.pages import say_once
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.words import counted

ON_A_PAGE = 100
FINDERS = (*DECIDERS, Role.FINANCE_CHECKER)


@allow(*OVERSEE)
@require_safe
def samples(request: ActedRequest) -> HttpResponse:
    """List payments that were drawn: those that wait first."""
    rows = SampledPayment.objects.select_related("payment__run").order_by("state", "-pk")
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    found = list(page)
    told = {
        "page": page, "samples": found, "wording": wording,
        "may_find": request.actor.holds(*FINDERS),
        "names": payees.names_of({each.payment.payee for each in found}),
    }  # fmt: skip
    return render(request, "funding/samples.html", told)


@allow(*FINANCE)
@require_POST
def draw(request: ActedRequest, run_id: int) -> HttpResponse:
    """Draw the payments of a run that are looked at again."""
    run = get_object_or_404(PaymentRun.objects.defer("file"), pk=run_id)
    try:
        made = actions.draw(run, **done_by(request))
    except Conflict as error:
        back = reverse("payment-run", kwargs={"run_id": run.pk})
        return conflict(request, "Nothing was drawn", error, back)
    say_once(request, f"{counted(len(made), 'payment')} drawn.")
    return HttpResponseRedirect(reverse("samples"))


@allow(*FINDERS)
@require_http_methods(["GET", "HEAD", "POST"])
def sample(request: ActedRequest, sample_id: int) -> HttpResponse:
    """Ask what the evidence of a drawn payment showed."""
    held = get_object_or_404(
        SampledPayment.objects.select_related("payment__run", "payment__award"), pk=sample_id
    )
    is_sent = request.method == "POST"
    form = SampleForm(request.POST if is_sent else None)
    told = {
        "held": held, "form": form, "has_errors": is_sent, "wording": wording,
        "names": payees.names_of([held.payment.payee]),
    }  # fmt: skip
    if not is_sent or not form.is_valid():
        return render(request, "funding/sample.html", told)
    said = form.cleaned_data
    try:
        actions.find(
            held, is_shown=said["verdict"] == "yes", found=said["found"],
            version=version_of(request), **done_by(request),
        )  # fmt: skip
    except Conflict as error:
        return conflict(request, "Nothing was saved", error, reverse("samples"), said["found"])
    say_once(request, "What it showed is saved.")
    return HttpResponseRedirect(reverse("samples"))
