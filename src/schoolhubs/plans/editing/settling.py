"""What a person chose where two edits of one plan clash."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from schoolhubs.plans.editing.merging import GONE, KNOWN_BY, Merged, Path
from schoolhubs.vocabulary.records.plan import ActionPlan

OURS, THEIRS = "ours", "theirs"


def settle(merged: Merged, chosen: Mapping[str, str]) -> Merged:
    """Put what was chosen in each clash into the merged plan.

    Parameters
    ----------
    merged
        As ``merge`` gave it.
    chosen
        ``ours`` or ``theirs`` by :attr:`Clash.where`; one that is not named stays a clash.

    Returns
    -------
    The plan with every choice, and the clashes that are left.

    Examples
    --------
    >>> from schoolhubs.plans.editing.merging import merge
    >>> first = ActionPlan(plan_id="p1", title="Old")
    >>> both = [dataclasses.replace(first, title=title) for title in ("Ours", "Theirs")]
    >>> merged = merge(first, *both)
    >>> settled = settle(merged, {"title": "theirs"})
    >>> settled.plan.title, settled.clashes
    ('Theirs', ())
    >>> settle(merged, {}).clashes == merged.clashes
    True
    """
    told = merged.mixed.as_dict()
    gone = _gone(merged, chosen)
    for clash in merged.clashes:
        side = chosen.get(clash.where)
        if side in {OURS, THEIRS}:
            _put(told, clash.path, clash.ours if side == OURS else clash.theirs)
    for _, name in gone:
        told["screens"] = [each for each in told["screens"] if each["action_id"] != name]
    left = tuple(each for each in merged.clashes if chosen.get(each.where) not in {OURS, THEIRS})
    return dataclasses.replace(merged, mixed=ActionPlan.from_dict(told), clashes=left)


def _gone(merged: Merged, chosen: Mapping[str, str]) -> set[Path]:
    """Give the actions that are chosen away; their screens go with them."""
    return {
        each.path
        for each in merged.clashes
        if len(each.path) == 2
        and each.path[0] == "actions"
        and chosen.get(each.where) in {OURS, THEIRS}
        and getattr(each, chosen[each.where]) is GONE
    }


def _put(told: dict[str, Any], path: Path, value: Any) -> None:
    """Put a value in its place; an entry of a list that is chosen away is taken out.

    An entry is known by what the list that holds it goes by, and by nothing else it may have.
    """
    held: Any = told
    for at, name in enumerate(path):
        is_last = at == len(path) - 1
        if isinstance(held, list):
            key = KNOWN_BY[path[at - 1]]
            place = next((n for n, each in enumerate(held) if each[key] == name), None)
            if is_last:
                _put_entry(held, place, value)
            else:
                assert place is not None
                held = held[place]
        elif is_last:
            held[name] = value
        else:
            held = held[name]


def _put_entry(held: list[Any], place: int | None, value: Any) -> None:
    if place is None:
        held += [] if value is GONE else [value]
    elif value is GONE:
        del held[place]
    else:
        held[place] = value
