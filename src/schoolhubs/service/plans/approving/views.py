"""Pages: every problem of a plan, the plan as the file that commands read, and approval."""

from typing import Any

import yaml
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from schoolhubs.plans import facts
from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ActedRequest
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.partnerships.pages.views import conflict, version_of
from schoolhubs.service.plans import actions, queries
from schoolhubs.service.plans.models import Plan
from schoolhubs.service.plans.reach import APPROVERS, OWN, found, what_may, who
from schoolhubs.service.plans.writing.saving import to_plan
from schoolhubs.service.web.pages import say_once
from schoolhubs.vocabulary.errors import Conflict, DataProblem, Problem
from schoolhubs.vocabulary.records.plan import ActionPlan


@allow(*OWN)
@require_safe
def check(request: ActedRequest, urn: str) -> HttpResponse:
    """List everything between a plan and its approval, and the audit that must come first."""
    school, plan = found(request, urn, *OWN)
    on = clock.day()
    told = {
        "school": school, "plan": plan, "on": on,
        "problems": places(queries.problems_of(plan, on=on)),
        "may": what_may(request.actor, urn), **audit_of(plan),
    }  # fmt: skip
    return render(request, "plans/check.html", told)


def audit_of(plan: Plan) -> dict[str, Any]:
    """Give each step that the plan's pathway asks for, with the day it was done."""
    record = queries.as_it_would_be_approved(plan)
    rules = queries.rules_of(record, clock.day())
    pathways = {each.pathway: each for each in rules.pathways} if rules else {}
    here = pathways.get(record.pathway)
    done = {each.step: each.finished_on for each in record.audit_steps}
    titles = facts.stored("gate/questions.yaml")["audit_steps"]
    needed = (here.audit_steps or ()) if here else ()
    screens = {each.action_id: each for each in record.screens}
    return {
        "steps": [(titles.get(step, step), done.get(step)) for step in needed],
        "pathway": here.name if here else record.pathway,
        "is_said": here is not None and here.audit_steps is not None,
        "changing": [
            each
            for each in record.actions
            if facts.changes_sanction(each, screens.get(each.action_id))
        ],
    }


def places(problems: tuple[Problem, ...]) -> list[dict[str, str]]:
    """Give problems as ``plan check`` does, each with the page on which it is mended."""
    return [{**queries.told(each), "page": page_of(each.column)} for each in problems]


def page_of(where: str) -> str:
    """Name the page on which a place of a plan is mended, with what stands in its address.

    >>> page_of("objectives.o1.owner"), page_of("consultations.parents"), page_of("authors")
    ('plan-objective objective_id o1', 'plan-consultation consulted parents', '')
    """
    kind, *rest = where.split(".")
    pages = {
        "objectives": "plan-objective objective_id", "actions": "plan-action action_id",
        "screens": "plan-screen action_id", "consultations": "plan-consultation consulted",
    }  # fmt: skip
    return f"{pages[kind]} {rest[0]}" if kind in pages and rest and rest[0] else ""


def as_yaml(record: ActionPlan) -> str:
    """Write a plan as the file that ``schoolhubs plan check`` reads.

    Examples
    --------
    >>> print(as_yaml(ActionPlan(plan_id="p1")).splitlines()[0])
    plan_id: p1
    """
    return yaml.safe_dump(record.as_dict(), sort_keys=False, allow_unicode=True, width=100)


@allow(*OWN)
@require_safe
def file(request: ActedRequest, urn: str) -> HttpResponse:
    """Give the plan as YAML: ``plan check`` says of it what the page says."""
    _, plan = found(request, urn, *OWN)
    text = as_yaml(queries.as_it_would_be_approved(plan))
    answer = HttpResponse(text, content_type="application/yaml; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="plan-{urn}.yaml"'
    return answer


@allow(*APPROVERS)
@require_http_methods(["GET", "HEAD", "POST"])
def approve(request: ActedRequest, urn: str) -> HttpResponse:
    """Show the plan whole; approve it, or say everything that stands in the way."""
    school, plan = found(request, urn, *APPROVERS)
    on = clock.day()
    problems = queries.problems_of(plan, on=on)
    if request.method == "POST":
        try:
            actions.approve(plan, number=version_of(request), on=on, who=who(request))
        except Conflict as error:
            return conflict(request, "The plan was not approved", error, to_plan(urn))
        except DataProblem as refused:
            problems = refused.problems
        else:
            say_once(request, "The plan is approved. It holds for these words alone.")
            return HttpResponseRedirect(to_plan(urn))
    record = queries.as_it_would_be_approved(plan)
    told = {
        "school": school, "plan": plan, "record": record, "problems": places(problems),
        "has_errors": request.method == "POST", "screens": {
            each.action_id: each for each in record.screens
        }, **audit_of(plan),
    }  # fmt: skip
    return render(request, "plans/approve.html", told)
