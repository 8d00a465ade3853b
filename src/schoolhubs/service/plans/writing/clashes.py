"""A place that two people changed, in words: where it is, and what each of them wrote."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from schoolhubs.plans import facts
from schoolhubs.vocabulary.records.plan import ActionPlan
from schoolhubs.vocabulary.words import plain

ONE = {
    "objectives": ("Objective", "objective_id"), "actions": ("Action", "action_id"),
    "screens": ("Screen of the action", "action_id"), "consultations": ("Consultation of", ""),
}  # fmt: skip


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One clash as the page shows it."""

    where: str
    words: str
    before: str
    ours: str
    theirs: str


def shown(clash: facts.Clash, plan: ActionPlan) -> Shown:
    """Put a clash into words.

    Examples
    --------
    >>> clash = facts.Clash(path=("title",), before="Old", ours="Mine", theirs=None)
    >>> told = shown(clash, ActionPlan(plan_id="p1"))
    >>> told.words, told.ours, told.theirs
    ('Title', 'Mine', 'Nothing: it was left blank or taken out')
    """
    return Shown(
        where=clash.where, words=_place(clash.path, plan), before=said(clash.before),
        ours=said(clash.ours), theirs=said(clash.theirs),
    )  # fmt: skip


def _place(path: Sequence[str], plan: ActionPlan) -> str:
    kind, *rest = path
    if kind not in ONE or not rest:
        return ", ".join(plain(each) for each in path)
    called, key = ONE[kind]
    name, *field = rest
    held = plan.objectives if kind == "objectives" else plan.actions
    titles = {getattr(each, key): each.title for each in held if key and hasattr(each, key)}
    title = titles.get(name) or plain(name).lower()
    within = ", ".join(plain(each).lower() for each in field)
    return f"{called} “{title}”" + (f": {within}" if within else "")


def said(value: Any) -> str:
    r"""Write a value of a plan so that it can be read: a line each of what has many.

    >>> said(["one", {"what": "Quiet room", "owner": ""}])
    'one\nWhat: Quiet room'
    """
    if value is None or value == "" or value == []:
        return "Nothing: it was left blank or taken out"
    if isinstance(value, list):
        return "\n".join(said(each) for each in value)
    if isinstance(value, dict):
        kept = {name: each for name, each in value.items() if each not in (None, "", [])}
        return "; ".join(f"{plain(name)}: {said(each)}" for name, each in kept.items())
    return str(value)
