r"""One goal, solved exactly: a minimum-cost flow from partners to places, and its proof.

Every partner takes one place: a slot of a lead school or, unmatched, the waiting list of its
group. Place :math:`j` takes between :math:`l_j` and :math:`u_j` partners. With arc costs
:math:`c_{ij}` and, where load itself is priced, a rising price :math:`f_j(k)` for the k-th
partner, the problem is a transport problem, so its linear relaxation has integer corners.

Dual and proof. For any prices :math:`p_j`,

.. math:: \sum_i \min_j (c_{ij} + p_j)
          + \sum_j \min_{l_j \le y \le u_j} \Big(\sum_{k \le y} f_j(k) - p_j y\Big)

is a lower bound. After the solver has answered, we compute prices from its answer: :math:`p_j`
is the cheapest way to make room for one more at :math:`j`, that is the shortest path from
:math:`j` to any slack in the residual graph. Partners contract to arcs between the places they
can move between, so this graph has only as many nodes as there are places. If the bound equals
the value of the answer, the answer is proven best; the solver need not be trusted.

Optimal face. The answers that are equally good are exactly those that use only arcs with
:math:`c_{ij} + p_j = \min` and keep each load where :math:`f_j` allows for :math:`p_j`. The next
goal is solved on this smaller network, so goals never trade against one another.
"""

import dataclasses
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import min_cost_flow

Ints = NDArray[np.int64]
FAR = np.int64(2**60)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """Who may go where: n partners, p places, arcs sorted by partner, then place.

    Parameters
    ----------
    arc_id
        Which arc of the whole round each arc is; it indexes the goals' costs.
    partner, place
        Ends of each arc. Every partner has at least one arc.
    lower, upper
        Length p: fewest and most partners at each place, never more than n.
    """

    n_partners: int
    arc_id: Ints
    partner: Ints
    place: Ints
    lower: Ints
    upper: Ints

    @property
    def starts(self) -> Ints:
        """Length n: the first arc of each partner."""
        return np.searchsorted(self.partner, np.arange(self.n_partners))


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """An answer to one goal.

    Parameters
    ----------
    chosen
        Length n: the arc id each partner takes.
    value, bound
        Cost of the answer, and the least that any answer can cost.
    face
        The network of all answers that cost no more.
    """

    chosen: Ints
    value: int
    bound: int
    face: Network


def solve(network: Network, cost: Ints, chosen: Ints | None, load_price: Ints | None) -> Solution:
    """Find a cheapest answer, prove it, and describe all others that are as cheap.

    Parameters
    ----------
    network
        Who may go where. An answer must exist.
    cost
        Cost of each arc of ``network``.
    chosen
        An answer known already (arc ids), kept if it is proven best without asking the solver.
    load_price
        Shape (p, greatest load): price of the k-th partner at each place, rising; None for none.

    Raises
    ------
    ArithmeticError
        If the solver's answer is not proven best: a fault of the solver or of ours.
    """
    if chosen is not None:
        kept = np.searchsorted(network.arc_id, chosen)
        free = np.zeros(len(network.upper), np.int64)
        solution = _described(network, cost, kept, free, load_price)
        if solution.value == solution.bound:
            return solution
    kept = _cheapest(network, cost, load_price)
    prices = _prices(network, cost, kept, load_price)
    return _described(network, cost, kept, prices, load_price)


def _described(
    network: Network, cost: Ints, kept: Ints, prices: Ints, load_price: Ints | None
) -> Solution:
    """Weigh an answer against the bound of some prices, and keep what they leave free."""
    reduced = cost + prices[network.place]
    least = np.minimum.reduceat(reduced, network.starts) if network.n_partners else reduced[:0]
    loads = np.bincount(network.place[kept], minlength=len(network.upper))
    value = int(cost[kept].sum()) + _load_cost(loads, load_price)
    low, high = _loads_left(network, prices, load_price)
    bound = int(least.sum()) + _load_cost(low, load_price) - sum(
        int(price) * int(load) for price, load in zip(prices, low, strict=True)
    )  # fmt: skip
    tight = reduced == least[network.partner]
    face = Network(
        n_partners=network.n_partners,
        arc_id=network.arc_id[tight],
        partner=network.partner[tight],
        place=network.place[tight],
        lower=low,
        upper=high,
    )
    return Solution(chosen=network.arc_id[kept], value=value, bound=bound, face=face)


def _load_cost(loads: Ints, load_price: Ints | None) -> int:
    if load_price is None:
        return 0
    counted = np.arange(load_price.shape[1]) < loads[:, None]
    return int(load_price[counted].sum())


def _loads_left(network: Network, prices: Ints, load_price: Ints | None) -> tuple[Ints, Ints]:
    """Fewest and most partners that a place takes at its price, if all is as cheap as can be."""
    if load_price is None:
        low = np.where(prices > 0, network.upper, network.lower)
        return low, np.where(prices < 0, network.lower, network.upper)
    below = (load_price < prices[:, None]).sum(axis=1)
    up_to = (load_price <= prices[:, None]).sum(axis=1)
    return tuple(np.clip(n, network.lower, network.upper) for n in (below, up_to))


def _cheapest(network: Network, cost: Ints, load_price: Ints | None) -> Ints:
    """Ask the solver, for the partners that have a choice; give the position of each's arc."""
    starts = network.starts
    kept = starts.copy()
    n_arcs = np.diff(np.append(starts, len(network.partner)))
    has_choice = n_arcs > 1
    settled = np.bincount(network.place[starts[~has_choice]], minlength=len(network.upper))
    open_arcs = np.flatnonzero(has_choice[network.partner])
    number = np.cumsum(has_choice) - 1
    flow = min_cost_flow.SimpleMinCostFlow()
    n, p = int(has_choice.sum()), len(network.upper)
    arcs = flow.add_arcs_with_capacity_and_unit_cost(
        number[network.partner[open_arcs]],
        n + network.place[open_arcs],
        np.ones(len(open_arcs), np.int64),
        cost[open_arcs],
    )
    lower = np.maximum(network.lower - settled, 0)
    upper = np.minimum(network.upper - settled, n)
    _add_slack(flow, n, lower, upper, settled, load_price)
    supplies = np.concatenate([np.ones(n, np.int64), -lower, [lower.sum() - n]])
    flow.set_nodes_supplies(np.arange(n + p + 1), supplies)
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise ArithmeticError(f"the flow solver answered {status.name}")
    used = open_arcs[flow.flows(arcs) > 0]
    kept[network.partner[used]] = used
    return kept


def _add_slack(
    flow: min_cost_flow.SimpleMinCostFlow,
    n: int, lower: Ints, upper: Ints, settled: Ints, load_price: Ints | None,
) -> None:  # fmt: skip
    """Let each place pass on what it takes above its fewest, at the price of its load."""
    p = len(upper)
    places = np.arange(p)
    if load_price is None:
        tails, room, cost = n + places, upper - lower, np.zeros(p, np.int64)
    else:
        nth = np.arange(load_price.shape[1])
        first, last = (lower + settled)[:, None], (upper + settled)[:, None]
        place, k = np.nonzero((nth >= first) & (nth < last))
        tails, room, cost = n + place, np.ones(len(place), np.int64), load_price[place, k]
    flow.add_arcs_with_capacity_and_unit_cost(tails, np.full(len(tails), n + p), room, cost)


def moves(shape: int, partner: Ints, place: Ints, extra: Ints, at: Ints) -> Ints:
    """Cheapest move of one partner between each two places, ``FAR`` where there is none.

    Parameters
    ----------
    shape
        Number of places, p.
    partner, place
        Ends of each arc.
    extra
        What each arc costs more than the one its partner takes now.
    at
        Length n: place each partner is at now.
    """
    cheapest = np.full(shape * shape, FAR)
    np.minimum.at(cheapest, at[partner] * shape + place, extra)
    return cheapest.reshape(shape, shape)


def _prices(network: Network, cost: Ints, kept: Ints, load_price: Ints | None) -> Ints:
    """Find the shortest residual path from each place to slack, by Bellman and Ford."""
    p = len(network.upper)
    at = network.place[kept]
    loads = np.bincount(at, minlength=p)
    graph = np.full((p + 1, p + 1), FAR)
    extra = cost - cost[kept][network.partner]
    graph[:p, :p] = moves(p, network.partner, network.place, extra, at)
    more, fewer = _slack_prices(loads, load_price)
    graph[:p, p] = np.where(loads < network.upper, more, FAR)
    graph[p, :p] = np.where(loads > network.lower, -fewer, FAR)
    finite = graph[graph < FAR]
    dear = (p + 2) * (int(np.abs(finite).max(initial=0)) + 1)
    graph[:p, p] = np.minimum(graph[:p, p], dear)
    distance = np.append(np.full(p, dear), 0)
    for _ in range(p + 2):
        shorter = np.minimum(distance, (graph + distance).min(axis=1))
        if (shorter == distance).all():
            return distance[:p]
        distance = shorter
    raise ArithmeticError("the flow solver's answer can be improved")


def _slack_prices(loads: Ints, load_price: Ints | None) -> tuple[Ints, Ints]:
    """Give the price of one more partner at each place, and of the last one there."""
    if load_price is None:
        return np.zeros_like(loads), np.zeros_like(loads)
    padded = np.pad(load_price, ((0, 0), (1, 1)))
    places = np.arange(len(loads))
    return padded[places, loads + 1], padded[places, loads]


LoadPrice = Callable[[Network], Ints]
