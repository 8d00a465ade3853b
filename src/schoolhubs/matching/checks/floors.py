"""An independent check of the floors: counted again, worked out again, certificates followed.

As in the checker, plain loops over plain dictionaries, and nothing that the solver uses. The most
need that can be served is found by letting schools in one by one, greatest need first, each by a
chain of moves; a school that no chain lets in never could be, so this is the most there is
(schools that can be placed together form a matroid).
"""

import collections
import dataclasses
import math
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from fractions import Fraction
from typing import Any

from schoolhubs.matching.checks.plans import NO_PLAN, Standing
from schoolhubs.vocabulary.errors import Problem
from schoolhubs.vocabulary.records.matching import (
    FloorGroup,
    FloorResult,
    MatchingRules,
    MatchResult,
)

Row = Mapping[str, Any]
Slot = tuple[str, str]
SMALL = Fraction(1, 10**6)  # of a need point: what rounding may have moved


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Who is to be placed, where each may be, and where each is.

    ``group`` and ``need`` have every partner that is not placed already; ``options`` the slots
    with places that the rules leave it, whatever is pinned; ``pinned`` the lead of those that
    are; ``at`` the slot of those matched; ``free`` the places of each slot; ``plan`` what a
    re-match starts from.
    """

    group: Mapping[str, str]
    need: Mapping[str, int]
    options: Mapping[str, Sequence[Slot]]
    pinned: Mapping[str, str]
    at: Mapping[str, Slot]
    free: Mapping[Slot, int]
    plan: Standing

    def moves(self, urn: str) -> Iterator[Slot]:
        """Slots a partner may be in, its pin and the plan of a re-match kept."""
        lead = self.pinned.get(urn)
        return (
            slot
            for slot in self.options[urn]
            if lead in (None, slot[0]) and self.plan.lets(urn, slot)
        )

    def may_wait(self, urn: str) -> bool:
        """Tell whether a partner may be left out."""
        return urn not in self.pinned and urn not in {*self.plan.held, *self.plan.safe}


def set_out(
    result: MatchResult,
    partners: Mapping[str, Row],
    free: Mapping[Slot, int],
    may: Callable[[str, str], bool],
    pinned: Mapping[str, str],
    rules: MatchingRules,
    plan: Standing = NO_PLAN,
) -> Board:
    """Set out the board of a match.

    Parameters
    ----------
    partners
        By URN, without those placed already.
    free
        Slots with places, and how many.
    may
        Tells for a partner and a lead whether the hard rules leave them each other.
    pinned
        Lead of each partner that is pinned.
    """
    leads = sorted({lead for lead, _ in free})
    options = {}
    for urn, row in partners.items():
        allowed = {lead for lead in leads if may(urn, lead)}
        wanted = set(row["pathways"] or ())
        options[urn] = [slot for slot in free if slot[0] in allowed and slot[1] in wanted]
    at = result.matches.select("urn", "lead_urn", "pathway").iter_rows()
    return Board(
        group={urn: _group(row, rules) for urn, row in partners.items()},
        need={urn: row["need_weight"] for urn, row in partners.items()},
        options=options,
        pinned=pinned,
        at={urn: (lead, pathway) for urn, lead, pathway in at if urn in partners},
        free=free,
        plan=plan,
    )


def _group(partner: Row, rules: MatchingRules) -> str:
    region: str = partner.get("region") or "Region not known"
    by_phase = rules.floor_group is FloorGroup.REGION_AND_PHASE
    return f"{region}, {partner['phase'].replace('_', ' ')}" if by_phase else region


def broken(floors: Sequence[FloorResult], board: Board, rules: MatchingRules) -> Iterator[Problem]:
    """Find floors that were counted, worked out or excused wrongly."""
    told = {floor.group: floor for floor in floors}
    members = collections.defaultdict(list)
    for urn, group in board.group.items():
        members[group].append(urn)
    for group in sorted(told.keys() ^ members.keys()):
        yield _false(group, "it is told about, or left out, against the partners' own groups")
    total = sum(board.need.values())
    reached = sum(board.need[urn] for urn in board.at)
    share = Fraction(str(rules.floor_share)) * Fraction(_most_need(board), total or 1)
    for group in sorted(told.keys() & members.keys()):
        floor, urns = told[group], members[group]
        own = sum(board.need[urn] for urn in urns)
        held = sum(board.need[urn] for urn in urns if urn in board.at)
        n_matched = sum(urn in board.at for urn in urns)
        if (floor.n_partners, floor.n_matched) != (len(urns), n_matched):
            said = f"{floor.n_matched} of {floor.n_partners}"
            yield _false(group, f"{said} schools are said to be matched, not {n_matched}")
        low, high = _bounds([board.need[urn] for urn in urns], share * own)
        if not low <= floor.n_wanted <= high:
            yield _false(group, f"{floor.n_wanted} schools are asked for, not {low} to {high}")
        if floor.n_floor != min(floor.n_wanted, n_matched):
            yield _false(group, f"the floor is {floor.n_floor} with {n_matched} matched")
        for stated, part, whole in (
            (floor.need_share, held, own),
            (floor.national_need_share, reached, total),
        ):
            if (stated is None) != (not whole) or abs((stated or 0) - part / (whole or 1)) > 1e-9:
                yield _false(group, f"a share of need is {stated}, not {part} of {whole}")
        yield from _certificate(floor, board, told)


def _false(group: str, fault: str) -> Problem:
    return Problem(code="false_floor", value=group, fault=f"floor of {group}: {fault}")


def _bounds(needs: Sequence[int], points: Fraction) -> tuple[int, int]:
    """Fewest schools that can hold so much need, and the fewest of which any so many do."""
    rising = sorted(needs)
    return (
        _how_many(rising[::-1], math.ceil(points - SMALL)),
        _how_many(rising, math.ceil(points + SMALL)) if points > 0 else 0,
    )


def _how_many(needs: Sequence[int], points: int) -> int:
    held = 0
    for n, need in enumerate(needs):
        if held >= points:
            return n
        held += need
    return len(needs)


def _most_need(board: Board) -> int:
    """Most need that can be served with no floor and no pin."""
    inside = _Inside(board)
    by_need = sorted(board.need, key=lambda urn: (-board.need[urn], urn))
    return sum(board.need[urn] for urn in by_need if board.need[urn] > 0 and inside.let_in(urn))


class _Inside:
    """Who is let in, slot by slot, and which of them could move where."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.load: collections.Counter[Slot] = collections.Counter()
        self.full: set[Slot] = set()
        self.ways: dict[Slot, dict[Slot, set[str]]] = {
            slot: collections.defaultdict(set) for slot in board.free
        }

    def let_in(self, urn: str) -> bool:
        """Let one more in by a chain of moves; slots that no chain leaves are full for good."""
        came: dict[Slot, tuple[str, Slot | None]] = {
            slot: (urn, None) for slot in self.board.options[urn] if slot not in self.full
        }
        queue = list(came)
        for slot in queue:
            if self.load[slot] < self.board.free[slot]:
                self._move_along(slot, came)
                return True
            for other, movers in self.ways[slot].items():
                if movers and other not in came and other not in self.full:
                    came[other] = (next(iter(movers)), slot)
                    queue.append(other)
        self.full.update(came)
        return False

    def _move_along(self, slot: Slot, came: Mapping[Slot, tuple[str, Slot | None]]) -> None:
        self.load[slot] += 1
        to: Slot | None = slot
        while to is not None:
            mover, left = came[to]
            for other in self.board.options[mover]:
                self.ways[to][other].add(mover)
                if left is not None:
                    self.ways[left][other].discard(mover)
            to = left


def _certificate(
    floor: FloorResult, board: Board, told: Mapping[str, FloorResult]
) -> Iterator[Problem]:
    """Follow every move that could let a school of a short group in."""
    slots: Set[Slot] = frozenset()
    if floor.n_floor < floor.n_wanted:
        slots, groups = _within_reach(floor.group, board)
        holding = collections.Counter(board.at.values())
        short = {
            group: told[group].n_wanted - told[group].n_matched for group in groups & told.keys()
        }
        for slot in sorted(slots):
            if holding[slot] < board.free[slot]:
                yield _false(
                    floor.group, f"it is short, though {slot} has a place that it can have"
                )
        for group in sorted(short):
            if short[group] < 0 or short[group] + 1 < short[floor.group]:
                yield _false(floor.group, f"it is short, though {group} could give it a place")
    leads = tuple(sorted({lead for lead, _ in slots}))
    places = sum(board.free[slot] for slot in slots)
    if (floor.binding_lead_urns, floor.n_binding_places) != (leads, places):
        yield _false(floor.group, f"what binds it is {places} places of {', '.join(leads)}")


def _within_reach(group: str, board: Board) -> tuple[set[Slot], set[str]]:
    """Slots and groups that moves from a group's waiting schools can lead to."""
    waiting, inside = collections.defaultdict(list), collections.defaultdict(list)
    for urn, own in board.group.items():
        if urn in board.at:
            inside[board.at[urn]].append(urn)
        else:
            waiting[own].append(urn)
    slots: set[Slot] = set()
    groups, queue = {group}, list(waiting[group])
    for urn in queue:
        for slot in board.moves(urn):
            if slot not in slots:
                slots.add(slot)
                queue += inside[slot]
        own = board.group[urn]
        if own not in groups and board.may_wait(urn):
            groups.add(own)
            queue += waiting[own]
    return slots, groups
