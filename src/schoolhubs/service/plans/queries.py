"""Looks plans up: a school's plan, its words as they stand, what is wrong with it, its cards."""

import dataclasses
import datetime
from collections.abc import Mapping

from schoolhubs import plans, programmes
from schoolhubs.service.plans.facts import with_facts
from schoolhubs.service.plans.models import (
    ActionScreen,
    Approval,
    Card,
    Kind,
    Plan,
    PlanState,
    PlanVersion,
)
from schoolhubs.vocabulary.errors import Problem
from schoolhubs.vocabulary.records import plan as records
from schoolhubs.vocabulary.records.plan import ActionPlan
from schoolhubs.vocabulary.records.rules import RulesAsAt


def plan_of(urn: str) -> Plan | None:
    """Give the plan a school works by or writes; None before the first, and after one ended."""
    rows = Plan.objects.filter(urn=urn).exclude(state=PlanState.ENDED)
    return rows.select_related("partnership").first()


def ended_of(urn: str) -> list[Plan]:
    """Give a school's plans that ended, newest first."""
    return list(Plan.objects.filter(urn=urn, state=PlanState.ENDED).order_by("-pk"))


def version_of(plan: Plan, number: int) -> PlanVersion | None:
    """Give one version of a plan."""
    return plan.versions.filter(number=number).first()


def newest(plan: Plan) -> PlanVersion:
    """Give the version that stands."""
    found: PlanVersion = plan.versions.get(number=plan.number)
    return found


def record_of(plan: Plan) -> ActionPlan:
    """Give the plan as it stands, with its newest approval, whether or not that still holds."""
    return dataclasses.replace(newest(plan).record, approval=_approval(plan))


def _approval(plan: Plan) -> records.Approval | None:
    row: Approval | None = plan.approvals.last()
    if row is None:
        return None
    return records.Approval(
        approved_by=row.name, approved_on=row.approved_on,
        definition_version=row.definition_version, digest=row.digest,
    )  # fmt: skip


def as_it_would_be_approved(plan: Plan) -> ActionPlan:
    """Give the plan with findings and audit as they stand now: what is checked and downloaded.

    One that is approved, or was and had a screen opened since, is as it was approved.
    """
    record = record_of(plan)
    return with_facts(record, plan) if plan.state == PlanState.DRAFT else record


def rules_of(plan: Plan | ActionPlan, on: datetime.date) -> RulesAsAt | None:
    """Give the rules of a plan's programme on a day; None for a programme nobody defined."""
    if plan.programme_id not in programmes.list_ids():
        return None
    return programmes.load(plan.programme_id).as_at(on)


def problems_of(plan: Plan, *, on: datetime.date) -> tuple[Problem, ...]:
    """List what stands between a plan and its approval, as ``schoolhubs plan check`` does."""
    record = as_it_would_be_approved(plan)
    return plans.check(record, rules=rules_of(record, on))


def why_not_in_force(plan: Plan, *, on: datetime.date) -> tuple[Problem, ...]:
    """Say why a plan is not in force; nothing for one that is."""
    rules = rules_of(plan, on)
    if rules is None:
        return plans.check(record_of(plan), rules=None)
    return plans.watching.why_not_in_force(
        record_of(plan), rules=rules, findings=findings_by_id(record_of(plan))
    )


def findings_by_id(record: ActionPlan) -> dict[str, str]:
    """Give the root cause of each finding that a plan rests on."""
    return {each.finding_id: each.root_cause for each in record.findings}


def told(problem: Problem) -> dict[str, str]:
    """Give a problem as ``plan check --json`` writes it.

    >>> told(Problem(code="x", column="actions.a1", fault="no title", remedy="Write it."))
    {'code': 'x', 'where': 'actions.a1', 'text': 'no title. Write it.'}
    """
    text = f"{problem.fault}. {problem.remedy}".strip()
    return {"code": problem.code, "where": problem.column or problem.file, "text": text}


def screens_of(plan: Plan) -> Mapping[str, ActionScreen]:
    """Give what is noted of each action's screen in the version that stands, by action."""
    rows = ActionScreen.objects.filter(version__plan=plan, version__number=plan.number)
    return {each.action_id: each for each in rows}


def authors_of(plan: Plan) -> set[str]:
    """Give everybody who edited a plan, as the audit log keeps people."""
    edits = PlanVersion.objects.filter(plan=plan, kind=Kind.EDIT)
    return set(edits.values_list("made_by", flat=True))


def cards_of(plan: Plan) -> dict[str, Card]:
    """Give where actions stand, by action; one without a card is not started."""
    return {each.action_id: each for each in plan.cards.all()}
