"""The programme office: the queue of applications, and deciding one."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from schoolhubs import programmes
from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.accounts.roles import DECIDERS, Role
from schoolhubs.service.eligibility import actions
from schoolhubs.service.eligibility.forms import shown_version
from schoolhubs.service.eligibility.models import Application, HumanDecision
from schoolhubs.service.eligibility.office import queries
from schoolhubs.service.eligibility.office.forms import DecideForm, FindApplications
from schoolhubs.service.kept.pages import render_kept
from schoolhubs.service.kept.stamps import is_settled, stamp_of
from schoolhubs.service.schools import queries as schools
from schoolhubs.service.schools.models import CurrentRegister
from schoolhubs.vocabulary.errors import Conflict

READERS = (Role.OFFICE_READ, *DECIDERS, Role.AUDITOR)


@require_safe
@allow(*READERS)
def queue(request: HttpRequest) -> HttpResponse:
    """List the applications sent, narrowed by programme, state, region and what was typed."""
    form, page = FindApplications(request.GET), request.GET.get("page", "1")
    at_page = int(page) if page.isdecimal() and len(page) < 7 else 1
    if form.errors:
        told = {**_queue(form, at_page), "has_errors": True}
        return render(request, "eligibility/queue.html", told)
    stamp = stamp_of(Application, CurrentRegister)
    return render_kept(
        request, "eligibility/queue.html", lambda: _queue(form, at_page),
        of=(at_page, *form.asked.values(), *stamp.newest), may_keep=lambda: is_settled(stamp),
    )  # fmt: skip


def _queue(form: FindApplications, page: int) -> dict[str, Any]:
    snapshot = schools.current_snapshot()
    if snapshot is None:
        raise Http404
    found = queries.queue(snapshot, **form.asked, page=page)
    return {"found": found, "form": form, "asked": form.asked}


@require_http_methods(["GET", "HEAD", "POST"])
@allow(*READERS)
def case(request: HttpRequest, reference: str) -> HttpResponse:
    """Show one application with its verdicts, evidence and history; take a decision."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    snapshot = schools.current_snapshot()
    found = queries.case(snapshot, reference) if snapshot else None
    if snapshot is None or found is None:
        raise Http404
    rules = programmes.load(found.application.programme_id).as_at(snapshot.on)
    names = {each.pathway: each.name for each in rules.pathways}
    offered = [(each.pathway, names.get(each.pathway, each.pathway)) for each in found.verdicts]
    may_decide = actor.holds(*DECIDERS)
    form = DecideForm(offered, request.POST if request.method == "POST" else None)
    questions = {each.question: each.wording for each in rules.questions}
    told = {
        "case": found,
        "rules": rules,
        "names": names,
        "questions": questions,
        "changes": found.changes(questions),
        "form": form,
        "may_decide": may_decide,
        "by": actor.by,
        "conflict": "",
    }
    if request.method == "POST":
        if not may_decide:
            raise PermissionDenied  # the middleware answers 403 and leaves a trace of it
        if form.is_valid():
            try:
                actions.decide(
                    found.application, **form.cleaned_data, version=shown_version(request),
                    by=actor.by, organisation=actor.organisation_key, at=clock.now(),
                    place=request.path,
                )  # fmt: skip
            except Conflict as error:
                now = queries.case(snapshot, reference)
                told |= {"conflict": str(error), "case": now}
                told |= {"theirs": queries.decided_since(now, request.POST.get("decided", ""))}
                return render(request, "eligibility/case.html", told, status=409)
            return HttpResponseRedirect(reverse("case", kwargs={"reference": reference}))
        told["has_errors"] = True
    return render(request, "eligibility/case.html", told)


@require_POST
@allow(*DECIDERS)
def agree(request: HttpRequest, reference: str, decision_id: int) -> HttpResponse:
    """Agree another person's decision against the rules."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    decision = get_object_or_404(HumanDecision, pk=decision_id, application__reference=reference)
    try:
        actions.agree(
            decision, version=shown_version(request), by=actor.by,
            organisation=actor.organisation_key, at=clock.now(), place=request.path,
        )  # fmt: skip
    except Conflict as error:
        told = {
            "title": "Not agreed",
            "text": f"{error} Look at what stands now.",
            "back": reverse("case", kwargs={"reference": reference}),
        }
        return render(request, "web/conflict.html", told, status=409)
    return HttpResponseRedirect(reverse("case", kwargs={"reference": reference}))
