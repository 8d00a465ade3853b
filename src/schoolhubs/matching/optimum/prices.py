"""What it would cost to send any partner to any lead, without solving again.

In the residual graph of the answer a node is a place, an arc from a to b is the cheapest move of
one partner from a to b, and a last node stands for spare places and empty waiting lists. Forcing
partner i from place a to place b costs its own change of journey plus the shortest path from b
back to a: the chain of moves that makes room at b and ends in the place that i gave up, or in
slack. A shortest path never leaves a, so it never moves i a second time, and the forced answer is
again the best of its kind. Costs are the goals down to plain minutes, compared one after the
other; all are whole numbers, so prices are exact and not rounded.

A path is missing where pins leave no chain. Floors come before all goals: a chain that leaves
more schools short of a floor is no answer either, and one that leaves as many short is.
"""

import dataclasses
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from schoolhubs.matching.optimum import flow
from schoolhubs.matching.optimum.network import FAR, Ints, Network, cheapest_moves
from schoolhubs.vocabulary.records.matching import Price

PRICED = ("need", "moved", "exceptions", "schools", "weighted minutes", "minutes")
LATER = ("similarity", "wishes", "load")  # that decide where a price is nothing, before URNs do


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ArcPrices:
    """Lexicographic prices of arcs, shape (c goals, arcs).

    ``own`` is the partner's own change, ``whole`` the change over all schools, and ``is_possible``
    False where no answer holds the arc.
    """

    own: Ints
    whole: Ints
    is_possible: NDArray[np.bool_]

    def record(self, arc: int, goals: Sequence[str]) -> Price | None:
        """Give one arc's price in plain units."""
        if not self.is_possible[arc]:
            return None
        cost = {name: int(self.whole[row, arc]) for row, name in enumerate(goals)}
        minutes = cost["minutes"] / 100
        return Price(
            need=cost["need"],
            schools=cost["schools"],
            exceptions=cost["exceptions"],
            weighted_minutes=cost.get("weighted minutes", cost["minutes"] * 100) / 10_000,
            minutes=minutes,
            moved=cost.get("moved", 0),
        )


def of_arcs(
    network: Network, costs: Ints, chosen: Ints, load_price: Ints | None = None
) -> ArcPrices:
    """Price every arc of a whole round.

    Parameters
    ----------
    network
        All arcs of the round.
    costs
        Shape (c, arcs): cost of each arc by goal, most important first.
    chosen
        The answer: arc id of each partner.
    load_price
        As in ``flow.solve``: what comes before all goals and must not rise, the floors; None for
        none.
    """
    own, whole = _changes(network, np.vstack([np.zeros_like(costs[:1]), costs]), chosen, load_price)
    return ArcPrices(own=own[1:], whole=whole[1:], is_possible=whole[0] == 0)


def of_equals(network: Network, costs: Ints, chosen: Ints, load_price: Ints) -> Ints:
    """Price every arc by later goals, where answers are alike in all goals before these.

    Parameters
    ----------
    network
        All answers that are alike.
    costs
        Shape (c, arcs of ``network``): cost by goal, most important first.
    chosen
        The answer: arc id of each partner.
    load_price
        As in ``flow.solve``: the goal that comes after all of ``costs``.

    Returns
    -------
    numpy.ndarray
        Shape (c + 1, arcs): change over all schools, the price of load last. Far above any cost
        in the first row where no answer that is alike holds the arc.
    """
    kept = np.searchsorted(network.arc_id, chosen)
    costs = np.vstack([costs, np.zeros_like(costs[:1])])
    return _changes(network, costs, kept, load_price, load_row=-1)[1]


def _changes(
    network: Network, costs: Ints, kept: Ints, load_price: Ints | None, *, load_row: int = 0
) -> tuple[Ints, Ints]:
    """Change of each arc for its partner, and over all schools, shape (c, arcs)."""
    at = network.place[kept]
    own = costs - costs[:, kept][:, network.partner]
    back = _shortest(_residual(network, own, at, load_price, load_row))
    return own, own + back[:, network.place, at[network.partner]]


def _residual(
    network: Network, own: Ints, at: Ints, load_price: Ints | None, load_row: int
) -> Ints:
    """Cheapest move between each two places, shape (c, p + 1, p + 1); the last node is slack.

    ``load_row`` is the goal that load is priced in.
    """
    p = len(network.upper)
    edge = at[network.partner] * (p + 1) + network.place
    graph = cheapest_moves((p + 1) ** 2, edge, own).reshape(-1, p + 1, p + 1)
    loads = np.bincount(at, minlength=p)
    more, fewer = flow.slack_prices(loads, load_price)
    far = np.zeros((len(graph), 1), np.int64)
    far[0] = FAR
    graph[:, :p, p] = graph[:, p, :p] = 0
    graph[load_row, :p, p], graph[load_row, p, :p] = more, -fewer
    graph[:, :p, p] = np.where(loads < network.upper, graph[:, :p, p], far)
    graph[:, p, :p] = np.where(loads > network.lower, graph[:, p, :p], far)
    diagonal = np.arange(p + 1)
    graph[:, diagonal, diagonal] = 0
    return graph


def _shortest(graph: Ints) -> Ints:
    """All-pairs lexicographic shortest paths, by Floyd and Warshall; no cycle is negative."""
    for through in range(graph.shape[1]):
        new = graph[:, :, through, None] + graph[:, None, through, :]
        shorter = new[0] < graph[0]
        equal = new[0] == graph[0]
        for goal in range(1, len(graph)):
            shorter |= equal & (new[goal] < graph[goal])
            equal &= new[goal] == graph[goal]
        graph[:, shorter] = new[:, shorter]
    return graph


def first_by(keys: Iterable[Ints], partner: Ints, candidates: Ints) -> Ints:
    """For each partner, the candidate arc that comes first by ``keys``.

    Parameters
    ----------
    keys
        Arrays over all arcs, most important first.
    partner
        Partner of each arc.
    candidates
        Arc numbers, sorted; a partner without one is left out.
    """
    left = candidates
    for key in keys:
        if not len(left):
            break
        owner = partner[left]
        starts = np.flatnonzero(np.diff(owner, prepend=-1))
        least = np.minimum.reduceat(key[left], starts)
        per_arc = np.repeat(least, np.diff(np.append(starts, len(left))))
        left = left[key[left] == per_arc]
    return left[np.flatnonzero(np.diff(partner[left], prepend=-1))]
