"""Ways round water: chains of straight lines through crossings and along banks.

Exact and slow: it lays the zones and checks them. What estimates use is :mod:`zones`.
"""

import dataclasses

import numpy as np
from numpy.typing import NDArray

from schoolhubs.travel.water import Km, Water

DELAY_KM_PER_MINUTE = 50 / 60
"""A minute lost on a bridge or in a tunnel counts as so many km more, as at 50 km/h."""

_GAP_KM = 0.001
_HUG_KM = 0.2
_ROWS_AT_ONCE = 64


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """Where a way round water may bend, and what it costs from bend to bend.

    Parameters
    ----------
    walls
        Shape (s, 2, 2): straight pieces of barriers, open where they can be passed.
    km
        Shape (k, 2): crossings, landward ends of barriers, and places along their banks.
    cost_km
        Shape (k, k): km from one to another with the delays of both and of those between, told
        in km; on the diagonal the delay alone.
    ferry_minutes
        Shape (k, k): minutes on ferries on that way, both ends counted.
    fixed
        Shape (f,): which of the k are bridges and tunnels.
    """

    walls: Km
    km: Km
    cost_km: Km
    ferry_minutes: Km
    fixed: NDArray[np.intp]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """The best way from each of n places to each of m.

    Parameters
    ----------
    km
        Shape (n, m): the straight line where nothing is between, else the way round with the
        delays of fixed links told in km.
    ferry_minutes
        Shape (n, m): minutes on ferries; 0 where none is taken.
    first, last
        Shape (n, m): bends the way round heads for first and passes last; -1 where it is straight.
    """

    km: Km
    ferry_minutes: Km
    first: NDArray[np.intp]
    last: NDArray[np.intp]


def lay_network(water: Water) -> Network:
    """Lay walls and bends, and find the best ways between bends."""
    from scipy.sparse.csgraph import shortest_path  # slow to import, and no estimate needs it

    walls = _walls(water)
    km, fixed, ferry = _bends(water)
    weight = DELAY_KM_PER_MINUTE * (fixed + ferry)
    steps = _open_km(km, km, walls) + (weight[:, None] + weight) / 2
    np.fill_diagonal(steps, 0.0)
    if (steps < 0).any():
        raise ValueError("water.yaml: a crossing gains more than the way to the next bend takes")
    least, before = shortest_path(steps, method="D", directed=False, return_predecessors=True)
    sailed = np.tile(ferry, (len(km), 1))
    for start in range(len(km)):
        for bend in np.argsort(least[start], kind="stable"):
            if before[start, bend] >= 0:
                sailed[start, bend] += sailed[start, before[start, bend]]
    full = least + (weight[:, None] + weight) / 2
    cost = full - DELAY_KM_PER_MINUTE * sailed
    links = np.array([crossing.kind != "ferry" for crossing in water.crossings], np.bool_)
    return Network(
        walls=walls, km=km, cost_km=cost, ferry_minutes=sailed, fixed=np.flatnonzero(links)
    )


def best_ways(from_km: Km, to_km: Km, network: Network) -> Ways:
    """Find the best way round all water from each place to each other.

    Parameters
    ----------
    from_km, to_km
        Shapes (n, 2) and (m, 2), national grid km.
    """
    weight = network.cost_km + DELAY_KM_PER_MINUTE * network.ferry_minutes
    out_of = _open_km(from_km, network.km, network.walls)
    into = _open_km(network.km, to_km, network.walls)
    parts = [
        _rows_of_ways(from_km[rows], to_km, out_of[rows], into, weight, network)
        for rows in (slice(i, i + _ROWS_AT_ONCE) for i in range(0, len(from_km), _ROWS_AT_ONCE))
    ]
    names = [field.name for field in dataclasses.fields(Ways)]
    return Ways(**{name: np.concatenate([getattr(p, name) for p in parts]) for name in names})


def _rows_of_ways(
    from_km: Km, to_km: Km, out_of: Km, into: Km, weight: Km, network: Network
) -> Ways:
    blocked = crosses(from_km, to_km, network.walls)
    reach, first = _least(out_of, weight)
    _, last = _least(reach, into)
    first = np.take_along_axis(first, last, axis=1)
    row, column = np.arange(len(from_km))[:, None], np.arange(len(to_km))
    round_km = out_of[row, first] + network.cost_km[first, last] + into[last, column]
    straight = straight_km(from_km, to_km)
    return Ways(
        km=np.where(blocked, np.maximum(round_km, straight), straight),
        ferry_minutes=np.where(blocked, network.ferry_minutes[first, last], 0.0),
        first=np.where(blocked, first, -1),
        last=np.where(blocked, last, -1),
    )


def _least(ways: Km, onward: Km) -> tuple[Km, NDArray[np.intp]]:
    """Give the least sum of a way to a middle place and onward, and which middle that is."""
    best = ways[:, :1] + onward[:1]
    which = np.zeros(best.shape, dtype=np.intp)
    for middle in range(1, len(onward)):
        way = ways[:, middle, None] + onward[None, middle]
        better = way < best
        np.copyto(best, way, where=better)
        which[better] = middle
    return best, which


def _bends(water: Water) -> tuple[Km, Km, Km]:
    """Give the bends, shape (k, 2), their fixed delays and their ferry minutes, shape (k,)."""
    passes = [crossing.at_km for crossing in water.crossings]
    is_ferry = np.array([crossing.kind == "ferry" for crossing in water.crossings])
    delay = np.array([crossing.delay_minutes for crossing in water.crossings])
    at = list(passes)
    for barrier in water.barriers:
        line = barrier.line_km
        for corner in (line[k - 1 : k + 2] for k in range(1, len(line) - 1)):
            at += [] if _is_any_at(passes, corner[1]) else _banks(corner)
        at += [line[-1]] if barrier.ends_on_land else []
    rest = np.zeros(len(at) - len(passes))
    fixed = np.concatenate([np.where(is_ferry, 0.0, delay), rest])
    return np.array(at), fixed, np.concatenate([np.where(is_ferry, delay, 0.0), rest])


def _banks(corner: Km) -> list[Km]:
    """Give a place on either side of the middle one of three points of a line."""
    ahead = corner[2] - corner[1]
    behind = corner[1] - corner[0]
    along = ahead / np.hypot(*ahead) + behind / np.hypot(*behind)
    across = np.array([-along[1], along[0]]) / np.hypot(*along)
    return [corner[1] + _HUG_KM * across, corner[1] - _HUG_KM * across]


def _walls(water: Water) -> Km:
    """Give every piece of every barrier, cut short by a metre where one can pass."""
    passes = [crossing.at_km for crossing in water.crossings]
    passes += [barrier.line_km[-1] for barrier in water.barriers if barrier.ends_on_land]
    pieces = []
    for barrier in water.barriers:
        for start, end in zip(barrier.line_km[:-1], barrier.line_km[1:], strict=True):
            along = (end - start) / np.hypot(*(end - start)) * _GAP_KM
            is_open = _is_any_at(passes, start), _is_any_at(passes, end)
            pieces.append([start + along * is_open[0], end - along * is_open[1]])
    return np.array(pieces).reshape(-1, 2, 2)


def _is_any_at(places: list[Km], here: Km) -> bool:
    return any(bool(np.abs(place - here).sum() < 1e-6) for place in places)


def crosses(from_km: Km, to_km: Km, walls: Km) -> NDArray[np.bool_]:
    """Tell, shape (n, m), whether the straight line between two places crosses a piece of wall."""
    hit = np.zeros((len(from_km), len(to_km)), dtype=np.bool_)
    for start, end in walls:
        side_from, side_to = _side(start, end, from_km), _side(start, end, to_km)
        for sign in (1, -1):
            rows = np.flatnonzero(side_from * sign > 0)
            columns = np.flatnonzero(side_to * sign < 0)
            if len(rows) and len(columns):
                a, b = from_km[rows][:, None, :], to_km[columns][None, :, :]
                hit[np.ix_(rows, columns)] |= _turn(a, b, start) * _turn(a, b, end) <= 0
    return hit


def direct_km(km: Km, from_km: Km, to_km: Km, walls: Km, links: tuple[Km, Km]) -> Km:
    """Look at n pairs themselves: straight where no wall is between, else shorter by one link.

    Parameters
    ----------
    km
        Shape (n,): the way round that is known already.
    from_km, to_km
        Shape (n, 2), national grid km.
    walls
        Shape (s, 2, 2): all pieces of barriers.
    links
        Shapes (f, 2) and (f,): bridges and tunnels, and what passing each costs, told in km.
        A link counts where it can be seen from both ends.

    Returns
    -------
    Shape (n,): km, never more than given.
    """
    straight = np.hypot(*(to_km - from_km).T)
    by_link = straight_km(from_km, links[0]) + straight_km(to_km, links[0]) + links[1]
    by_link = np.maximum(by_link, straight[:, None])
    used = np.flatnonzero((by_link < km[:, None]).any(axis=0))
    walls = walls[_may_be_met(walls, np.concatenate([from_km, to_km, links[0][used]]))]
    best = np.where(_cross_each(from_km, to_km, walls), km, np.minimum(km, straight))
    for link in used:
        shorter = np.flatnonzero(by_link[:, link] < best)
        there = np.broadcast_to(links[0][link], (len(shorter), 2))
        hidden = _cross_each(from_km[shorter], there, walls)
        hidden |= _cross_each(to_km[shorter], there, walls)
        shorter = shorter[~hidden]
        best[shorter] = by_link[shorter, link]
    return best


def _may_be_met(walls: Km, km: Km) -> NDArray[np.bool_]:
    """Tell which pieces of wall reach into the box round some places."""
    touch = (walls.max(axis=1) >= km.min(axis=0)) & (walls.min(axis=1) <= km.max(axis=0))
    return np.asarray(touch.all(axis=1), dtype=np.bool_)


def _cross_each(from_km: Km, to_km: Km, walls: Km) -> NDArray[np.bool_]:
    """Tell, shape (n,), whether the straight line of each of n pairs crosses a piece of wall.

    A point's side of a line is a product of three numbers with three, so all are one product.
    """
    pieces, lines = _lines(walls[:, 0], walls[:, 1]), _lines(from_km, to_km)
    hit: NDArray[np.bool_] = _sides(from_km, pieces) * _sides(to_km, pieces) < 0
    hit &= (_sides(walls[:, 0], lines) * _sides(walls[:, 1], lines)).T <= 0
    return np.asarray(hit.any(axis=1), dtype=np.bool_)


def _lines(a: Km, b: Km) -> Km:
    """Give three numbers of each line, shape (3, n)."""
    return np.stack([a[:, 1] - b[:, 1], b[:, 0] - a[:, 0], a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]])


def _sides(km: Km, lines: Km) -> Km:
    """Tell, shape (places, lines), on which side of each line each place is, by the sign."""
    sides: Km = km @ lines[:2] + lines[2]
    return sides


def _side(start: Km, end: Km, km: Km) -> Km:
    along, away = end - start, km - start
    turned: Km = along[0] * away[:, 1] - along[1] * away[:, 0]
    return turned


def _turn(a: Km, b: Km, c: Km) -> Km:
    ahead, aside = b - a, c - a
    turned: Km = ahead[..., 0] * aside[..., 1] - ahead[..., 1] * aside[..., 0]
    return turned


def straight_km(from_km: Km, to_km: Km) -> Km:
    """Give distances, shape (n, m)."""
    apart: Km = np.hypot(*(from_km[:, None, :] - to_km[None, :, :]).transpose(2, 0, 1))
    return apart


def _open_km(from_km: Km, to_km: Km, walls: Km) -> Km:
    """Give straight distances, infinite where a wall is between."""
    return np.where(crosses(from_km, to_km, walls), np.inf, straight_km(from_km, to_km))
