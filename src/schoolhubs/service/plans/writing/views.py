"""Pages on which a plan is written: its details, an objective, an action, a consultation."""

import dataclasses
import functools
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from schoolhubs import plans
from schoolhubs.service.accounts.actors import ActedRequest
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.partnerships.pages.views import conflict
from schoolhubs.service.plans.actions import CHANGED
from schoolhubs.service.plans.facts import with_facts
from schoolhubs.service.plans.reach import EDITORS
from schoolhubs.service.plans.writing.forms import (
    ActionForm,
    ConsultationForm,
    DetailsForm,
    ObjectiveForm,
)
from schoolhubs.service.plans.writing.measured import proposals
from schoolhubs.service.plans.writing.parts import new_id, part_of, with_part, without_part
from schoolhubs.service.plans.writing.saving import Page, answer, keep, opened, to_plan
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.records.plan import Objective, PlannedAction
from schoolhubs.vocabulary.root_causes import root_causes, settings

NEW = "new"
CONSULTED = {
    "pupils_with_send": "Pupils with SEND", "parents": "Parents", "pupils": "Pupils",
    "staff": "Staff", "governors": "Governors",
}  # fmt: skip


@allow(*EDITORS)
@require_http_methods(["GET", "HEAD", "POST"])
def details(request: ActedRequest, urn: str) -> HttpResponse:
    """Name the plan."""
    held = opened(request, urn)
    form = _form(request, DetailsForm, DetailsForm.initial_of(held.record))
    page = Page(
        title="Name the plan", form=form, edit=lambda record: form.edit(record),
        told="Title and kind of school", back=to_plan(urn),
    )  # fmt: skip
    return answer(request, held, page)


@allow(*EDITORS)
@require_http_methods(["GET", "HEAD", "POST"])
def objective(request: ActedRequest, urn: str, objective_id: str) -> HttpResponse:
    """Write an objective; figures that the service holds are offered as its baseline."""
    held = opened(request, urn)
    is_new = objective_id == NEW
    name = new_id("o") if is_new else objective_id
    one = Objective(objective_id=name) if is_new else part_of(held.record, "objectives", name)
    if one is None:
        raise Http404
    # Findings as they stand now: those of the version may be older than the diagnosis.
    now = with_facts(held.record, held.plan)
    form = _form(request, ObjectiveForm, ObjectiveForm.initial_of(one), plan=now)
    offered = proposals(urn)
    if request.method == "POST" and "use" in request.POST:
        form = _with_baseline(request, form, offered, plan=now)
    page = Page(
        title="Write an objective" if is_new else "Change an objective", form=form,
        edit=lambda record: with_part(record, "objectives", form.objective(name)),
        told="An objective", back=f"{to_plan(urn)}#objectives",
        without=None if is_new else lambda record: without_part(record, "objectives", name),
        template="plans/objective.html",
        more={"proposals": offered, "findings": now.findings, "causes": root_causes()},
    )  # fmt: skip
    return answer(request, held, page)


def _with_baseline(
    request: ActedRequest, form: ObjectiveForm, offered: Any, *, plan: Any
) -> ObjectiveForm:
    """Fill a figure of the service's into what was typed, and keep the rest."""
    used = next((each for each in offered if each.key == request.POST["use"]), None)
    if used is None:
        return form
    base = dataclasses.asdict(used.measured)
    # Unbound: nothing was saved yet, so what is still blank is no error.
    return ObjectiveForm(initial={**form.data, **base, "measure": used.measure}, plan=plan)


@allow(*EDITORS)
@require_http_methods(["GET", "HEAD", "POST"])
def action(request: ActedRequest, urn: str, action_id: str) -> HttpResponse:
    """Write an action; a changed one opens its screen."""
    held = opened(request, urn)
    is_new = action_id == NEW
    name = new_id("a") if is_new else action_id
    one = PlannedAction(action_id=name) if is_new else part_of(held.record, "actions", name)
    if one is None:
        raise Http404
    form = _form(request, ActionForm, ActionForm.initial_of(one), plan=held.record)
    taken = plans.library().get(one.library_id)
    page = Page(
        title="Write an action of your own" if is_new else "Change an action", form=form,
        edit=lambda record: with_part(record, "actions", form.action(name, one.library_id)),
        told="An action", back=f"{to_plan(urn)}#board",
        without=None if is_new else lambda record: without_part(record, "actions", name),
        template="plans/action.html", more={"action": one, "taken": taken, "is_new": is_new},
    )  # fmt: skip
    return answer(request, held, page)


@allow(*EDITORS)
@require_http_methods(["GET", "HEAD", "POST"])
def library(request: ActedRequest, urn: str) -> HttpResponse:
    """Show the actions there are, and take one up for an objective."""
    held = opened(request, urn)
    if request.method == "POST":
        taken = plans.library().get(request.POST.get("library_id", ""))
        name = request.POST.get("objective_id", "")
        if not held.base:
            return conflict(request, "Nothing was saved", Conflict(CHANGED), to_plan(urn))
        if taken is None or (name and part_of(held.record, "objectives", name) is None):
            raise Http404
        action_id = new_id("a")
        planned = taken.planned(action_id=action_id, objective_id=name)
        back = reverse("plan-action", kwargs={"urn": urn, "action_id": action_id})
        edited = with_part(held.record, "actions", planned)
        return keep(request, held, edited, told=f"{taken.title}, taken up", back=back)
    objectives = held.record.objectives
    wanted = request.GET.get("objective", "")
    serves = next((each for each in objectives if each.objective_id == wanted), None)
    cause = serves.root_cause if serves else request.GET.get("cause", "")
    setting = request.GET.get("setting", held.record.setting)
    phase = request.GET.get("phase", "")
    every = plans.library()
    found = plans.library(root_cause=cause, setting=setting, phase=phase)
    told = {
        "school": held.school, "plan": held.plan, "base": held.base, "serves": serves,
        "objectives": objectives, "found": list(found.values()), "n_every": len(every),
        "cause": cause, "setting": setting, "phase": phase, "causes": root_causes(),
        "settings": settings(), "strengths": plans.facts.stored("strengths.yaml")["strengths"],
        "phases": sorted({name for each in every.values() for name in each.phases}),
        "practices": [one for one in root_causes().values() if one.side == "practice"],
    }  # fmt: skip
    return render(request, "plans/library.html", told)


@allow(*EDITORS)
@require_http_methods(["GET", "HEAD", "POST"])
def consultation(request: ActedRequest, urn: str, consulted: str) -> HttpResponse:
    """Record who was asked about the plan, and what it changed."""
    held = opened(request, urn)
    if consulted not in CONSULTED:
        raise Http404
    one = part_of(held.record, "consultations", consulted)
    initial = ConsultationForm.initial_of(one) if one else {}
    form = _form(request, ConsultationForm, initial)
    page = Page(
        title=f"Consultation: {CONSULTED[consulted].lower().replace('send', 'SEND')}", form=form,
        edit=lambda record: with_part(record, "consultations", form.consultation(consulted)),
        told=f"Consultation of {CONSULTED[consulted].lower().replace('send', 'SEND')}",
        back=f"{to_plan(urn)}#consultations",
        without=functools.partial(without_part, kind="consultations", name=consulted)
        if one
        else None,
    )  # fmt: skip
    return answer(request, held, page)


def _form(request: ActedRequest, kind: Any, initial: dict[str, Any], **more: Any) -> Any:
    if request.method == "POST":
        return kind.read(request.POST, initial=initial, **more)
    return kind(initial=initial, **more)
