"""How a school's place lasts: what is kept of earlier years, by how long ago and how many pupils.

A school's distance from its context is a sum of parts that last for ever, for some years, or for
one year only. Each part has an amount that is alike for all schools and one that shrinks with the
roll. The amounts are fitted to what is measured: how distances of the same school, so many years
apart, go together in groups of schools by roll. The best linear prediction then follows: small
schools keep less of their last year, and a missing year is simply not there.
"""

import dataclasses

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from schoolhubs.targets.constants import Constants
from schoolhubs.targets.model.arrays import History
from schoolhubs.targets.model.scale import Numbers

ROLL_UNIT = 100.0


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What earlier years say of n schools.

    Parameters
    ----------
    next_weights, last_weights
        Shape (n, lags): weight of each earlier distance in the coming year's, and in last
        year's with chance taken out.
    variance, unaided
        Shape (n,): what stays open about the coming year, and what would without any history.
    """

    next_weights: Numbers
    last_weights: Numbers
    variance: Numbers
    unaided: Numbers


def smallness(roll: Numbers, least: int) -> Numbers:
    """Give one over the roll in hundreds of pupils, which chance grows with."""
    return ROLL_UNIT / np.maximum(roll, least)


def fit_memory(
    pairs: list[tuple[Numbers, Numbers, Numbers]], held: Constants
) -> tuple[Numbers, Numbers]:
    """Fit the amounts of each persistence.

    Parameters
    ----------
    pairs
        For each training year: distances from context in the year, shape (n,); in the years
        before, shape (n, lags); and roll, shape (n,).

    Returns
    -------
    lasting, chance
        As in the record of a part.
    """
    limit, shares = held.moment_limit_log_odds, np.array(held.persistence)
    rows, found, weights = [], [], []
    for now, before, roll in pairs:
        now = np.clip(now, -limit, limit)
        columns = [now, *np.clip(before, -limit, limit).T]
        small = smallness(roll, held.least_roll)
        group = _binned(small, held.moment_bins)
        for lag, column in enumerate(columns):
            for mean_small, mean_product, n in _means(group, small, now * column):
                power = shares**lag
                rows.append(np.concatenate([power, power * mean_small]))
                found.append(mean_product)
                weights.append(np.sqrt(n) / (1 + mean_small))
    scaled = np.array(rows) * np.array(weights)[:, None]
    amounts, _ = nnls(scaled, np.array(found) * np.array(weights))
    return amounts[: len(shares)], amounts[len(shares) :]


def _binned(small: Numbers, n_bins: int) -> NDArray[np.int64]:
    """Part schools into groups of equal numbers by size; those of no known size into the last."""
    edges = np.nanquantile(small, np.linspace(0, 1, n_bins + 1)[1:-1])
    found: NDArray[np.int64] = np.searchsorted(edges, small)
    return found


def _means(
    group: NDArray[np.int64], small: Numbers, value: Numbers
) -> list[tuple[float, float, int]]:
    """Give by group the mean size, the mean value and the number, where both are known."""
    usable = np.isfinite(value) & np.isfinite(small)
    count = np.bincount(group[usable])
    sums = [np.bincount(group[usable], weights=each[usable]) for each in (small, value)]
    return [(sums[0][k] / n, sums[1][k] / n, int(n)) for k, n in enumerate(count) if n]


def keep(at: History, lasting: Numbers, chance: Numbers, held: Constants) -> Kept:
    """Work out what earlier years say of each school; none for a school without any."""
    shares = np.array(held.persistence)
    lags = at.place.shape[1]
    powers = shares[None, :] ** np.arange(lags + 1)[:, None]
    stays = shares >= held.lasting_from
    alike, sized = powers @ lasting, powers @ chance
    long_alike, long_sized = powers[:, stays] @ lasting[stays], powers[:, stays] @ chance[stays]
    small = smallness(at.roll, held.least_roll)[:, None]
    seen = np.isfinite(at.place)
    index = np.arange(lags)
    apart = np.abs(index[:, None] - index)
    between = alike[apart] + sized[apart] * small[:, :, None]
    between = np.where(seen[:, :, None] & seen[:, None, :], between, 0.0)
    between[:, index, index] = np.where(seen, between[:, index, index], 1.0)
    towards = np.empty((len(small), lags, 2))
    towards[:, :, 0] = alike[1:] + sized[1:] * small
    towards[:, :, 1] = long_alike[index] + long_sized[index] * small
    towards = np.where(seen[:, :, None], towards, 0.0)
    weights: Numbers = np.linalg.solve(between, towards).astype(np.float64)
    whole = alike[0] + sized[0] * small[:, 0]
    return Kept(
        next_weights=weights[:, :, 0],
        last_weights=weights[:, :, 1],
        variance=whole - (weights[:, :, 0] * towards[:, :, 0]).sum(axis=1),
        unaided=whole,
    )
