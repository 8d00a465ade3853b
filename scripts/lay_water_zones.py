"""Lay the water zones: small where water is near, large where it is far.

Called by fit_travel.py; the product reads what this lays (schoolhubs.travel.zones).
"""

import dataclasses

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from schoolhubs.travel.settlement import SettlementGrid
from schoolhubs.travel.water import Km, Water
from schoolhubs.travel.ways import (
    DELAY_KM_PER_MINUTE,
    Network,
    Ways,
    best_ways,
    crosses,
    lay_network,
    straight_km,
)
from schoolhubs.travel.zones import Zones

LARGEST_KM, SMALLEST_KM = 32, 1
COLUMNS, ROWS = 672, 672
"""Cells of 1 km in the square of the national grid that holds England."""

SPLIT_WITHIN = 0.96
"""A settled square is quartered if a barrier is nearer its middle than this part of its side."""

_PARTED_WITHIN = 0.71
_SAMPLES = 8
_N_PROBES = 1500
_ALLOWED_SHARE, _ALLOWED_KM = 0.04, 0.4
_IGNORED_SHARE, _IGNORED_KM = 0.015, 0.3
_FARTHEST_KM = 80.0


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Squares:
    """Squares of 32 km down to 1 km, and the places that stand for them.

    Parameters
    ----------
    first_stand, n_stands
        Shape (ROWS, COLUMNS): the first such place of the square over each cell, and how many.
    stand_km
        Shape (s, 2), national grid km.
    """

    first_stand: NDArray[np.int32]
    n_stands: NDArray[np.uint8]
    stand_km: Km


def lay_zones(water: Water, grid: SettlementGrid) -> Zones:
    """Lay squares, join those that head the same ways, and note where each heads."""
    network = lay_network(water)
    squares = lay_squares(network.walls, grid)
    zone, leaders = _join_alike(squares.stand_km, network)
    leader_km = squares.stand_km[leaders]
    first = _worth_it(best_ways(leader_km, leader_km, network), leader_km, leader_km)
    first[(first < 0) | (first < 0).T] = -1
    order = _chained(first)
    zone = np.argsort(order).astype(np.int32)[zone]
    first, leader_km = first[np.ix_(order, order)], leader_km[order]
    return Zones(
        first_stand=squares.first_stand,
        n_stands=squares.n_stands,
        stand_km=squares.stand_km,
        stand_zone=zone,
        walls=network.walls,
        first=first.astype(np.int16),
        last=_onward(network, leader_km)[1].astype(np.int16),
        bend_km=network.km,
        cost_km=network.cost_km.astype(np.float32),
        ferry_minutes=np.round(network.ferry_minutes).clip(0, 255).astype(np.uint8),
        fixed=network.fixed,
    )


def lay_squares(walls: Km, grid: SettlementGrid) -> Squares:
    """Quarter squares that are settled and near a barrier, down to 1 km."""
    settled_km = np.stack([grid.easting, grid.northing], axis=-1) / 1000
    first = np.zeros((ROWS, COLUMNS), np.int32)
    count = np.zeros((ROWS, COLUMNS), np.uint8)
    places: list[Km] = []
    corners = [(x, y) for y in range(0, ROWS, LARGEST_KM) for x in range(0, COLUMNS, LARGEST_KM)]
    todo = [(x, y, LARGEST_KM) for x, y in reversed(corners)]
    while todo:
        x, y, side = todo.pop()
        middle = np.array([x, y]) + side / 2
        off = np.abs(settled_km - middle).max(axis=1)
        away = _away_from(middle, walls)
        if side > SMALLEST_KM and (off < side / 2 + 1).any() and away < SPLIT_WITHIN * side:
            half = side // 2
            todo += [(x + dx, y + dy, half) for dx in (0, half) for dy in (0, half)]
            continue
        inside = off < side / 2
        if side == SMALLEST_KM and away < _PARTED_WITHIN * side:
            stand = _stand_on_banks(middle, walls)
        elif inside.any():
            stand = [np.average(settled_km[inside], axis=0, weights=grid.n_centres[inside])]
        else:
            stand = [middle]
        first[y : y + side, x : x + side] = len(places)
        count[y : y + side, x : x + side] = len(stand)
        places += stand
    return Squares(first_stand=first, n_stands=count, stand_km=np.array(places))


def _away_from(place: Km, walls: Km) -> float:
    """Give the distance from a place to the nearest piece of wall."""
    start, along = walls[:, 0], walls[:, 1] - walls[:, 0]
    share = np.clip(((place - start) * along).sum(1) / (along**2).sum(1), 0, 1)
    return float(np.hypot(*(start + share[:, None] * along - place).T).min())


def _stand_on_banks(middle: Km, walls: Km) -> list[Km]:
    """Choose a place on each bank that the barriers leave of a smallest square."""
    step = ((np.arange(_SAMPLES) + 0.5) / _SAMPLES - 0.5) * SMALLEST_KM
    samples = np.stack(np.meshgrid(middle[0] + step, middle[1] + step), axis=-1).reshape(-1, 2)
    n_banks, bank = connected_components(~crosses(samples, samples, walls), directed=False)
    banks = [samples[bank == k] for k in range(n_banks)]
    wide = [bank for bank in banks if len(bank) >= _SAMPLES // 2] or banks
    return [bank[np.hypot(*(bank - bank.mean(axis=0)).T).argmin()] for bank in wide]


def _join_alike(km: Km, network: Network) -> tuple[NDArray[np.int32], NDArray[np.intp]]:
    """Give every place a zone, led by one whose first bends serve it as well.

    As well means: to each of 1,500 probes spread over all places, heading where the leader heads
    costs at most 0.4 km or 4 % of the way more or less than its own best way, on the same ferry.
    """
    probes = km[:: max(1, len(km) // _N_PROBES)]
    own = best_ways(km, probes, network)
    heads = _worth_it(own, km, probes)
    onward = _onward(network, probes)[0]
    allowed = np.maximum(_ALLOWED_KM, _ALLOWED_SHARE * own.km)
    zone = np.full(len(km), -1, np.int32)
    leaders: list[int] = []
    for leader in np.argsort([_away_from(place, network.walls) for place in km], kind="stable"):
        if zone[leader] >= 0:
            continue
        near = np.hypot(*(km - km[leader]).T) < _FARTHEST_KM
        members = np.flatnonzero((zone < 0) & near)
        served = _served(km[members], probes, heads[leader], onward, network)
        gap = np.abs(served - own.km[members])
        fits = (gap <= allowed[members]).all(axis=1)
        fits &= (own.ferry_minutes[members] == own.ferry_minutes[leader]).all(axis=1)
        zone[members[fits]] = len(leaders)
        zone[leader] = len(leaders)
        leaders.append(int(leader))
    return zone, np.array(leaders)


def _worth_it(ways: Ways, from_km: Km, to_km: Km) -> NDArray[np.intp]:
    """Give first bends, -1 also where the way round is as good as straight."""
    straight = straight_km(from_km, to_km)
    is_small = ways.km - straight <= np.maximum(_IGNORED_KM, _IGNORED_SHARE * straight)
    return np.where(is_small & (ways.ferry_minutes == 0), -1, ways.first)


def _chained(first: NDArray[np.intp]) -> NDArray[np.intp]:
    """Put zones that head alike beside each other, so that the file packs well."""
    left = np.ones(len(first), dtype=np.bool_)
    order = [0]
    left[0] = False
    while left.any():
        others = np.flatnonzero(left)
        nearest = others[(first[others] != first[order[-1]]).sum(axis=1).argmin()]
        left[nearest] = False
        order.append(int(nearest))
    return np.array(order)


def _onward(network: Network, to_km: Km) -> tuple[Km, NDArray[np.intp]]:
    """Give the least cost from each bend to each place, ferries left out, and the last bend."""
    straight = straight_km(network.km, to_km)
    into = np.where(crosses(network.km, to_km, network.walls), np.inf, straight)
    weight = network.cost_km + DELAY_KM_PER_MINUTE * network.ferry_minutes
    last = np.stack([(from_here[:, None] + into).argmin(axis=0) for from_here in weight])
    row = np.arange(len(network.km))[:, None]
    return network.cost_km[row, last] + into[last, np.arange(len(to_km))], last


def _served(km: Km, probes: Km, first: NDArray[np.intp], onward: Km, network: Network) -> Km:
    """Give km from places to probes if they head for the bends given, shape (n, probes)."""
    served = straight_km(km, probes)
    blocked = np.flatnonzero(first >= 0)
    legs = straight_km(km, network.km[first[blocked]])
    served[:, blocked] = np.maximum(legs + onward[first[blocked], blocked], served[:, blocked])
    return served
