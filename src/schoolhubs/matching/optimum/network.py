"""Who may go where, as arrays: the network that one goal is solved on."""

import dataclasses

import numpy as np
from numpy.typing import NDArray

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

    def only(self, is_kept: NDArray[np.bool_]) -> "Network":
        """Give the network with some of its arcs."""
        return dataclasses.replace(
            self,
            arc_id=self.arc_id[is_kept],
            partner=self.partner[is_kept],
            place=self.place[is_kept],
        )


def cheapest_moves(n_edges: int, edge: Ints, extra: Ints) -> Ints:
    """Give the least cost of moving one partner along each edge between places.

    Parameters
    ----------
    n_edges
        Edges there could be, such as p times p.
    edge
        The edge that each arc moves its partner along.
    extra
        Shape (c, arcs): what each arc costs more than the one its partner takes now, goal by
        goal, most important first.

    Returns
    -------
    numpy.ndarray
        Shape (c, n_edges): the least by the goals in order; ``FAR`` in the first goal, and zero
        in the others, where no partner can move.

    Examples
    --------
    >>> extra = np.array([[1, 1, 7], [5, 4, 0]])
    >>> cheapest_moves(3, np.array([0, 0, 2]), extra)[:, [0, 2]].tolist()
    [[1, 7], [4, 0]]
    """
    least = np.zeros((len(extra), n_edges), np.int64)
    least[0] = FAR
    left = np.arange(len(edge))
    for goal, cost in enumerate(extra):
        found = np.full(n_edges, FAR)
        np.minimum.at(found, edge[left], cost[left])
        left = left[cost[left] == found[edge[left]]]
        least[goal] = np.where(found < FAR, found, least[goal])
    return least
