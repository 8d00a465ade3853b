"""An independent check of a re-match: who had to go, who was not to move, and what is told of it.

As in the checker, plain loops over plain dictionaries, and nothing that the solver uses.
"""

import collections
import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from schoolhubs.vocabulary.errors import Problem
from schoolhubs.vocabulary.records.matching import Rematch

Row = Mapping[str, Any]
Slot = tuple[str, str]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The plan that was there, and what is left of it.

    ``had`` is the slot of each waiting partner of the plan, ``stays`` of those that could keep
    theirs, ``held`` of those that must, ``n_over`` the schools above the places of each slot.
    ``closed`` slots let nobody new in but the ``pinned``. ``safe`` partners keep a place somewhere.
    """

    had: Mapping[str, Slot]
    stays: Mapping[str, Slot]
    held: Mapping[str, Slot]
    n_over: Mapping[Slot, int]
    closed: frozenset[Slot] = frozenset()
    pinned: Mapping[str, str] = dataclasses.field(default_factory=dict)
    safe: frozenset[str] = frozenset()

    def lets(self, urn: str, slot: Slot) -> bool:
        """Tell whether the plan leaves a partner a slot."""
        if urn in self.held:
            return self.held[urn] == slot
        return slot not in self.closed or urn in self.pinned or self.stays.get(urn) == slot


NO_PLAN = Standing(had={}, stays={}, held={}, n_over={})


def standing(
    current: Sequence[Row],
    waiting: Mapping[str, Row],
    free: Mapping[Slot, int],
    may: Callable[[str, str], bool],
    pinned: Mapping[str, str],
    *,
    keep_others: bool,
    may_lose_place: bool,
) -> Standing:
    """Say what is left of a plan.

    Parameters
    ----------
    current
        Rows of the plan.
    waiting
        Partners to be matched.
    free, may, pinned
        As for the board of floors.
    """
    had = {
        row["urn"]: (row["lead_urn"], row["pathway"]) for row in current if row["urn"] in waiting
    }
    stays = {
        urn: slot
        for urn, slot in had.items()
        if slot in free
        and slot[1] in (waiting[urn]["pathways"] or ())
        and pinned.get(urn, slot[0]) == slot[0]
        and may(urn, slot[0])
    }
    n_over = {
        slot: n - free[slot]
        for slot, n in collections.Counter(stays.values()).items()
        if n > free[slot]
    }
    fixed = {row["urn"] for row in current if row.get("is_held")}
    held = {
        urn: slot
        for urn, slot in stays.items()
        if urn in fixed or (keep_others and slot not in n_over)
    }
    closed = frozenset(n_over) if keep_others or not may_lose_place else frozenset()
    safe = set() if may_lose_place else {urn for urn, slot in stays.items() if slot not in n_over}
    return Standing(
        had=had,
        stays=stays,
        held=held,
        n_over=n_over,
        closed=closed,
        pinned=pinned,
        safe=frozenset(safe),
    )


def broken(told: Rematch, at: Mapping[str, Slot], plan: Standing) -> Iterator[Problem]:
    """Find schools that were moved though they must not be, and what is told wrongly.

    Parameters
    ----------
    at
        Slot of each partner that is matched.
    """
    for urn, slot in plan.held.items():
        if at.get(urn) != slot:
            yield Problem(
                code="held_moved", urn=urn, fault=f"{urn} was not to be moved from {slot}"
            )
    for urn in plan.safe - at.keys():
        yield Problem(code="place_lost", urn=urn, fault=f"{urn} was to keep a place and has none")
    gone = {urn for urn in plan.had if urn not in plan.stays}
    left = {urn for urn, slot in plan.stays.items() if at.get(urn) != slot}
    for urn in gone - set(told.displaced):
        yield Problem(
            code="not_displaced", urn=urn, fault=f"{urn} lost its pair and is not told of"
        )
    extra = collections.Counter(plan.stays.get(urn) for urn in set(told.displaced) - gone)
    for place in extra.keys() | plan.n_over.keys():
        n_over = plan.n_over.get(place, 0) if place else 0
        if extra[place] != n_over:
            fault = f"{extra[place]} schools of {place} are told to be displaced, not {n_over}"
            yield Problem(code="false_displaced", fault=fault)
    for urn in at.keys() - plan.stays.keys():
        if at[urn] in plan.closed and urn not in plan.pinned:
            fault = f"{urn} came to {at[urn]}, which somebody had to leave"
            yield Problem(code="others_moved", urn=urn, fault=fault)
    yield from _told_wrongly(told, at, plan, left)


def _told_wrongly(
    told: Rematch, at: Mapping[str, Slot], plan: Standing, left: set[str]
) -> Iterator[Problem]:
    displaced = set(told.displaced)
    parts = {
        "replaced": (told.replaced, {urn for urn in displaced if urn in at}),
        "unmatched": (told.unmatched, {urn for urn in displaced if urn not in at}),
        "moved_others": (told.moved_others, left - displaced),
        "newly_matched": (told.newly_matched, at.keys() - plan.had.keys()),
    }
    for name, (said, found) in parts.items():
        if set(said) != found or len(said) != len(found):
            fault = f"{name} tells of {len(said)} schools, not of the {len(found)} there are"
            yield Problem(code="moves_disagree", value=name, fault=fault)
    rows = {row["urn"]: row for row in told.changes.to_dicts()}
    named = displaced | {urn for said, _ in parts.values() for urn in said}
    for urn in sorted(named ^ rows.keys()):
        yield Problem(code="moves_disagree", urn=urn, fault=f"{urn} has no row, or one too many")
    for urn in sorted(named & rows.keys()):
        row = rows[urn]
        before, after = (
            (row["lead_before"], row["pathway_before"]),
            (row["lead_urn"], row["pathway"]),
        )
        if before != plan.had.get(urn, (None, None)) or after != at.get(urn, (None, None)):
            fault = f"{urn} is told to go from {before} to {after}"
            yield Problem(code="moves_disagree", urn=urn, fault=fault)
