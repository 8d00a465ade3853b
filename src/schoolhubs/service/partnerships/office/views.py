"""The programme office: objections and requests, deciding them, a hub that steps down."""

import datetime
from collections import Counter

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from schoolhubs import programmes
from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import Actor, done_by
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.accounts.roles import DECIDERS, OFFICE, Role
from schoolhubs.service.jobs.actions import ask
from schoolhubs.service.matching.models import PublishedRound
from schoolhubs.service.network.models import Hub
from schoolhubs.service.partnerships import actions
from schoolhubs.service.partnerships.doing.extending import extra_terms
from schoolhubs.service.partnerships.models import ExtensionRequest, Objection, Partnership
from schoolhubs.service.partnerships.office import queries
from schoolhubs.service.partnerships.office.beside import evidence_of
from schoolhubs.service.partnerships.office.forms import VerdictForm
from schoolhubs.service.partnerships.pages.forms import ReasonForm
from schoolhubs.service.partnerships.pages.seen import names_of
from schoolhubs.service.partnerships.pages.views import conflict
from schoolhubs.service.web.pages import say_once
from schoolhubs.vocabulary.errors import Conflict

READERS = (*OFFICE, Role.AUDITOR)
DECIDED = {
    True: "The objection is upheld: the match of {partner} with {lead} is given up, and both "
    "schools are told. A re-match can find another hub.",
    False: "The objection is not upheld: {partner} and {lead} are told, and the one that objected "
    "is asked again.",
}
STATES = {
    "open": "Waiting for the office",
    "upheld": "Upheld",
    "not_upheld": "Not upheld",
    "withdrawn": "No longer stands",
}


@require_safe
@allow(*READERS)
def objections(request: HttpRequest) -> HttpResponse:
    """List objections with their reasons and age, and the requests for a further year."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    page, state = request.GET.get("page", "1"), request.GET.get("state", "open")
    told = {
        "listed": queries.listed(
            state=state if state in STATES else "",
            page=int(page) if page.isdecimal() and len(page) < 7 else 1,
            at=clock.now(),
        ),
        "states": STATES,
        "state": state if state in STATES else "",
        "published": [
            (programmes.load(each.programme_id).as_at(clock.day()), each)
            for each in PublishedRound.objects.filter(
                programme_id__in=settings.ENVIRONMENT.programme_ids
            ).order_by("programme_id", "cohort_id")
        ],
        "may_decide": actor.holds(*DECIDERS),
    }
    return render(request, "partnerships/objections.html", told)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(*READERS)
def objection(request: HttpRequest, objection_id: int) -> HttpResponse:
    """Show one objection; uphold it or not, with a reason."""
    one = get_object_or_404(
        Objection.objects.select_related("partnership__application"), pk=objection_id
    )
    form = VerdictForm("Select whether the match is given up", request.POST)
    row = queries.row_of(one, clock.now())
    told = {
        "row": row,
        "rules": programmes.load(one.partnership.programme_id).as_at(one.partnership.starts_on),
        "form": form,
        "may_decide": _may_decide(request),
    }
    if request.method != "POST":
        return render(request, "partnerships/objection.html", told)
    _refuse_readers(request)
    if not form.is_valid():
        told["has_errors"] = True
        return render(request, "partnerships/objection.html", told)
    is_upheld = form.cleaned_data["verdict"] == "yes"
    try:
        actions.decide(
            one, is_upheld=is_upheld, reason=form.cleaned_data["reason"], **done_by(request),
        )  # fmt: skip
    except Conflict as error:
        typed = form.cleaned_data["reason"]
        return conflict(request, "Not decided", error, reverse("objections"), typed)
    say_once(request, DECIDED[is_upheld].format(partner=row.partner, lead=row.lead))
    return HttpResponseRedirect(reverse("objections"))


@require_http_methods(["GET", "HEAD", "POST"])
@allow(*READERS)
def extension(request: HttpRequest, request_id: int) -> HttpResponse:
    """Show a request for a further year; agree it or not, with a reason."""
    one = get_object_or_404(ExtensionRequest.objects.select_related("partnership"), pk=request_id)
    beside = one.partnership
    names = names_of([beside.partner_urn, beside.lead_urn])
    form = VerdictForm("Select whether the further year is agreed", request.POST)
    told = {
        "asked": one,
        "partner": names.get(beside.partner_urn, beside.partner_urn),
        "lead": names.get(beside.lead_urn, beside.lead_urn),
        "rules": programmes.load(beside.programme_id).as_at(beside.starts_on),
        "n_terms": extra_terms(beside),
        "evidence": evidence_of(beside),
        "form": form,
        "may_decide": _may_decide(request),
    }
    if request.method != "POST":
        return render(request, "partnerships/extension.html", told)
    _refuse_readers(request)
    if not form.is_valid():
        told["has_errors"] = True
        return render(request, "partnerships/extension.html", told)
    try:
        actions.decide_more(
            one, is_agreed=form.cleaned_data["verdict"] == "yes",
            reason=form.cleaned_data["reason"], **done_by(request),
        )  # fmt: skip
    except Conflict as error:
        typed = form.cleaned_data["reason"]
        return conflict(request, "Not decided", error, reverse("objections"), typed)
    return HttpResponseRedirect(reverse("objections"))


@require_POST
@allow(*DECIDERS)
def rematch(request: HttpRequest, programme_id: str, cohort_id: str) -> HttpResponse:
    """Ask for a re-match of a published round; its page shows how far it is."""
    if not PublishedRound.objects.filter(programme_id=programme_id, cohort_id=cohort_id).exists():
        raise Http404
    work = ask(
        "rematch", {"programme_id": programme_id, "cohort_id": cohort_id}, **done_by(request)
    )
    return HttpResponseRedirect(reverse("job", kwargs={"work_id": work.pk}))


@require_http_methods(["GET", "HEAD", "POST"])
@allow(*DECIDERS)
def step_down(request: HttpRequest, programme_id: str, lead_urn: str) -> HttpResponse:
    """Say what happens if a hub steps down; end it from today, with a reason."""
    hub = Hub.objects.filter(programme_id=programme_id, lead_urn=lead_urn).first()
    if hub is None or programme_id not in settings.ENVIRONMENT.programme_ids:
        raise Http404
    live = Partnership.objects.filter(
        programme_id=programme_id, lead_urn=lead_urn, state__in=("proposed", "agreed", "running")
    )
    form = ReasonForm("Say why the hub steps down", request.POST)
    told = {
        "hub": hub,
        "is_over": hub.finished_on is not None and hub.finished_on <= clock.day(),
        "last_on": hub.finished_on - datetime.timedelta(days=1) if hub.finished_on else None,
        "name": names_of([lead_urn]).get(lead_urn, f"URN {lead_urn}"),
        "rules": programmes.load(programme_id).as_at(clock.day()),
        # A further year is a second partnership of a school: it counts once, by its first year.
        "counts": Counter(
            dict(live.order_by("-year").values_list("partner_urn", "state")).values()
        ),
        "form": form,
    }
    if request.method != "POST":
        return render(request, "partnerships/step_down.html", told)
    if not form.is_valid():
        told["has_errors"] = True
        return render(request, "partnerships/step_down.html", told)
    try:
        actions.step_down(
            hub, on=clock.day(), reason=form.cleaned_data["reason"], **done_by(request)
        )
    except Conflict as error:
        typed = form.cleaned_data["reason"]
        return conflict(request, "Nothing was changed", error, reverse("objections"), typed)
    return HttpResponseRedirect(reverse("objections"))


def _may_decide(request: HttpRequest) -> bool:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor.holds(*DECIDERS)


def _refuse_readers(request: HttpRequest) -> None:
    if not _may_decide(request):
        raise PermissionDenied  # the middleware answers 403 and leaves a trace of it
