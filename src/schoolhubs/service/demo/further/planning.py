"""Plans of the demonstration: written, consulted on, screened, approved, reviewed, compared."""

import dataclasses
import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from schoolhubs import plans
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.plans import actions, queries
from schoolhubs.service.plans.actions import Who
from schoolhubs.service.plans.board import actions as moving
from schoolhubs.service.plans.models import CardState, Kind, Plan
from schoolhubs.service.plans.reviewing import actions as reviewing
from schoolhubs.service.plans.watching import actions as watching
from schoolhubs.service.plans.writing.measured import proposals
from schoolhubs.service.schools.models import School
from schoolhubs.vocabulary.records.plan import (
    ActionPlan,
    Adjustment,
    Consultation,
    Measured,
    Objective,
    PlannedAction,
    Screen,
    ScreenAnswer,
)


def begin(
    school: School, told: Mapping[str, Any], *, programme_id: str, pathway: str, who: Who,
    partnership: Partnership | None = None,
) -> Plan:  # fmt: skip
    """Begin a plan that says nothing yet."""
    first = ActionPlan(
        plan_id="new", title=told["title"], programme_id=programme_id, pathway=pathway,
        cohort_id=partnership.cohort_id if partnership else "", urn=school.urn,
        phase=school.phase,
    )  # fmt: skip
    return actions.begin(school.urn, first, who=who, partnership=partnership)


def write(
    plan: Plan, told: Mapping[str, Any], *, starts_on: datetime.date,
    review_on: Sequence[datetime.date], held_on: datetime.date, who: Who,
) -> None:  # fmt: skip
    """Write its objectives, the actions for them, and what came of asking people."""
    stands = queries.newest(plan).record
    days = {"started_on": starts_on, "review_on": tuple(review_on)}
    objectives = tuple(_objective(plan, each, days) for each in told["objectives"])
    library = plans.library()
    taken = tuple(
        library[each["library_id"]].planned(
            action_id=each["action_id"], objective_id=each["objective_id"]
        )
        for each in told["actions"]
    )
    asked = tuple(Consultation(held_on=held_on, **each) for each in told.get("consultations", ()))
    edited = dataclasses.replace(stands, objectives=objectives, actions=taken, consultations=asked)
    actions.save(plan, edited, base=plan.number, told="Objectives and actions", who=who)


def _objective(plan: Plan, told: Mapping[str, Any], days: Mapping[str, Any]) -> Objective:
    """Give an objective: its baseline is what the service holds, else what the story says."""
    held = (each.measured for each in proposals(plan.urn) if each.measure == told["measure"])
    said = told.get("baseline")
    baseline = next(held, None) or (
        Measured(**said, measured_on=days["started_on"]) if said else None
    )
    better = {name: told[name] for name in told if name not in {"baseline"}}
    made = Objective(**better, baseline=baseline, **days)
    if baseline is None or made.expected_size is None:
        return made
    sign = (
        1
        if plans.facts.stored("measures.yaml")["measures"][made.measure]["better"] == "higher"
        else -1
    )
    return dataclasses.replace(made, target=baseline.value + sign * made.expected_size)


def screen(
    plan: Plan, told: Mapping[str, Any], *, on: datetime.date, author: Who, reviewer: Who
) -> None:
    """Answer the screen of each action, and have somebody who is no author look again."""
    stands = queries.newest(plan).record
    done = tuple(_screen(each, told[each.action_id], on) for each in stands.actions)
    edited = dataclasses.replace(stands, screens=done)
    actions.save(plan, edited, base=plan.number, told="Equality screens", who=author)
    for each in done:
        now = queries.newest(plan).record
        seen = tuple(
            dataclasses.replace(one, reviewer=reviewer.name, reviewed_on=on)
            if one.action_id == each.action_id else one
            for one in now.screens
        )  # fmt: skip
        actions.save(
            plan, dataclasses.replace(now, screens=seen), base=plan.number, told="Reviewed",
            who=reviewer, kind=Kind.SCREEN, reviewed=each.action_id,
        )  # fmt: skip


def _screen(action: PlannedAction, told: Mapping[str, Any], on: datetime.date) -> Screen:
    asked = plans.screen(action)
    given = told["answers"]
    answers = tuple(
        ScreenAnswer(question=each.question, **given.get(each.question, given["other"]))
        for each in asked.questions
    )
    adjustments = tuple(Adjustment(**each, started_on=on) for each in told["adjustments"])
    return Screen(
        action_id=action.action_id, screened_version=action.version, answers=answers,
        adjustments=adjustments, evidence=tuple(told["evidence"]),
        consulted=tuple(told["consulted"]),
    )  # fmt: skip


def move(plan: Plan, told: Mapping[str, str], *, due_on: datetime.date, who: Who) -> None:
    """Put actions where they stand on the board."""
    for name, state in told.items():
        moving.move(plan, name, state=CardState(state), owner="", due_on=due_on, version=0, who=who)


def review(plan: Plan, objective_id: str, *, comment: str, on: datetime.date, who: Who) -> None:
    """Review an objective with the newest figure of its measure that the service holds."""
    record = queries.newest(plan).record
    one = next(each for each in record.objectives if each.objective_id == objective_id)
    held = next(each.measured for each in proposals(plan.urn) if each.measure == one.measure)
    reviewing.review(plan, one, held, rag="", comment=comment, on=on, who=who)


def compare(
    plan: Plan, told: Mapping[str, Any], periods: watching.Periods, *, on: datetime.date, who: Who
) -> None:
    """Compare who was affected before and after."""
    counts = plans.watching.read_counts(told["counts"])
    watching.compare(plan, counts, periods, about=told["about"], on=on, who=who)
