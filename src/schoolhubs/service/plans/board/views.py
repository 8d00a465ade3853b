"""The page of a school's plan; begin one, move an action, comment, end."""

import datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from schoolhubs import programmes
from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ActedRequest
from schoolhubs.service.accounts.reach import own_urns
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.partnerships.pages.views import conflict, version_of
from schoolhubs.service.partnerships.queries import together_of
from schoolhubs.service.plans import actions, queries
from schoolhubs.service.plans.board import actions as moving
from schoolhubs.service.plans.board.forms import BeginForm, CommentForm, EndForm, MoveForm
from schoolhubs.service.plans.board.shown import board, card_of
from schoolhubs.service.plans.copying.queries import plans_over
from schoolhubs.service.plans.models import CardState, Plan
from schoolhubs.service.plans.reach import (
    APPROVERS,
    EDITORS,
    OWN,
    READERS,
    found,
    school_for,
    what_may,
    who,
)
from schoolhubs.service.plans.writing.measured import measures
from schoolhubs.service.plans.writing.parts import part_of
from schoolhubs.service.plans.writing.saving import to_plan
from schoolhubs.service.plans.writing.shown import PARTS
from schoolhubs.service.plans.writing.views import CONSULTED
from schoolhubs.service.schools.models import School
from schoolhubs.service.web.pages import say_once
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.phases import Phase
from schoolhubs.vocabulary.records.plan import ActionPlan
from schoolhubs.vocabulary.root_causes import root_causes

SETTINGS = {Phase.SPECIAL: "special", Phase.ALTERNATIVE_PROVISION: "alternative_provision"}


@allow(*OWN)
@require_safe
def own(request: ActedRequest) -> HttpResponse:
    """Lead to the plan of one's school; of a trust, list its schools."""
    urns = own_urns(request.actor, *OWN)
    if len(urns) == 1:
        return HttpResponseRedirect(to_plan(urns[0]))
    told = {"schools": plans_over(urns, on=clock.day())}
    return render(request, "plans/schools.html", told)


@allow(*READERS)
@require_safe
def school_plan(request: ActedRequest, urn: str) -> HttpResponse:
    """Show the plan: what holds it back, objectives, board, consultations, comments, versions."""
    school = school_for(request, urn, *READERS)
    plan = queries.plan_of(urn)
    may = what_may(request.actor, urn)
    if plan is None:
        told = {"school": school, "may": may, "ended": queries.ended_of(urn)}
        return render(request, "plans/none.html", told)
    return render(request, "plans/plan.html", plan_told(school, plan, may, CommentForm()))


def plan_told(
    school: School, plan: Plan, may: dict[str, bool], comment_form: CommentForm
) -> dict[str, Any]:
    """Give what the page of a plan shows."""
    on = clock.day()
    record = queries.as_it_would_be_approved(plan)
    is_draft = plan.state == "draft"
    problems = queries.problems_of(plan, on=on)
    return {
        "school": school, "plan": plan, "record": record, "may": may, "on": on,
        "n_problems": len(problems),
        "why_not": () if is_draft else queries.why_not_in_force(plan, on=on),
        "approval": record.approval, "columns": board(
            record, queries.cards_of(plan), queries.screens_of(plan), on=on
        ),
        "states": CardState.choices, "measures": measures(), "causes": root_causes(),
        "consulted": [
            (name, words, part_of(record, "consultations", name))
            for name, words in CONSULTED.items()
        ],
        "comments": plan.comments.all(), "form": comment_form,
        "versions": plan.versions.order_by("-number").defer("content")[:20],
        "names": names_of(plan), "ended": queries.ended_of(plan.urn),
    }  # fmt: skip


def names_of(plan: Plan) -> dict[str, str]:
    """Give the names of those who made versions, by what the audit log calls them."""
    from schoolhubs.service.accounts.models import Person

    made_by = plan.versions.values_list("made_by", flat=True)
    return {each.subject: str(each) for each in Person.objects.filter(subject__in=set(made_by))}


@allow(*EDITORS)
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: ActedRequest, urn: str) -> HttpResponse:
    """Begin a plan in the partnership the school is in, or by a programme it chooses."""
    school = school_for(request, urn, *EDITORS)
    if queries.plan_of(urn) is not None:
        error = Conflict(actions.ONE_AT_A_TIME)
        answer = conflict(request, "The school has a plan", error, to_plan(urn))
        answer.status_code = 409 if request.method == "POST" else 200
        return answer
    together = together_of(urn, on=clock.day())
    offered = pathways(together, on=clock.day())
    is_sent = request.method == "POST"
    form: Any = BeginForm.read(request.POST, pathways=offered) if is_sent else None
    form = form or BeginForm(pathways=offered, initial={"title": f"Action plan of {school.name}"})
    if not is_sent or not form.is_valid():
        told = {"school": school, "form": form, "has_errors": is_sent, "together": together}
        return render(request, "plans/begin.html", told)
    chosen = form.cleaned_data.get("pathway") or offered[0][0]
    programme_id, pathway = chosen.split("/")
    first = ActionPlan(
        plan_id="new", title=form.cleaned_data["title"], programme_id=programme_id,
        pathway=pathway, cohort_id=together.cohort_id if together else "", urn=urn,
        phase=school.phase, setting=SETTINGS.get(Phase(school.phase), "mainstream"),
    )  # fmt: skip
    try:
        actions.begin(urn, first, who=who(request), partnership=together)
    except Conflict as error:
        return conflict(request, "Nothing was saved", error, to_plan(urn))
    say_once(request, "The plan is begun. Nothing of it is approved yet.")
    return HttpResponseRedirect(to_plan(urn))


def pathways(together: Partnership | None, *, on: datetime.date) -> list[tuple[str, str]]:
    """Name the pathways a plan may go by: the partnership's alone, else those the service runs."""
    if together is not None:
        return [(f"{together.programme_id}/{together.pathway}", together.pathway)]
    rules = [programmes.load(name).as_at(on) for name in settings.ENVIRONMENT.programme_ids]
    return [
        (f"{one.programme_id}/{each.pathway}", f"{one.title}: {each.name}")
        for one in rules
        for each in one.pathways
    ]


@allow(*EDITORS)
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: ActedRequest, urn: str, action_id: str) -> HttpResponse:
    """Move an action on the board; from its card by one menu, or here with owner and day."""
    school, plan = found(request, urn, *EDITORS)
    record = queries.record_of(plan)
    action = part_of(record, "actions", action_id)
    if action is None:
        raise Http404
    cards = queries.cards_of(plan)
    card = cards.get(action_id)
    shown = card_of(action, record, card, None, on=clock.day())
    initial = {"state": shown.state, "owner": shown.own_owner, "due_on": shown.own_due_on}
    is_sent = request.method == "POST"
    posted: Any = request.POST.copy() if is_sent else None
    if is_sent and "owner" not in posted:  # the card's own menu says no more than the state
        kept = shown.own_due_on
        posted.update({"owner": shown.own_owner})
        posted.update(
            {f"due_on-{part}": str(getattr(kept, part)) for part in PARTS} if kept else {}
        )
    form: Any = MoveForm.read(posted) if is_sent else MoveForm(initial=initial)
    if not is_sent or not form.is_valid() or not form.cleaned_data["state"]:
        told = {
            "school": school, "plan": plan, "card": shown, "form": form, "has_errors": is_sent,
            "version": version_of(request) if is_sent else shown.version,
        }  # fmt: skip
        return render(request, "plans/move.html", told)
    state = CardState(form.cleaned_data["state"])
    try:
        moving.move(
            plan, action_id, state=state, owner=form.cleaned_data["owner"],
            due_on=form.cleaned_data["due_on"], version=version_of(request), who=who(request),
        )  # fmt: skip
    except Conflict as error:
        return conflict(request, "Nothing was moved", error, f"{to_plan(urn)}#board")
    say_once(request, f"Moved to {state.label.lower()}.")
    return HttpResponseRedirect(f"{to_plan(urn)}#card-{action_id}")


@allow(*READERS)
@require_POST
def comment(request: ActedRequest, urn: str) -> HttpResponse:
    """Keep what somebody who reads the plan says of it."""
    school, plan = found(request, urn, *READERS, how="commented")
    form: Any = CommentForm.read(request.POST)
    if not form.is_valid():
        told = plan_told(school, plan, what_may(request.actor, urn), form)
        return render(request, "plans/plan.html", {**told, "has_errors": True})
    moving.comment(plan, words=form.cleaned_data["words"], who=who(request))
    say_once(request, "Your comment is kept.")
    return HttpResponseRedirect(f"{to_plan(urn)}#comments")


@allow(*APPROVERS)
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: ActedRequest, urn: str) -> HttpResponse:
    """End the plan, so that another can be begun; it stays readable."""
    school, plan = found(request, urn, *APPROVERS)
    is_sent = request.method == "POST"
    form: Any = EndForm.read(request.POST) if is_sent else EndForm()
    if not is_sent or not form.is_valid():
        told = {"school": school, "plan": plan, "form": form, "has_errors": is_sent}
        return render(request, "plans/end.html", told)
    try:
        actions.end(plan, reason=form.cleaned_data["reason"], who=who(request))
    except Conflict as error:
        return conflict(request, "Nothing was changed", error, to_plan(urn))
    say_once(request, "The plan has ended. It is kept.")
    return HttpResponseRedirect(reverse("school-plan", kwargs={"urn": urn}))
