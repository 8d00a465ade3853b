"""A whole plan that can be approved: the one that the how-to page shows."""

import dataclasses
import datetime
import functools
import re
from pathlib import Path

import yaml

from schoolhubs import plans, programmes
from schoolhubs.vocabulary.records.plan import ActionPlan, PlannedAction, Screen, ScreenAnswer
from schoolhubs.vocabulary.records.rules import RulesAsAt

PAGE = Path(__file__).parents[1] / "docs" / "how-to" / "write-a-plan.md"
DAY = datetime.date(2026, 11, 22)
FINDINGS = {"f1": "rising_absence_unseen"}


def text() -> str:
    """Give the plan as it is written on the page."""
    found = re.search(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    return found[1]


@functools.cache
def whole_plan() -> ActionPlan:
    return ActionPlan.from_dict(yaml.safe_load(text()))


def rules(programme_id: str = "rise-hubs-2025") -> RulesAsAt:
    return programmes.load(programme_id).as_at(DAY)


def consequence_of(action: PlannedAction) -> ScreenAnswer:
    """Answer the first question of a screen as the words of the action have it."""
    said = "some" if plans.facts.changes_sanction(action) else "none"
    return ScreenAnswer(question="consequence", answer=said)


def with_action(plan: ActionPlan, action: PlannedAction) -> ActionPlan:
    """Put an action in the place of the plan's, screened with every question answered."""
    first = Screen(action_id=action.action_id, answers=(consequence_of(action),))
    answers = tuple(
        ScreenAnswer(question=each.question, answer="adjusted", reason="Written for the test.")
        for each in plans.screen(action, first).questions[1:]
    )
    answers = (*first.answers, *answers)
    old = plan.screens[0]
    done = Screen(
        action_id=action.action_id, screened_version=action.version, answers=answers,
        adjustments=old.adjustments, evidence=old.evidence, consulted=old.consulted,
        reviewer=old.reviewer, reviewed_on=old.reviewed_on,
    )  # fmt: skip
    return dataclasses.replace(plan, actions=(action,), screens=(done,))
