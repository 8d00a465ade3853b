"""A review is kept in the plan and beside it, never brighter than its figures."""

import dataclasses
import datetime

from django.db import transaction

from schoolhubs import plans
from schoolhubs.service.plans import actions, queries
from schoolhubs.service.plans.actions import Who
from schoolhubs.service.plans.models import Kind, Plan, PlanState
from schoolhubs.service.plans.reviewing.models import TermReview
from schoolhubs.vocabulary.errors import Conflict, DataProblem, Problem
from schoolhubs.vocabulary.records.plan import ActionPlan, Measured, Objective, Review

NOT_APPROVED = "This plan was never approved, so there is nothing to review yet. Nothing was saved."
ENDED = "This plan has ended. Nothing was saved."
CHANGED = (
    "Somebody changed this objective while you had it open. Nothing was saved; look at what it "
    "says now."
)
TWICE = "This objective was reviewed today already, by {name}. Nothing was saved."
AS_FIGURES_SAY = ""


def review(
    plan: Plan,
    objective: Objective,
    measured: Measured,
    *,
    rag: str,
    comment: str,
    on: datetime.date,
    who: Who,
) -> TermReview:
    """Review an objective with a new figure.

    Parameters
    ----------
    objective
        As the reviewer saw it.
    rag
        ``green``, ``amber`` or ``red``; blank for what the figures allow.
    comment
        What the reviewer makes of it; never blank.

    Raises
    ------
    DataProblem
        If the colour is brighter than the figures allow, or the objective lacks what it takes.
    Conflict
        If the plan was never approved or has ended, the objective was changed meanwhile, or was
        reviewed that day already.
    """
    with transaction.atomic():
        held = Plan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
        record = queries.newest(held).record
        _allow(held, record, objective, on)
        found = plans.watching.progress(objective, measured, on=on)
        said = rag or found.rag
        _refuse_too_bright(said, found.rag, objective)
        made = Review(
            objective_id=objective.objective_id, reviewed_on=on, measured=measured, rag=said,
            comment=comment, reviewed_by=who.name,
        )  # fmt: skip
        edited = dataclasses.replace(record, reviews=(*record.reviews, made))
        told = f"Reviewed: {objective.title or objective.objective_id}"
        saved = actions.save(held, edited, base=held.number, told=told, who=who, kind=Kind.REVIEW)
        row = TermReview.objects.create(
            plan=held, version=saved.version, objective_id=objective.objective_id,
            measure=objective.measure, reviewed_on=on, value=measured.value, low=measured.low,
            high=measured.high, better_by=found.better_by, better_low=found.low,
            better_high=found.high, expected_by_now=found.expected_by_now, rag=said,
            comment=comment, made_at=who.at, made_by=who.by, name=who.name,
            organisation=who.organisation,
        )  # fmt: skip
    plan.refresh_from_db()
    return row


def _allow(held: Plan, record: ActionPlan, objective: Objective, on: datetime.date) -> None:
    if held.state == PlanState.ENDED:
        raise Conflict(ENDED)
    if not held.approvals.exists():
        raise Conflict(NOT_APPROVED)
    if objective not in record.objectives:
        raise Conflict(CHANGED)
    rows = TermReview.objects.filter(plan=held, objective_id=objective.objective_id)
    if same := rows.filter(reviewed_on=on).first():
        raise Conflict(TWICE.format(name=same.name))


def _refuse_too_bright(said: str, allowed: str, objective: Objective) -> None:
    order: list[str] = plans.facts.stored("progress.yaml")["order"]
    if said not in order:
        fault = f"{said!r} is no colour of a review"
        remedy = f"Choose one of {', '.join(order)}."
    elif order.index(said) > order.index(allowed):
        fault = f"the review says {said}, and its figures allow {allowed} at best"
        remedy = "Say what the interval says."
    else:
        return
    where = f"objectives.{objective.objective_id}.rag"
    raise DataProblem(
        [Problem(code="review_too_bright", column=where, value=said, fault=fault, remedy=remedy)],
        outcome="Nothing was saved.",
    )
