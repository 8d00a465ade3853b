"""What water between them costs two lists of places: longer ways, and minutes on ferries."""

import dataclasses

import numpy as np
from numpy.typing import NDArray

from schoolhubs.travel.places import Places
from schoolhubs.travel.zones import Zones

Floats = NDArray[np.float32]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Crossed:
    """The water between n starts and m ends, looked up by zone.

    Parameters
    ----------
    start_km
        Shape (n, 2), national grid km.
    zone_row
        Shape (n,): row of each start in the two below.
    first
        Shape (zones with a start, m): bend to head for; -1 where nothing is between.
    ferry
        Shape (zones with a start, m): minutes on ferries.
    bend_km, onward
        Shapes (k, 2) and (k, m): the bends, and km from each to each end.
    """

    start_km: NDArray[np.float64]
    zone_row: NDArray[np.intp]
    first: NDArray[np.int16]
    ferry: NDArray[np.uint8]
    bend_km: NDArray[np.float64]
    onward: Floats

    @classmethod
    def between(cls, starts: Places, ends: Places, zones: Zones) -> "Crossed":
        """Look the zones up."""
        held, zone_row = np.unique(zones.of(starts.grid_km), return_inverse=True)
        end_zone = zones.of(ends.grid_km)
        first = np.take(zones.first[held], end_zone, axis=1)
        last = np.take(zones.last, end_zone, axis=1)
        bend, column = np.arange(len(zones.bend_km))[:, None], np.arange(len(ends.ids))
        away = zones.bend_km[last] - ends.grid_km[None, :, :]
        onward = zones.cost_km[bend, last] + np.hypot(away[..., 0], away[..., 1])
        sailed = np.where(first >= 0, zones.ferry_minutes[first, last[first, column]], 0)
        return cls(
            start_km=starts.grid_km,
            zone_row=zone_row,
            first=first,
            ferry=sailed.astype(np.uint8),
            bend_km=zones.bend_km,
            onward=onward.astype(np.float32),
        )

    def lengthen(self, km: Floats, starts: NDArray[np.intp]) -> None:
        """Make straight km, shape (rows, m), those of the way round; rows are of one zone."""
        heads = self.first[self.zone_row[starts[0]]]
        ends = np.flatnonzero(heads >= 0)
        if not len(ends):
            return
        bends, which = np.unique(heads[ends], return_inverse=True)
        away = self.start_km[starts, None, :] - self.bend_km[bends]
        legs = np.hypot(away[..., 0], away[..., 1]).astype(np.float32)
        way = np.take(legs, which, axis=1)
        way += self.onward[heads[ends], ends]
        if len(ends) == km.shape[1]:
            np.maximum(km, way, out=km)
        else:
            km[:, ends] = np.maximum(km[:, ends], way)

    def sail(self, minutes: Floats, starts: NDArray[np.intp]) -> None:
        """Add the minutes on ferries to rows of one zone."""
        ferry = self.ferry[self.zone_row[starts[0]]]
        ends = np.flatnonzero(ferry)
        if len(ends):
            minutes[:, ends] += ferry[ends]
