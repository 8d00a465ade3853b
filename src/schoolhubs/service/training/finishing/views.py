"""Declare that a module is done, settle that, print a certificate, and check one."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from schoolhubs import delivery, programmes
from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ActedRequest, done_by
from schoolhubs.service.accounts.rights import allow, refuse_others
from schoolhubs.service.accounts.roles import DECIDERS
from schoolhubs.service.cohorts.office.forms import with_days
from schoolhubs.service.partnerships.pages.seen import names_of
from schoolhubs.service.partnerships.pages.views import conflict, version_of
from schoolhubs.service.training import queries
from schoolhubs.service.training.finishing import actions, forms, pdf
from schoolhubs.service.training.models import (
    CompletionState,
    ModuleCompletion,
    SchoolLeader,
    initials,
)
from schoolhubs.service.training.reach import (
    ACTS,
    READERS,
    TEACHES,
    may_act,
    may_read,
    may_settle,
)
from schoolhubs.service.web.pages import say_once
from schoolhubs.vocabulary.errors import Conflict

NOT_SAVED = "Nothing was saved"


@allow(*ACTS)
@require_http_methods(["GET", "HEAD", "POST"])
def declare(request: ActedRequest, urn: str, module: str) -> HttpResponse:
    """Ask which leader of a school has done a module, and when."""
    refuse_others(request.actor, is_own=may_act(request.actor, urn))
    on = clock.day()
    partnership = queries.partnership_of(urn, on, request.GET.get("programme", ""))
    rules = queries.rules_of(partnership.programme_id, on) if partnership else None
    found = rules.module(module) if rules else None
    if partnership is None or found is None:
        raise Http404
    leaders = [each for each in SchoolLeader.objects.filter(urn=urn) if each.is_there(on)]
    is_sent = request.method == "POST"
    posted = with_days(request.POST, "completed_on") if is_sent else None
    form = forms.DeclareForm(leaders, queries.years_of(partnership), on, posted)
    told = {
        "urn": urn, "module": found, "form": form, "has_errors": is_sent, "leaders": leaders,
        "name": names_of([urn]).get(urn, f"URN {urn}"),
    }  # fmt: skip
    if not is_sent or not form.is_valid():
        return render(request, "training/declare.html", told)
    said = form.cleaned_data
    leader = next(each for each in leaders if str(each.pk) == said["leader"])
    back = reverse("school-training", kwargs={"urn": urn})
    of_its_day = queries.running_of(urn, partnership.programme_id, said["completed_on"])
    try:
        actions.declare(
            of_its_day or partnership,
            leader,
            module,
            completed_on=said["completed_on"],
            **done_by(request),
        )
    except Conflict as error:
        return conflict(request, NOT_SAVED, error, back)
    say_once(request, "It is declared, and counts once whoever teaches has confirmed it.")
    return HttpResponseRedirect(back)


@allow(*TEACHES)
@require_http_methods(["GET", "HEAD", "POST"])
def settle(request: ActedRequest, completion_id: int) -> HttpResponse:
    """Ask whether a leader has completed what their school declared.

    Of what is confirmed already, the office is asked why it strikes it out.
    """
    rows = ModuleCompletion.objects.select_related("leader", "partnership")
    held = get_object_or_404(rows, pk=completion_id)
    refuse_others(request.actor, is_own=may_settle(request.actor, held.partnership))
    is_sent = request.method == "POST"
    may_strike = held.state == CompletionState.CONFIRMED and request.actor.holds(*DECIDERS)
    form = (forms.StrikeForm if may_strike else forms.SettleForm)(request.POST if is_sent else None)
    lead, urn = held.partnership.lead_urn, held.partnership.partner_urn
    back = reverse("hub-training", kwargs={"lead_urn": lead})
    told = {
        "held": held, "form": form, "has_errors": is_sent, "back": back,
        "name": names_of([urn]).get(urn, f"URN {urn}"),
        "is_open": held.state == CompletionState.DECLARED, "may_strike": may_strike,
    }  # fmt: skip
    if not is_sent or not form.is_valid():
        return render(request, "training/settle.html", told)
    said = form.cleaned_data
    if may_strike:
        return _struck(request, held, said["reason"], back)
    try:
        actions.settle(
            held, confirms=said["verdict"] == "yes", reason=said["reason"],
            version=version_of(request), **done_by(request),
        )  # fmt: skip
    except Conflict as error:
        return conflict(request, NOT_SAVED, error, back, said["reason"])
    is_yes = said["verdict"] == "yes"
    say_once(request, "It is confirmed." if is_yes else "It is not confirmed. The school is told.")
    return HttpResponseRedirect(back)


def _struck(request: ActedRequest, held: ModuleCompletion, reason: str, back: str) -> HttpResponse:
    try:
        actions.strike(held, reason=reason, version=version_of(request), **done_by(request))
    except Conflict as error:
        return conflict(request, NOT_SAVED, error, back, reason)
    say_once(request, "It is struck out. The school is told.")
    return HttpResponseRedirect(back)


@allow(*READERS)
@require_safe
def certificate(request: ActedRequest, urn: str, certificate_id: int) -> HttpResponse:
    """Print the certificate of a leader's completion."""
    refuse_others(request.actor, is_own=may_read(request.actor, urn))
    rows = ModuleCompletion.objects.select_related("leader", "partnership")
    held = get_object_or_404(
        rows, pk=certificate_id, leader__urn=urn, state=CompletionState.CONFIRMED
    )
    told = pdf.Certificate(
        name=held.earned_by or held.leader.name, post=held.leader.post,
        school=names_of([urn]).get(urn, f"URN {urn}"), title=held.title,
        programme=_programme(held), completed_on=held.completed_on, half_days=held.half_days,
        number=held.number, check_at=request.build_absolute_uri(reverse("certificate-check")),
    )  # fmt: skip
    printed = pdf.printed(told, issued_by=settings.ENVIRONMENT.service_name)
    answer = HttpResponse(printed, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="certificate-{held.number}.pdf"'
    return answer


@allow(public=True)
@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """Say what a certificate's number stands for: module, programme, day, and initials alone."""
    typed = request.GET.get("number", "")[:60]
    number = delivery.training.numbers.typed(typed)
    held = None
    if number:
        rows = ModuleCompletion.objects.select_related("leader")
        held = rows.filter(number=number).first()
    told = {
        "typed": typed, "number": number, "held": held,
        "initials": initials(held.earned_by or held.leader.name) if held else "",
        "is_struck": held is not None and held.state == CompletionState.STRUCK,
        "programme": _programme(held) if held else "",
    }  # fmt: skip
    return render(request, "training/check.html", told)


def _programme(held: ModuleCompletion) -> str:
    known = held.programme_id in programmes.list_ids()
    return programmes.load(held.programme_id).title if known else held.programme_id
