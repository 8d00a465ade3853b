"""How far the match is from a stable one, which nobody could better by agreeing between two.

We place for the public good and not by ranks, so a match need not be stable. The price of that
choice is reported: how many pairs would both rather have each other (a partner rather a nearer
lead, a lead rather a nearer partner or one more), and what the stable match would cost.

When both sides rank by the same minutes, deferred acceptance always gives the match made by
taking pairs from the nearest up; that is how it is made here. Source: D. Gale and L. S. Shapley,
"College admissions and the stability of marriage", 1962.
"""

import dataclasses

import numpy as np
from numpy.typing import NDArray

from schoolhubs.matching.optimum import goals
from schoolhubs.matching.optimum.network import Ints
from schoolhubs.matching.rules.pool import NOT_PINNED
from schoolhubs.matching.solved import Solved

UNMATCHED = -1


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Stability:
    """The match beside the stable one.

    ``n_blocking_pairs`` counts pairs of partner and lead that would leave this match for each
    other. The rest is the stable match less this one: need points served, schools matched,
    exceptions and minutes.
    """

    n_blocking_pairs: int
    need: int
    schools: int
    exceptions: int
    minutes: float


def stability(solved: Solved) -> Stability:
    """Compare a match with the stable match by minutes; pinned partners stay where they are."""
    arcs = solved.arcs
    stable = _nearest_first(solved)
    ours = np.where(arcs.serves[solved.chosen], solved.chosen, UNMATCHED)
    then, now = (_totals(solved, chosen) for chosen in (stable, ours))
    return Stability(
        n_blocking_pairs=_blocking_pairs(solved),
        need=int(then[0] - now[0]),
        schools=int(then[1] - now[1]),
        exceptions=int(then[2] - now[2]),
        minutes=(then[3] - now[3]) / 100,
    )


def _totals(solved: Solved, chosen: Ints) -> list[int]:
    arc = chosen[chosen != UNMATCHED]
    journeys = solved.arcs.hundredths[arc]
    need = solved.pool.need[solved.arcs.partner[arc]]
    over = goals.is_over(solved.pool.rules, journeys)
    return [int(total) for total in (need.sum(), len(arc), over.sum(), journeys.sum())]


def _is_pinned(solved: Solved) -> NDArray[np.bool_]:
    pinned: NDArray[np.bool_] = solved.pool.pinned_lead != NOT_PINNED
    return pinned


def _blocking_pairs(solved: Solved) -> int:
    """Count arcs that partner and lead both prefer to what they have."""
    arcs, n_slots = solved.arcs, len(solved.pool.slots.lead)
    loads = np.bincount(arcs.place[solved.chosen], minlength=n_slots)[:n_slots]
    mine = arcs.serves[solved.chosen] & ~_is_pinned(solved)
    farthest = np.full(n_slots, -1)
    taken = solved.chosen[mine]
    np.maximum.at(farthest, arcs.place[taken], arcs.hundredths[taken])
    has_room = loads < solved.pool.slots.n_free
    own = np.where(
        arcs.serves[solved.chosen], arcs.hundredths[solved.chosen], np.iinfo(np.int64).max
    )
    open_arcs = np.flatnonzero(arcs.serves & ~_is_pinned(solved)[arcs.partner])
    slot, journey = arcs.place[open_arcs], arcs.hundredths[open_arcs]
    wanted = journey < own[arcs.partner[open_arcs]]
    return int((wanted & (has_room[slot] | (journey < farthest[slot]))).sum())


def _nearest_first(solved: Solved) -> Ints:
    """Take pairs from the nearest up while partner and place are free; ties by URN."""
    arcs, pool = solved.arcs, solved.pool
    chosen = np.full(pool.partners.height, UNMATCHED)
    pinned = _is_pinned(solved)
    chosen[pinned] = solved.chosen[pinned]
    free = pool.slots.n_free - np.bincount(
        arcs.place[chosen[pinned]], minlength=len(pool.slots.lead)
    )
    room = free.tolist()
    waits = (chosen == UNMATCHED).tolist()
    usable = np.flatnonzero(arcs.serves)
    order = usable[np.argsort(arcs.hundredths[usable], kind="stable")]
    rows = zip(
        order.tolist(), arcs.partner[order].tolist(), arcs.place[order].tolist(), strict=True
    )
    for arc, partner, slot in rows:
        if waits[partner] and room[slot]:
            waits[partner] = False
            room[slot] -= 1
            chosen[partner] = arc
    return chosen
