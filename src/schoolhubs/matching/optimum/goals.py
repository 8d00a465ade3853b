"""The goals in order, and the staged solve.

Each goal is a whole-number cost of sending a partner to a place. One number that held them all
would not fit into 64 bits, so they are taken one after the other, each on the optimal face of
those before (see ``flow``): what an earlier goal won is never given back.

1. *need*: most need points served; in a re-match then *moved*: fewest schools moved from where
   they are and could stay;
2. *exceptions*: fewest journeys over the preferred limit;
3. *schools*: most schools matched, which matters where some hold no need: such a school takes a
   free place within the limit, and none over it;
4. *weighted minutes*: least total journey, minutes on long ones counting more (only where the
   definition sets such steps);
5. *minutes*: least total journey, plain;
6. *similarity*: partner and lead alike in size and intake;
7. *wishes*: fewest schools placed off the pathway they wished first;
8. *load*: hubs filled evenly, by least sum of squared load over places;
9. *order*: a lower URN goes to a lower URN, so that ties fall the same way every time.
"""

import dataclasses
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schoolhubs.matching.optimum import flow
from schoolhubs.matching.optimum.network import Ints, Network
from schoolhubs.matching.rules.plan import Plan
from schoolhubs.matching.rules.pool import NOT_PINNED, Pool
from schoolhubs.vocabulary.progress import Progress, quiet
from schoolhubs.vocabulary.records.matching import GoalResult, MatchingRules

LOAD_SCALE = 10_000
WAITING = -1  # minutes of an arc that leads to a waiting list, not to a school


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Arcs:
    """Every allowed (partner, place), sorted; place s + g is the waiting list of group g.

    ``hundredths`` is the journey, 0 on arcs to a waiting list; ``serves`` is False there.
    ``n_places`` counts slots and waiting lists.
    """

    n_places: int
    partner: Ints
    place: Ints
    hundredths: Ints
    serves: NDArray[np.bool_]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """One goal: what each arc costs in whole units, and what a unit means."""

    name: str
    unit: str
    units_per_cost: float
    cost: Callable[[Ints], Ints]
    load_price: Ints | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """The answer to all goals: the arc id of each partner, and each goal's value and bound.

    ``faces`` holds, for each goal, the network of all answers that are best for those before it.
    """

    chosen: Ints
    faces: dict[str, Network]
    results: tuple[GoalResult, ...]
    value: dict[str, int]
    bound: dict[str, int]


def arcs_of(pool: Pool, group: Ints, n_groups: int) -> Arcs:
    """List every allowed pair of partner and slot, and the waiting lists.

    A partner that is pinned may go to its lead only, and may not wait.
    """
    slots = pool.slots
    allowed = np.zeros((pool.partners.height, len(slots.lead) + n_groups), np.bool_)
    may = (pool.forbidden[:, slots.lead] == 0) & pool.wants[:, slots.pathway]
    free = pool.pinned_lead == NOT_PINNED
    pinned_here = pool.pinned_lead[:, None] == slots.lead[None, :]
    allowed[:, : len(slots.lead)] = may & (slots.n_free > 0) & (free[:, None] | pinned_here)
    waits = free if pool.plan is None else free & pool.plan.may_wait
    allowed[np.flatnonzero(waits), len(slots.lead) + group[waits]] = True
    if pool.plan is not None:
        _keep_in_place(allowed, pool.plan, free)
    partner, place = np.nonzero(allowed)
    serves = place < len(slots.lead)
    hundredths = np.zeros(len(partner), np.int64)
    hundredths[serves] = pool.hundredths[partner[serves], slots.lead[place[serves]]]
    return Arcs(
        n_places=allowed.shape[1],
        partner=partner,
        place=place,
        hundredths=hundredths,
        serves=serves,
    )


def _keep_in_place(allowed: NDArray[np.bool_], plan: Plan, is_free: NDArray[np.bool_]) -> None:
    """Leave those who may not be moved their own place alone, and closed slots no newcomer.

    Whoever is pinned to the lead of a closed slot, and so not free, is let in.
    """
    closed = np.flatnonzero(plan.is_closed)
    allowed[:, closed] &= (plan.slot[:, None] == closed[None, :]) | ~is_free[:, None]
    held = np.flatnonzero(plan.is_held)
    allowed[held] = False
    allowed[held, plan.slot[held]] = True


def network_of(pool: Pool, arcs: Arcs) -> Network:
    """Make the network of all arcs; a waiting list can hold everybody."""
    upper = np.full(arcs.n_places, pool.partners.height)
    upper[: len(pool.slots.lead)] = np.minimum(pool.slots.n_free, pool.partners.height)
    return Network(
        n_partners=pool.partners.height,
        arc_id=np.arange(len(arcs.partner)),
        partner=arcs.partner,
        place=arcs.place,
        lower=np.zeros_like(upper),
        upper=upper,
    )


def served(pool: Pool, arcs: Arcs) -> tuple[Goal, Goal]:
    """Give the two goals that count who is served: need, then schools."""
    need = np.where(arcs.serves, -pool.need[arcs.partner], 0)
    schools = -arcs.serves.astype(np.int64)
    return (
        Goal(name="need", unit="need points", units_per_cost=-1, cost=need.__getitem__),
        Goal(name="schools", unit="schools", units_per_cost=-1, cost=schools.__getitem__),
    )


def in_order(pool: Pool, arcs: Arcs) -> Iterator[Goal]:
    """Give every goal in the order it is taken."""
    need, schools = served(pool, arcs)
    over = is_over(pool.rules, arcs.hundredths).astype(np.int64)
    yield need
    if pool.plan is not None:
        stays = pool.plan.slot[arcs.partner]
        moved = ((stays >= 0) & (arcs.place != stays)).astype(np.int64)
        yield Goal(name="moved", unit="schools", units_per_cost=1, cost=moved.__getitem__)
    yield Goal(name="exceptions", unit="journeys", units_per_cost=1, cost=over.__getitem__)
    yield schools
    if pool.rules.long_journey_steps:
        weighted = weighted_journeys(pool.rules, arcs.hundredths)
        yield Goal(
            name="weighted minutes", unit="weighted minutes", units_per_cost=1e-4,
            cost=weighted.__getitem__,
        )  # fmt: skip
    yield Goal(
        name="minutes", unit="minutes", units_per_cost=0.01, cost=arcs.hundredths.__getitem__
    )
    yield Goal(
        name="similarity", unit="robust spreads apart", units_per_cost=0.001,
        cost=_Unlikeness(pool, arcs),
    )  # fmt: skip
    slot_pathway = np.append(pool.slots.pathway, -1)
    place = np.where(arcs.serves, arcs.place, len(pool.slots.pathway))
    off_wish = arcs.serves & (slot_pathway[place] != pool.wished[arcs.partner])
    yield Goal(
        name="wishes", unit="schools off their first wish", units_per_cost=1,
        cost=off_wish.astype(np.int64).__getitem__,
    )  # fmt: skip
    yield Goal(
        name="load", unit="squared load over places", units_per_cost=1 / LOAD_SCALE,
        cost=np.zeros_like(arcs.place).__getitem__, load_price=_load_price(pool, arcs),
    )  # fmt: skip
    order = -arcs.partner * arcs.place
    yield Goal(name="order", unit="rank products", units_per_cost=-1, cost=order.__getitem__)


def is_over(rules: MatchingRules, hundredths: Ints) -> NDArray[np.bool_]:
    """Tell which journeys are longer than the preferred limit; the limit itself is not."""
    return hundredths > round(rules.preferred_maximum_minutes * 100)


def weighted_journeys(rules: MatchingRules, hundredths: Ints) -> Ints:
    """Give journeys with the surcharge on long ones, in ten-thousandths of a minute.

    >>> from schoolhubs.vocabulary.records.matching import Compatibility
    >>> rules = MatchingRules(compatibility=Compatibility.PHASE, lead_phases={},
    ...     preferred_maximum_minutes=120, absolute_maximum_minutes=240, forbids_own_trust=True,
    ...     long_journey_steps=((60, 0.5), (90, 0.5)))
    >>> (weighted_journeys(rules, np.array([6000, 9000, 10000])) / 1e4).tolist()
    [60.0, 105.0, 125.0]
    """
    weighted = hundredths * 100
    for from_minutes, extra_share in rules.long_journey_steps:
        beyond = np.maximum(hundredths - round(from_minutes * 100), 0)
        weighted = weighted + round(extra_share * 100) * beyond
    return weighted


class _Unlikeness:
    """How unlike partner and lead are, in thousandths of a robust spread.

    Each characteristic is divided by its interquartile range over all schools of the round and
    the differences are averaged. One that either school lacks is left out; where none is left
    the pair counts as the typical pair does. Nothing is worked out until it is asked for,
    because earlier goals leave few pairs to choose among.
    """

    def __init__(self, pool: Pool, arcs: Arcs) -> None:
        self.arcs, self.slot_lead = arcs, np.append(pool.slots.lead, -1)
        alike_by = pool.rules.alike_by
        self.spread = np.array([_spread(pool, name) for name in alike_by])
        self.partners, self.leads = (
            _characteristics(frame, alike_by) for frame in (pool.partners, pool.leads)
        )

    def __call__(self, arc_id: Ints) -> Ints:
        place = np.minimum(self.arcs.place[arc_id], len(self.slot_lead) - 1)
        serves = self.arcs.serves[arc_id]
        cost = np.zeros(len(arc_id), np.int64)
        mine = self.partners[self.arcs.partner[arc_id[serves]]]
        # Divided last, so that a half stays a half and rounds the same way on every machine.
        apart = 1000 * np.abs(mine - self.leads[self.slot_lead[place[serves]]]) / self.spread
        known = np.isfinite(apart)
        n_known = known.sum(axis=1)
        mean = np.where(known, apart, 0).sum(axis=1) / np.maximum(n_known, 1)
        typical = np.median(mean[n_known > 0]) if n_known.any() else 0.0
        cost[serves] = np.rint(np.where(n_known > 0, mean, typical))
        return cost


def _spread(pool: Pool, name: str) -> float:
    """Interquartile range over all schools of the round; not a number where there is none."""
    everyone = pl.concat([pool.partners[name], pool.leads[name]]).cast(pl.Float64).drop_nulls()
    low, high = (everyone.quantile(share, "linear") for share in (0.25, 0.75))
    spread = (high or 0.0) - (low or 0.0)
    return spread if spread > 0 else np.nan


def _characteristics(frame: pl.DataFrame, names: Sequence[str]) -> NDArray[np.float64]:
    columns = [frame[name].cast(pl.Float64).fill_null(np.nan).to_numpy() for name in names]
    return np.array(columns).reshape(len(columns), frame.height).T


def _load_price(pool: Pool, arcs: Arcs) -> Ints:
    """Price of the k-th partner at each place: what it adds to squared load over places."""
    slots = pool.slots
    kth = np.arange(1, max(pool.partners.height, 1) + 1)
    load = slots.n_running[:, None] + kth[None, :]
    price = np.rint(LOAD_SCALE * (2 * load - 1) / np.maximum(slots.n_places, 1)[:, None])
    waiting_lists = np.zeros((arcs.n_places - len(slots.lead), len(kth)))
    return np.vstack([price, waiting_lists]).astype(np.int64)


def staged(
    network: Network,
    goals: Sequence[Goal],
    *,
    clock: Callable[[], float] | None = None,
    progress: Progress = quiet,
) -> Staged:
    """Take the goals one after the other.

    Parameters
    ----------
    network
        All arcs; an answer must exist.
    goals
        In order of importance.
    clock
        Gives seconds; without one every goal is reported to have taken none.
    """
    chosen: Ints | None = None
    results, faces, value, bound = [], {}, {}, {}
    for step, goal in enumerate(goals):
        began = clock() if clock else 0.0
        faces[goal.name] = network
        solution = flow.solve(network, goal.cost(network.arc_id), chosen, goal.load_price)
        if solution.value != solution.bound:
            raise ArithmeticError(f"{goal.name}: {solution.value} is not {solution.bound}")
        chosen, network = solution.chosen, solution.face
        value[goal.name], bound[goal.name] = solution.value, solution.bound
        results.append(
            GoalResult(
                goal=goal.name,
                value=_units(goal, solution.value),
                bound=_units(goal, solution.bound),
                unit=goal.unit,
                seconds=(clock() if clock else 0.0) - began,
            )
        )
        progress("matching", step + 1, len(goals))
    assert chosen is not None
    return Staged(chosen=chosen, faces=faces, results=tuple(results), value=value, bound=bound)


def _units(goal: Goal, cost: int) -> float:
    """Turn whole cost units into the unit that people read."""
    per_unit = round(1 / goal.units_per_cost)
    return cost / per_unit if cost else 0.0
