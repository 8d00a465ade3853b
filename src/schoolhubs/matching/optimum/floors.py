"""Floors: a least number of schools served in each group, and proof where it cannot be had.

The national share is what could be served with no floor and no pin. A group's floor is the
fewest of its schools whose need adds up to ``floor_share`` of that national share of the group's
own need; with equal weights that is ``ceil(floor_share x national share x schools)``. In the flow
a floor is a rising price on the group's waiting list, so it costs no new kind of constraint.

Floors are a goal before all others: the least sum of squared shortfalls, which is also the least
sum, because what groups can be served together form a polymatroid. Floors that can be met
together are met; of those that cannot, as few schools as can be are short, as evenly as can be,
and where that leaves a choice between groups the goals that follow make it. What binds is then a
minimum cut: starting at the group's waiting list and following every possible move leads only to
places that are full.
"""

import dataclasses
from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schoolhubs.matching.optimum import goals
from schoolhubs.matching.optimum.network import Ints
from schoolhubs.matching.rules.pool import NOT_PINNED, Pool
from schoolhubs.vocabulary.records.matching import FloorGroup, FloorResult

MOST_ROUNDS = 20


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Floors:
    """Groups of partners and the least number of schools to be matched in each.

    ``group`` has length n; ``names`` and ``wanted``, what the rule asks for, one entry a group.
    """

    names: tuple[str, ...]
    group: Ints
    wanted: Ints

    @property
    def n_partners(self) -> Ints:
        """Schools in each group."""
        return np.bincount(self.group, minlength=len(self.names))


def settle(pool: Pool) -> Floors:
    """Say what the floors of a round ask for, whatever is pinned or held."""
    names, group = _groups(pool)
    floors = Floors(names=names, group=group, wanted=np.zeros(len(names), np.int64))
    if pool.rules.floor_group is FloorGroup.NONE or not len(group):
        return floors
    free = np.full_like(pool.pinned_lead, NOT_PINNED)
    unpinned = dataclasses.replace(pool, pinned_lead=free, plan=None)
    return _raised_until_met(unpinned, floors)


def goal(pool: Pool, arcs: goals.Arcs, floors: Floors) -> goals.Goal | None:
    """Give the goal that fewest schools are short of a floor; None where no floor is set.

    The k-th school short of a floor costs 2k - 1, so that k of them cost k squared.
    """
    if not floors.wanted.any():
        return None
    kth = np.arange(1, pool.partners.height + 1)
    price = np.zeros((arcs.n_places, len(kth)), np.int64)
    beyond = kth[None, :] - (floors.n_partners - floors.wanted)[:, None]
    price[len(pool.slots.lead) :] = np.where(beyond > 0, 2 * beyond - 1, 0)
    return goals.Goal(
        name="floors", unit="squared schools short", units_per_cost=1,
        cost=np.zeros_like(arcs.place).__getitem__, load_price=price,
    )  # fmt: skip


def _groups(pool: Pool) -> tuple[tuple[str, ...], Ints]:
    kind = pool.rules.floor_group
    if kind is FloorGroup.NONE:
        return ("England",), np.zeros(pool.partners.height, np.int64)
    region = pool.partners["region"].fill_null("Region not known")
    label = region
    if kind is FloorGroup.REGION_AND_PHASE:
        phase = pool.partners["phase"].str.replace_all("_", " ")
        label = pl.DataFrame({"r": region, "p": phase}).select(
            pl.concat_str("r", "p", separator=", ")
        ).to_series()  # fmt: skip
    names = label.unique().sort()
    return tuple(names), np.searchsorted(names.to_list(), label.to_list()).astype(np.int64)


def _raised_until_met(pool: Pool, floors: Floors) -> Floors:
    """Raise floors until the need they were set for is served, or no more can be."""
    arcs = goals.arcs_of(pool, floors.group, len(floors.names))
    n_groups = len(floors.names)
    target = _target(pool, floors, _who_is_served(pool, arcs, floors))
    floors = dataclasses.replace(floors, wanted=_fewest(pool, floors, target))
    for _ in range(MOST_ROUNDS):
        is_served = _who_is_served(pool, arcs, floors)
        n_served = np.bincount(floors.group[is_served], minlength=n_groups)
        short = target - np.bincount(floors.group, pool.need * is_served, n_groups)
        may_rise = (short > 0) & (n_served >= floors.wanted)
        may_rise &= floors.wanted < floors.n_partners
        if not may_rise.any():
            break
        waiting_need = np.where(is_served, 0, pool.need)
        dearest = np.zeros(n_groups, np.int64)
        np.maximum.at(dearest, floors.group, waiting_need)
        step = np.maximum(np.ceil(short / np.maximum(dearest, 1)), 1).astype(np.int64)
        raised = np.where(may_rise, floors.wanted + step, floors.wanted)
        floors = dataclasses.replace(floors, wanted=np.minimum(raised, floors.n_partners))
    return floors


def _who_is_served(pool: Pool, arcs: goals.Arcs, floors: Floors) -> NDArray[np.bool_]:
    floor = goal(pool, arcs, floors)
    taken = [*([floor] if floor else []), *goals.served(pool, arcs)]
    return arcs.serves[goals.staged(goals.network_of(pool, arcs), taken).chosen]


def _target(pool: Pool, floors: Floors, is_served: NDArray[np.bool_]) -> Ints:
    """Need points to be served in each group; a fraction of a point counts as the whole."""
    total, reached = int(pool.need.sum()), int(pool.need[is_served].sum())
    own = np.bincount(floors.group, pool.need, len(floors.names))
    share = pool.rules.floor_share * (reached / total if total else 0.0)
    return np.ceil(np.round(share * own, 6)).astype(np.int64)


def _fewest(pool: Pool, floors: Floors, target: Ints) -> Ints:
    """Count the fewest schools of each group, greatest need first, that hold its target."""
    wanted = np.zeros(len(target), np.int64)
    for index, points in enumerate(target):
        needs = np.sort(pool.need[floors.group == index])[::-1].cumsum()
        wanted[index] = np.searchsorted(needs, points) + 1 if points > 0 else 0
    return np.minimum(wanted, floors.n_partners)


def results(pool: Pool, floors: Floors, arcs: goals.Arcs, chosen: Ints) -> Iterator[FloorResult]:
    """Say what became of each group's floor, with a certificate where it was lowered."""
    if pool.rules.floor_group is FloorGroup.NONE:
        return
    is_served = arcs.serves[chosen]
    n_served = np.bincount(floors.group[is_served], minlength=len(floors.names))
    least = np.minimum(floors.wanted, n_served)
    own = np.bincount(floors.group, pool.need, len(floors.names))
    reached = np.bincount(floors.group, pool.need * is_served, len(floors.names))
    total = int(pool.need.sum())
    for index, name in enumerate(floors.names):
        cut = np.zeros(0, np.int64)
        if least[index] < floors.wanted[index]:
            cut = _binding(pool, arcs, chosen, len(pool.slots.lead) + index)
        yield FloorResult(
            group=name,
            n_partners=int(floors.n_partners[index]),
            n_matched=int(n_served[index]),
            n_wanted=int(floors.wanted[index]),
            n_floor=int(least[index]),
            need_share=float(reached[index] / own[index]) if own[index] else None,
            national_need_share=float(reached.sum() / total) if total else None,
            binding_lead_urns=tuple(sorted({pool.lead_urns[pool.slots.lead[s]] for s in cut})),
            n_binding_places=int(pool.slots.n_free[cut].sum()),
        )


def _binding(pool: Pool, arcs: goals.Arcs, chosen: Ints, waiting_list: int) -> Ints:
    """Follow every possible move from a waiting list; give the slots that can be reached."""
    p = arcs.n_places
    at = arcs.place[chosen]
    can_move = np.zeros((p, p), np.bool_)
    can_move[at[arcs.partner], arcs.place] = True
    reached = np.zeros(p, np.bool_)
    reached[waiting_list] = True
    while True:
        wider = reached | can_move[reached].any(axis=0)
        if (wider == reached).all():
            return np.flatnonzero(reached[: len(pool.slots.lead)])
        reached = wider
