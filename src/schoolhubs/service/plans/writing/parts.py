"""Puts a part into a plan, or takes one out; the plan given stays as it is."""

import dataclasses
import secrets
from collections.abc import Sequence
from typing import Any, TypeVar

from schoolhubs.vocabulary.records.plan import ActionPlan

Part = TypeVar("Part")
KNOWN_BY = {
    "objectives": "objective_id", "actions": "action_id", "screens": "action_id",
    "consultations": "consulted",
}  # fmt: skip


def new_id(letter: str) -> str:
    """Give a name that no other part has: two people who add at once add two parts."""
    return f"{letter}{secrets.token_hex(4)}"


def part_of(plan: ActionPlan, kind: str, name: str) -> Any:
    """Give one part of a plan; None where it has none of that name.

    >>> part_of(ActionPlan(plan_id="p1"), "actions", "a1") is None
    True
    """
    held = getattr(plan, kind)
    return next((each for each in held if getattr(each, KNOWN_BY[kind]) == name), None)


def with_part(plan: ActionPlan, kind: str, part: Any) -> ActionPlan:
    """Put a part in the place of the one of its name, or at the end.

    >>> from schoolhubs.vocabulary.records.plan import Objective
    >>> one = with_part(ActionPlan(plan_id="p1"), "objectives", Objective(objective_id="o1"))
    >>> len(with_part(one, "objectives", Objective(objective_id="o1", title="Anew")).objectives)
    1
    """
    held: Sequence[Any] = getattr(plan, kind)
    key = KNOWN_BY[kind]
    name = getattr(part, key)
    is_new = part_of(plan, kind, name) is None
    parts = [part if getattr(each, key) == name else each for each in held]
    return dataclasses.replace(plan, **{kind: (*parts, *([part] if is_new else []))})  # type: ignore[arg-type]


def without_part(plan: ActionPlan, kind: str, name: str) -> ActionPlan:
    """Take a part out: an action with its screen.

    >>> from schoolhubs.vocabulary.records.plan import PlannedAction
    >>> plan = ActionPlan(plan_id="p1", actions=(PlannedAction(action_id="a1"),))
    >>> without_part(plan, "actions", "a1").actions
    ()
    """
    kinds = ("actions", "screens") if kind == "actions" else (kind,)
    return dataclasses.replace(
        plan,
        **{
            each: tuple(one for one in getattr(plan, each) if getattr(one, KNOWN_BY[each]) != name)
            for each in kinds
        },  # type: ignore[arg-type]
    )
