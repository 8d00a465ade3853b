"""Pages of reviews: all objectives of a plan with their lines, and one to be reviewed."""

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ActedRequest
from schoolhubs.service.accounts.reach import is_own_school
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.partnerships.pages.views import conflict, version_of
from schoolhubs.service.plans import queries
from schoolhubs.service.plans.models import Plan
from schoolhubs.service.plans.reach import EDITORS, READERS, found, who
from schoolhubs.service.plans.reviewing import actions
from schoolhubs.service.plans.reviewing.forms import ReviewForm
from schoolhubs.service.plans.reviewing.shown import objective_shown
from schoolhubs.service.plans.writing.measured import proposals
from schoolhubs.service.plans.writing.parts import part_of
from schoolhubs.service.schools.queries import current_snapshot
from schoolhubs.service.web.pages import say_once
from schoolhubs.vocabulary.errors import Conflict, DataProblem
from schoolhubs.vocabulary.records.plan import Objective


@allow(*READERS)
@require_safe
def reviews(request: ActedRequest, urn: str) -> HttpResponse:
    """Show how each objective goes: its line, its reviews, when the next is due."""
    school, plan = found(request, urn, *READERS)
    record = queries.newest(plan).record
    on, snapshot = clock.day(), current_snapshot()
    is_synthetic = bool(snapshot and snapshot.is_synthetic)
    told = {
        "school": school, "plan": plan, "on": on,
        "is_approved": plan.approvals.exists(),
        "may_review": is_own_school(request.actor, urn, *EDITORS),
        "objectives": [
            objective_shown(plan, record, each, on=on, is_synthetic=is_synthetic)
            for each in record.objectives
        ],
    }  # fmt: skip
    return render(request, "plans/reviews.html", told)


@allow(*EDITORS)
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: ActedRequest, urn: str, objective_id: str) -> HttpResponse:
    """Review one objective with a new figure; figures that the service holds are offered."""
    school, plan = found(request, urn, *EDITORS)
    objective, on = _objective(plan, objective_id), clock.day()
    offered = [each for each in proposals(urn) if each.measure == objective.measure]
    about: dict[str, Any] = {"measure": objective.measure, "on": on}
    is_sent, use = request.method == "POST", request.POST.get("use", "")
    used = next((each for each in offered if each.key == use), None)
    if used is not None:
        # What was typed beside the figure stays.
        kept = {name: request.POST.get(name, "") for name in ("comment", "rag")}
        form: Any = ReviewForm(initial={**ReviewForm.typed(used.measured), **kept}, **about)
        is_sent = False
    else:
        form = ReviewForm.read(request.POST, **about) if is_sent else ReviewForm(**about)
    snapshot = current_snapshot()
    told = {
        "school": school, "plan": plan, "form": form, "proposals": offered,
        "has_errors": is_sent, "base": version_of(request) or plan.number,
        "shown": objective_shown(
            plan, queries.newest(plan).record, objective, on=on,
            is_synthetic=bool(snapshot and snapshot.is_synthetic),
        ),
    }  # fmt: skip
    if not is_sent or not form.is_valid():
        return render(request, "plans/review.html", told)
    return _kept(request, plan, objective, form, told)


def _objective(plan: Plan, objective_id: str) -> Objective:
    one = part_of(queries.newest(plan).record, "objectives", objective_id)
    if one is None:
        raise Http404
    assert isinstance(one, Objective)
    return one


def _kept(
    request: ActedRequest, plan: Plan, objective: Objective, form: Any, told: dict[str, Any]
) -> HttpResponse:
    back = reverse("plan-reviews", kwargs={"urn": plan.urn})
    seen = _as_seen(plan, objective, version_of(request))
    try:
        row = actions.review(
            plan, seen, form.measured, rag=form.cleaned_data["rag"],
            comment=form.cleaned_data["comment"], on=form.on, who=who(request),
        )  # fmt: skip
    except DataProblem as error:
        form.add_error("rag", f"{error.problems[0].fault.capitalize()}. {error.problems[0].remedy}")
        return render(request, "plans/review.html", told)
    except Conflict as error:
        return conflict(request, "Nothing was saved", error, back, form.cleaned_data["comment"])
    say_once(request, f"The review is kept: {row.rag}.")
    return HttpResponseRedirect(f"{back}#{objective.objective_id}")


def _as_seen(plan: Plan, objective: Objective, number: int) -> Objective:
    """Give the objective as the version said that the reviewer had open."""
    version = queries.version_of(plan, number)
    then = part_of(version.record, "objectives", objective.objective_id) if version else None
    return then if isinstance(then, Objective) else objective
