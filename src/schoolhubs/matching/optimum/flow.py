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

import numpy as np

from schoolhubs.matching.optimum import solver
from schoolhubs.matching.optimum.network import FAR, Ints, Network, cheapest_moves

SCARCE = 0.3  # places for each partner up to which leaving arcs out at first pays
MOST_ROUNDS = 4
MOST_LIKELY_SHARE = 0.3


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
    if load_price is None:
        found = _cheapest_of_likely(network, cost)
        if found is not None:
            return _described(network, cost, *found, None)
    kept = solver.cheapest(network, cost, load_price)
    return _described(network, cost, kept, _prices(network, cost, kept, load_price), load_price)


def _cheapest_of_likely(network: Network, cost: Ints) -> tuple[Ints, Ints] | None:
    """Solve on the arcs that are likely to be used, and price all the others.

    Where places are scarce most arcs are hopeless. If no arc that was left out is cheaper at the
    prices found, the answer is best among all arcs; else those that are cheaper are let in.

    Returns
    -------
    tuple or None
        The answer and its prices; None if it pays to ask about all arcs at once.
    """
    if network.upper[network.upper < network.n_partners].sum() > SCARCE * network.n_partners:
        return None
    likely = solver.likely(network, cost)
    for _ in range(MOST_ROUNDS):
        if likely.sum() > MOST_LIKELY_SHARE * len(likely):
            return None
        part = network.only(likely)
        kept = solver.cheapest(part, cost[likely], None)
        prices = _prices(part, cost[likely], kept, None)
        kept = np.flatnonzero(likely)[kept]
        reduced = cost + prices[network.place]
        cheaper = reduced < reduced[kept][network.partner]
        if not cheaper.any():
            return kept, prices
        likely |= cheaper
    return None


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


def _prices(network: Network, cost: Ints, kept: Ints, load_price: Ints | None) -> Ints:
    """Find the shortest residual path from each place to slack, by Bellman and Ford."""
    p = len(network.upper)
    at = network.place[kept]
    loads = np.bincount(at, minlength=p)
    graph = np.full((p + 1, p + 1), FAR)
    extra = cost - cost[kept][network.partner]
    edge = at[network.partner] * p + network.place
    graph[:p, :p] = cheapest_moves(p * p, edge, extra[None])[0].reshape(p, p)
    more, fewer = slack_prices(loads, load_price)
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


def slack_prices(loads: Ints, load_price: Ints | None) -> tuple[Ints, Ints]:
    """Give the price of one more partner at each place, and of the last one there."""
    if load_price is None:
        return np.zeros_like(loads), np.zeros_like(loads)
    padded = np.pad(load_price, ((0, 0), (1, 1)))
    places = np.arange(len(loads))
    return padded[places, loads + 1], padded[places, loads]
