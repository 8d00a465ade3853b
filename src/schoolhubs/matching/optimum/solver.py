"""The one place that talks to the flow solver; what it answers is proven in ``flow``."""

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import min_cost_flow

from schoolhubs.matching.optimum.network import Ints, Network

SPARE = 3  # likely arcs for each partner that a place can take


def cheapest(network: Network, cost: Ints, load_price: Ints | None) -> Ints:
    """Ask the solver, for the partners that have a choice.

    Returns
    -------
    numpy.ndarray
        Length n: position of the arc that each partner takes.

    Raises
    ------
    ArithmeticError
        If the solver has no answer.
    """
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


def likely(network: Network, cost: Ints) -> NDArray[np.bool_]:
    """Tell which arcs are likely to be used: for each place, a few times what it can take.

    Every arc counts as likely where a place must take some, where a partner could be left with
    no arc, and where costs are too alike to tell.
    """
    by_place = np.argsort(
        network.place.astype(np.min_scalar_type(len(network.upper))), kind="stable"
    )
    first = np.searchsorted(network.place[by_place], np.arange(len(network.upper) + 1))
    dearest = np.full(len(network.upper), np.iinfo(np.int64).max)
    for place, most in enumerate((SPARE * network.upper).tolist()):
        here = cost[by_place[first[place] : first[place + 1]]]
        if 0 < most < len(here) and not network.lower[place]:
            dearest[place] = np.partition(here, most)[most]
    chances = cost <= dearest[network.place]
    has_all = np.bincount(network.partner[~chances], minlength=network.n_partners) == 0
    can_hold_all = (network.upper >= network.n_partners)[network.place]
    has_way_out = np.bincount(network.partner[can_hold_all], minlength=network.n_partners) > 0
    stuck: NDArray[np.bool_] = ~(has_way_out | has_all)
    return chances | stuck[network.partner]
