"""Two people editing one plan: both edits kept, both versions shown where they clash."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from schoolhubs.vocabulary.records.plan import ActionPlan, Screen

# What the entries of a list are known by; other lists are taken whole.
KNOWN_BY = {
    "findings": "finding_id", "audit_steps": "step", "objectives": "objective_id",
    "actions": "action_id", "screens": "action_id", "answers": "question",
    "consultations": "consulted",
}  # fmt: skip
GONE: Any = None
Path = tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """A place that both changed, each in another way; None is what is not there.

    Attributes
    ----------
    path
        The way to it, such as ``("objectives", "o1", "owner")``.
    """

    path: tuple[str, ...]
    before: Any
    ours: Any
    theirs: Any

    @property
    def where(self) -> str:
        """The place in one word, ``objectives.o1.owner``; no two clashes share one."""
        return ".".join(name.replace("%", "%25").replace(".", "%2E") for name in self.path)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """Both edits in one plan.

    Attributes
    ----------
    mixed
        Every edit that does not clash; where edits clash, ours.
    clashes
        Both versions of each place that a person has to decide.
    edits
        The two edits, whose screens somebody may have reviewed.
    """

    mixed: ActionPlan
    clashes: tuple[Clash, ...]
    edits: tuple[ActionPlan, ...]

    @property
    def plan(self) -> ActionPlan:
        """What was mixed, without the review of a screen that neither edit has word for word."""
        held = {_but_reopenings(each) for edit in self.edits for each in edit.screens}
        screens = tuple(
            each
            if _but_reopenings(each) in held
            else dataclasses.replace(each, reviewer="", reviewed_on=None)
            for each in self.mixed.screens
        )
        return dataclasses.replace(self.mixed, screens=screens)


def _but_reopenings(screen: Screen) -> Screen:
    return dataclasses.replace(screen, reopenings=())


def merge(before: ActionPlan, ours: ActionPlan, theirs: ActionPlan) -> Merged:
    """Merge two edits of one plan.

    Nothing that either wrote is lost: it is in the plan, or shown in a clash. To take out what the
    other changed is a clash too, and it stays in the plan. A merged plan is not approved, and a
    screen of both hands is reviewed by nobody.

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
    edits = [dataclasses.replace(each, approval=None).as_dict() for each in (before, ours, theirs)]
    told = _with_removals_told(edits, clashes)
    mixed = ActionPlan.from_dict(_merged(told[0], told[1], told[2], (), clashes))
    return Merged(mixed=mixed, clashes=tuple(clashes), edits=(ours, theirs))


def _with_removals_told(edits: Sequence[Any], clashes: list[Clash]) -> list[Any]:
    """Tell an action that one took out and the other worked on: one clash, with its screen.

    It is put back as the other has it, so that the action and its screen stay or go together.
    """
    told = [dict(each) for each in edits]
    held = [_actions(each) for each in edits]
    for name in held[0] if all(each is not None for each in held) else ():
        first, *sides = (each.get(name, (GONE, GONE)) for each in held)
        gone = [side[0] is GONE for side in sides]
        kept = sides[0] if gone[1] else sides[1]
        if sum(gone) != 1 or kept == first:
            continue
        clashes.append(
            Clash(path=("actions", name), before=first[0], ours=sides[0][0], theirs=sides[1][0])
        )
        without = told[1 if gone[0] else 2]
        without["actions"] = [*without["actions"], kept[0]]
        others = [each for each in without["screens"] if each["action_id"] != name]
        without["screens"] = [*others, *([] if kept[1] is GONE else [kept[1]])]
    return told


def _actions(told: Mapping[str, Any]) -> Any:
    """Give each action with its screen by name; None where two share one."""
    actions, screens = (_by("action_id", told[name]) for name in ("actions", "screens"))
    if actions is None or screens is None:
        return None
    return {name: (each, screens.get(name, GONE)) for name, each in actions.items()}


def _merged(before: Any, ours: Any, theirs: Any, path: Path, clashes: list[Clash]) -> Any:
    if ours == theirs or theirs == before:
        return ours
    if ours == before:
        return theirs
    is_whole = path[-1:] == ("baseline",) or path[-2:-1] == ("answers",)
    if isinstance(ours, Mapping) and isinstance(theirs, Mapping) and not is_whole:
        earlier = before if isinstance(before, Mapping) else {}
        return {
            name: _merged(earlier.get(name), ours[name], theirs[name], (*path, name), clashes)
            for name in ours
        }
    key = KNOWN_BY.get(path[-1]) if path else None
    if key and isinstance(ours, list) and isinstance(theirs, list):
        lists = [_by(key, each or []) for each in (before, ours, theirs)]
        if all(held is not None for held in lists):
            return _merged_lists(lists, path, clashes)
    clashes.append(Clash(path=path, before=before, ours=ours, theirs=theirs))
    return ours


def _by(key: str, entries: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Give entries by their name; None where two share one."""
    held = {each[key]: each for each in entries}
    return held if len(held) == len(entries) else None


def _merged_lists(lists: Sequence[Any], path: Path, clashes: list[Clash]) -> list[Any]:
    before, ours, theirs = lists
    out = []
    for name in dict.fromkeys([*ours, *theirs]):
        at, here, there = (*path, name), ours.get(name), theirs.get(name)
        earlier = before.get(name)
        if here is GONE or there is GONE:
            kept = there if here is GONE else here
            if earlier is GONE:
                out.append(kept)
            elif kept != earlier:
                clashes.append(Clash(path=at, before=earlier, ours=here, theirs=there))
                out.append(kept)
        else:
            out.append(_merged(earlier, here, there, at, clashes))
    return out
