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
