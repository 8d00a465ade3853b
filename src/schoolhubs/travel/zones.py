"""Water zones: from each to each other, where to head first; and what that costs two lists.

The zones are read here, never reckoned.
"""

import dataclasses
import functools
from importlib import resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from schoolhubs.travel.places import Places
from schoolhubs.travel.water import Km
from schoolhubs.travel.ways import crosses, direct_km

Floats = NDArray[np.float32]

_COST_STEPS_PER_KM = 50
_PAIRS_AT_ONCE = 1 << 12
_NEAR_KM = 25.0
_WORTH_A_LOOK = 1.05
"""Nearer than the one and longer by the other, a pair is looked at itself, not its zones."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Zones:
    """Zones of England: which bend of a way round water to head for, from each to each.

    Parameters
    ----------
    first_stand, n_stands
        Shape (rows, columns), cells of 1 km: places that may stand for a point in that cell.
        More than one where a barrier parts the cell; then the nearest on the same bank does.
    stand_km, stand_zone
        Shapes (s, 2) and (s,): those places, national grid km, and the zone of each.
    walls
        Shape (p, 2, 2), national grid km: pieces of barriers, to tell banks apart.
    first
        Shape (z, z), int16: bend to head for from a zone to another; -1 where nothing is between.
    last
        Shape (k, z), int16: bend passed last on the way from each of k bends to a zone.
    bend_km, cost_km, ferry_minutes, fixed
        Shapes (k, 2), (k, k), (k, k), (f,): as in :class:`schoolhubs.travel.ways.Network`.
    """

    first_stand: NDArray[np.int32]
    n_stands: NDArray[np.uint8]
    stand_km: Km
    stand_zone: NDArray[np.int32]
    walls: Km
    first: NDArray[np.int16]
    last: NDArray[np.int16]
    bend_km: Km
    cost_km: NDArray[np.float32]
    ferry_minutes: NDArray[np.uint8]
    fixed: NDArray[np.intp]

    def of(self, km: Km) -> NDArray[np.int32]:
        """Give the zone of each place; ``km`` has shape (n, 2), national grid km."""
        row = np.clip(km[:, 1].astype(np.int64), 0, self.n_stands.shape[0] - 1)
        column = np.clip(km[:, 0].astype(np.int64), 0, self.n_stands.shape[1] - 1)
        stand = self.first_stand[row, column]
        parted = np.flatnonzero(self.n_stands[row, column] > 1)
        if len(parted):
            cell = row[parted] * self.n_stands.shape[1] + column[parted]
            order = np.argsort(cell, kind="stable")
            for group in np.split(order, np.flatnonzero(np.diff(cell[order])) + 1):
                here = parted[group]
                n = int(self.n_stands[row[here[0]], column[here[0]]])
                stand[here] = self._same_bank(km[here], int(stand[here[0]]), n)
        zone: NDArray[np.int32] = self.stand_zone[stand]
        return zone

    def _same_bank(self, km: Km, first: int, n: int) -> NDArray[np.int32]:
        """Choose the nearest of n places on the same bank, or the nearest if none can be seen."""
        stand_km = self.stand_km[first : first + n]
        middle = self.walls.mean(axis=1)
        reach = np.hypot(*(self.walls[:, 1] - self.walls[:, 0]).T) / 2 + 2.0
        near = np.hypot(*(middle - km[0]).T) <= reach
        apart = np.hypot(*(km[:, None, :] - stand_km).transpose(2, 0, 1))
        hidden = crosses(km, stand_km, self.walls[near])
        chosen: NDArray[np.int32] = (apart + 1000.0 * hidden).argmin(axis=1).astype(np.int32)
        return first + chosen


@functools.cache
def read_zones() -> Zones:
    """Read the zones shipped with the package.

    Examples
    --------
    >>> zones = read_zones()
    >>> bool(((zones.first < 0) == (zones.first < 0).T).all())
    True
    """
    file = resources.files("schoolhubs.travel") / "data" / "water_zones.npz"
    with resources.as_file(file) as path, np.load(path) as stored:
        upper = np.triu_indices(len(stored["bend_km"]))
        cost = np.zeros((len(stored["bend_km"]),) * 2, np.float32)
        cost[upper] = stored["cost"] / np.float32(_COST_STEPS_PER_KM)
        return Zones(
            first_stand=stored["first_stand"].astype(np.int32),
            n_stands=stored["n_stands"],
            stand_km=stored["stand_km"].astype(np.float64),
            stand_zone=stored["stand_zone"].astype(np.int32),
            walls=stored["walls"],
            first=stored["first"],
            last=stored["last"],
            bend_km=stored["bend_km"],
            cost_km=cost + np.triu(cost, 1).T,
            ferry_minutes=stored["ferry_minutes"],
            fixed=stored["fixed"].astype(np.intp),
        )


def write_zones(zones: Zones, path: Path) -> None:
    """Write zones as :func:`read_zones` reads them; costs to 20 m."""
    upper = np.triu_indices(len(zones.bend_km))
    np.savez_compressed(
        path,
        first_stand=zones.first_stand.astype(np.uint16),
        n_stands=zones.n_stands,
        stand_km=zones.stand_km.astype(np.float32),
        stand_zone=zones.stand_zone.astype(np.uint16),
        walls=zones.walls,
        first=zones.first,
        last=zones.last,
        bend_km=zones.bend_km,
        cost=np.round(zones.cost_km[upper] * _COST_STEPS_PER_KM).astype(np.int32),
        ferry_minutes=zones.ferry_minutes,
        fixed=zones.fixed.astype(np.int16),
    )


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
    end_km, walls, link_km, link_cost
        Shapes (m, 2), (p, 2, 2), (f, 2) and (f,), to look at near pairs themselves.
    """

    start_km: NDArray[np.float64]
    zone_row: NDArray[np.intp]
    first: NDArray[np.int16]
    ferry: NDArray[np.uint8]
    bend_km: NDArray[np.float64]
    onward: Floats
    end_km: NDArray[np.float64]
    walls: NDArray[np.float64]
    link_km: NDArray[np.float64]
    link_cost: NDArray[np.float64]

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
            end_km=ends.grid_km,
            walls=zones.walls,
            link_km=zones.bend_km[zones.fixed],
            link_cost=zones.cost_km[zones.fixed, zones.fixed].astype(np.float64),
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
        straight = km[:, ends]
        np.maximum(straight, way, out=way)
        self._look_at_near(way, straight, starts, ends)
        km[:, ends] = way

    def _look_at_near(
        self, way: Floats, straight: Floats, starts: NDArray[np.intp], ends: NDArray[np.intp]
    ) -> None:
        """Shorten ways, shape (rows, ends), of near pairs that zones send too far round.

        Zones are some km wide: where a barrier parts their leaders, a pair may yet have dry land
        between, or a bridge that the leaders do not take.
        """
        near = (straight < _NEAR_KM) & (way > _WORTH_A_LOOK * straight)
        near &= self.ferry[self.zone_row[starts[0]], ends] == 0
        row, column = np.nonzero(near)
        if not len(row):
            return
        from_km, to_km = self.start_km[starts[row]], self.end_km[ends[column]]
        links = self.link_km, self.link_cost
        for first in range(0, len(row), _PAIRS_AT_ONCE):
            some = slice(first, first + _PAIRS_AT_ONCE)
            pair = row[some], column[some]
            way[pair] = direct_km(
                way[pair].astype(np.float64), from_km[some], to_km[some], self.walls, links
            )

    def sail(self, minutes: Floats, starts: NDArray[np.intp]) -> None:
        """Add the minutes on ferries to rows of one zone."""
        ferry = self.ferry[self.zone_row[starts[0]]]
        ends = np.flatnonzero(ferry)
        if len(ends):
            minutes[:, ends] += ferry[ends]
