"""A plan in the service that lacks nothing but its approval: the one that the how-to page shows."""

import dataclasses
import datetime
import json
from typing import Any

import pytest
from django.db import connection, transaction

from planned import whole_plan, with_action
from schoolhubs.service.plans import actions, facts
from schoolhubs.service.plans.actions import Who
from schoolhubs.service.plans.models import Kind, Plan
from schoolhubs.vocabulary.records.plan import (
    ActionPlan,
    AuditStep,
    Conditions,
    FindingNamed,
    PlannedAction,
)

ON = datetime.date(2026, 11, 22)
AT = datetime.datetime(2026, 11, 22, 9, tzinfo=datetime.UTC)
AUTHOR = Who(
    by="deputy", organisation="school:900001", at=AT, place="tests", name="Deputy head"
)  # fmt: skip
HEAD = dataclasses.replace(AUTHOR, by="head", name="Head")
REVIEWER = dataclasses.replace(AUTHOR, by="governor", name="Chair of governors")
FOUND = (FindingNamed(finding_id="f1", root_cause="rising_absence_unseen", title="Seen late"),)


def knows(
    monkeypatch: pytest.MonkeyPatch,
    findings: tuple[FindingNamed, ...] = FOUND,
    steps: tuple[AuditStep, ...] = (),
) -> None:
    """Let a school have these findings, and have done these steps."""
    monkeypatch.setattr(facts, "findings_of", lambda _: findings)
    monkeypatch.setattr(facts, "audit_steps_of", lambda _, __: steps)


def unreviewed(plan: ActionPlan) -> ActionPlan:
    """Take the reviews off a plan's screens."""
    bare = [dataclasses.replace(each, reviewer="", reviewed_on=None) for each in plan.screens]
    return dataclasses.replace(plan, screens=tuple(bare), approval=None)


def drafted(record: ActionPlan | None = None, urn: str = "900001", **more: Any) -> Plan:
    """Begin the plan, its screens answered and not reviewed."""
    first = unreviewed(record or whole_plan())
    return actions.begin(urn, first, who=AUTHOR, **more)


def reviewed(plan: Plan, record: ActionPlan | None = None) -> Plan:
    """Have somebody who is no author review each screen."""
    done = {each.action_id: each for each in (record or whole_plan()).screens}
    for name in done:
        stands = plan.versions.get(number=plan.number).record
        screens = tuple(
            dataclasses.replace(each, reviewer=REVIEWER.name, reviewed_on=ON)
            if each.action_id == name
            else each
            for each in stands.screens
        )
        edited = dataclasses.replace(stands, screens=screens)
        actions.save(
            plan, edited, base=plan.number, told="Reviewed", who=REVIEWER, kind=Kind.SCREEN,
            reviewed=name,
        )  # fmt: skip
    return plan


def ready(record: ActionPlan | None = None, **more: Any) -> Plan:
    """Give a plan that can be approved."""
    return reviewed(drafted(record, **more), record)


SANCTION = PlannedAction(
    action_id="a1", objective_id="o1", kind="sanction", library_id="weekly_rise_meeting",
    title="A talk at lunch for late arrival",
    first_steps=("Say what it is for",), staff_hours=2.0, cost_pence=0,
    for_whom="Pupils who come late",
    conditions=Conditions(turns_on="lateness", leaves_out=("illness", "medical", "disability")),
)  # fmt: skip

INSERT = """
INSERT INTO plans_approval (plan_id, version_id, digest, seal, approved_on, approved_at,
    approved_by, name, organisation, definition_version, audit)
SELECT p.id, v.id, v.digest, v.seal, %s, %s, 'head', 'Head', 'school:900001', '1', %s::jsonb
FROM plans_plan p JOIN plans_planversion v ON v.plan_id = p.id AND v.number = p.number
WHERE p.id = %s
"""


def by_hand(plan: Plan, steps: tuple[AuditStep, ...] = ()) -> None:
    """Write an approval past every door, in the service's own role."""
    told = [{**dataclasses.asdict(each), "finished_on": f"{each.finished_on}"} for each in steps]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(INSERT, [ON, AT, json.dumps(told), plan.pk])


def sanctioning() -> ActionPlan:
    return with_action(whole_plan(), SANCTION)
