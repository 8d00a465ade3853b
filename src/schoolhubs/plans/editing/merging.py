"""Two people editing one plan: both edits kept, both versions shown where they clash."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from schoolhubs.vocabulary.records.plan import ActionPlan

# What the entries of a list are known by; other lists are taken whole.
KNOWN_BY = {
    "findings": "finding_id", "audit_steps": "step", "objectives": "objective_id",
    "actions": "action_id", "screens": "action_id", "answers": "question",
    "consultations": "consulted",
}  # fmt: skip
GONE: Any = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """A place that both changed, each in another way; None is what is not there.

    Attributes
    ----------
    where
        Such as ``objectives.o1.owner``.
    """

    where: str
    before: Any
    ours: Any
    theirs: Any


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """Both edits in one plan.

    Attributes
    ----------
    plan
        With every edit that does not clash; where edits clash, ours.
    clashes
        Both versions of each place that a person has to decide.
    """

    plan: ActionPlan
    clashes: tuple[Clash, ...]


def merge(before: ActionPlan, ours: ActionPlan, theirs: ActionPlan) -> Merged:
    """Merge two edits of one plan.

    Nothing that either wrote is lost: it is in the plan, or shown in a clash. To take out what the
    other changed is a clash too, and it stays in the plan. A merged plan is not approved.

    Parameters
    ----------
    before
        What both began from.
    ours, theirs
        The two edits.

    Examples
    --------
    >>> first = ActionPlan(plan_id="p1", title="Old", phase="primary")
    >>> ours = dataclasses.replace(first, title="Ours")
    >>> theirs = dataclasses.replace(first, title="Theirs", phase="secondary")
    >>> merged = merge(first, ours, theirs)
    >>> merged.plan.phase, [(each.where, each.ours, each.theirs) for each in merged.clashes]
    ('secondary', [('title', 'Ours', 'Theirs')])
    """
    clashes: list[Clash] = []
    told = [dataclasses.replace(each, approval=None).as_dict() for each in (before, ours, theirs)]
    merged = _merged(told[0], told[1], told[2], "", clashes)
    return Merged(plan=ActionPlan.from_dict(merged), clashes=tuple(clashes))


def _merged(before: Any, ours: Any, theirs: Any, where: str, clashes: list[Clash]) -> Any:
    if ours == theirs or theirs == before:
        return ours
    if ours == before:
        return theirs
    if isinstance(ours, Mapping) and isinstance(theirs, Mapping):
        earlier = before if isinstance(before, Mapping) else {}
        return {
            name: _merged(earlier.get(name), ours[name], theirs[name], _at(where, name), clashes)
            for name in ours
        }
    key = KNOWN_BY.get(where.rpartition(".")[2])
    if key and isinstance(ours, list) and isinstance(theirs, list):
        lists = [_by(key, each or []) for each in (before, ours, theirs)]
        if all(held is not None for held in lists):
            return _merged_lists(lists, where, clashes)
    clashes.append(Clash(where=where, before=before, ours=ours, theirs=theirs))
    return ours


def _by(key: str, entries: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Give entries by their name; None where two share one."""
    held = {each[key]: each for each in entries}
    return held if len(held) == len(entries) else None


def _merged_lists(lists: Sequence[Any], where: str, clashes: list[Clash]) -> list[Any]:
    before, ours, theirs = lists
    out = []
    for name in dict.fromkeys([*ours, *theirs]):
        at, here, there = _at(where, name), ours.get(name), theirs.get(name)
        earlier = before.get(name)
        if here is GONE or there is GONE:
            kept = there if here is GONE else here
            if earlier is GONE:
                out.append(kept)
            elif kept != earlier:
                clashes.append(Clash(where=at, before=earlier, ours=here, theirs=there))
                out.append(kept)
        else:
            out.append(_merged(earlier, here, there, at, clashes))
    return out


def _at(where: str, name: str) -> str:
    return f"{where}.{name}".lstrip(".")
