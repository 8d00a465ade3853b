"""What a person chose where two edits of one plan clash."""

from collections.abc import Mapping, Sequence
from typing import Any

from schoolhubs.plans.editing.merging import GONE, KNOWN_BY, Clash, Merged
from schoolhubs.vocabulary.records.plan import ActionPlan

OURS, THEIRS = "ours", "theirs"


def settle(merged: Merged, chosen: Mapping[str, str]) -> Merged:
    """Put what was chosen in each clash into the merged plan.

    Parameters
    ----------
    merged
        As ``merge`` gave it.
    chosen
        ``ours`` or ``theirs`` by the place of a clash; one that is not named stays a clash.

    Returns
    -------
    The plan with every choice, and the clashes that are left.

    Examples
    --------
    >>> import dataclasses
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
    told = merged.plan.as_dict()
    for clash in merged.clashes:
        side = chosen.get(clash.where)
        if side in {OURS, THEIRS}:
            _put(told, clash, clash.ours if side == OURS else clash.theirs)
    left = tuple(each for each in merged.clashes if chosen.get(each.where) not in {OURS, THEIRS})
    return Merged(plan=ActionPlan.from_dict(told), clashes=left)


def _put(told: dict[str, Any], clash: Clash, value: Any) -> None:
    """Put a value in its place; an entry of a list that is chosen away is taken out."""
    *parents, last = clash.where.split(".")
    held: Any = told
    for name in parents:
        held = held[name] if isinstance(held, Mapping) else _entry(held, name)
    if isinstance(held, Sequence):
        at = next((n for n, each in enumerate(held) if last in _names(each)), None)
        assert isinstance(held, list)
        if at is None:
            held += [] if value is GONE else [value]
        elif value is GONE:
            del held[at]
        else:
            held[at] = value
    else:
        held[last] = value


def _entry(held: Sequence[Mapping[str, Any]], name: str) -> Mapping[str, Any]:
    return next(each for each in held if name in _names(each))


def _names(each: Mapping[str, Any]) -> set[Any]:
    """Give what an entry of a list is known by."""
    return {each[key] for key in set(KNOWN_BY.values()) if key in each}
