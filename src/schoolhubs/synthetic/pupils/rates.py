"""How much school each pupil misses in the year, so that their school misses what it is said to."""

import numpy as np
import polars as pl
from numba import njit
from numpy.typing import NDArray

from schoolhubs.synthetic.pupils.constants import NOT_KNOWN, SCORES, Numbers, PupilConstants
from schoolhubs.synthetic.pupils.rolls import Pupils, any_need

_LOWEST, _STEP = float(SCORES[0]), float(SCORES[1] - SCORES[0])
_LAST = len(SCORES) - 1
_HALVINGS = 24


def sessions_missed(
    pupils: Pupils, schools: pl.DataFrame, constants: PupilConstants
) -> NDArray[np.int32]:
    """Give the sessions each pupil misses in the year, shape (n,).

    A pupil's normal score is what year group, free meals, need, sex and moving add to their own;
    a school shifts all its pupils by one amount, at which they miss what the absence file says.
    The quantile of the two-part mixture of phase and free meals at the score is the rate.
    """
    group = schools["group"].to_numpy()[pupils.school]
    possible = (pupils.until - pupils.first).astype(float)
    score = shifted_score(pupils, schools, constants)
    tables = constants.rates.reshape(-1, len(SCORES))
    rates = _rates(tables, group * constants.rates.shape[1] + pupils.eligibility, score)
    return np.asarray(np.minimum(np.floor(rates * possible), possible), dtype=np.int32)


def shifted_score(pupils: Pupils, schools: pl.DataFrame, constants: PupilConstants) -> Numbers:
    """Give each pupil's normal score, with what their school adds to it, shape (n,)."""
    group = schools["group"].to_numpy()
    score = known_score(pupils, group[pupils.school], constants)
    counts = np.bincount(pupils.school, minlength=len(group))
    shift = _shifts(
        score,
        (pupils.until - pupils.first).astype(float),
        group[pupils.school] * constants.rates.shape[1] + pupils.eligibility,
        np.concatenate([[0], np.cumsum(counts)]),
        schools["absent_share"].to_numpy(),
        constants.rates.reshape(-1, len(SCORES)),
    )
    return np.asarray(score + shift[pupils.school])


def known_score(pupils: Pupils, group: NDArray[np.int64], constants: PupilConstants) -> Numbers:
    """Give each pupil's normal score without what their school adds, shape (n,)."""
    effect = constants.effect[group, pupils.eligibility, any_need(pupils.need), pupils.year_group]
    moving = constants.by_group("moving")[group] * pupils.moves
    sex = constants.by_group("boys")[group] * np.where(pupils.is_girl, -0.5, 0.5)
    own = constants.by_group("own_spread")[group]
    known = pupils.eligibility != NOT_KNOWN
    own = np.where(known, own, constants.by_group("own_spread_not_known")[group])
    return np.asarray(own * pupils.score + np.where(known, effect + moving + sex, 0.0))


@njit(cache=True, nogil=True)
def _rate(table: Numbers, score: float) -> float:
    place = (score - _LOWEST) / _STEP
    if place <= 0:
        return float(table[0])
    if place >= _LAST:
        return float(table[_LAST])
    k = int(place)
    return float(table[k] + (place - k) * (table[k + 1] - table[k]))


@njit(cache=True, nogil=True)
def _rates(tables: Numbers, table: NDArray[np.int64], score: Numbers) -> Numbers:
    out = np.empty(len(score))
    for i in range(len(score)):
        out[i] = _rate(tables[table[i]], score[i])
    return out


@njit(cache=True, nogil=True)
def _shifts(
    score: Numbers,
    possible: Numbers,
    table: NDArray[np.int64],
    edges: NDArray[np.int64],
    absent_share: Numbers,
    tables: Numbers,
) -> Numbers:
    """Find for each school the shift at which its pupils miss its share, by halving."""
    out = np.empty(len(edges) - 1)
    for s in range(len(edges) - 1):
        asked = absent_share[s] * possible[edges[s] : edges[s + 1]].sum()
        low, high = -6.0, 6.0
        for _ in range(_HALVINGS):
            shift = (low + high) / 2
            missed = 0.0
            for i in range(edges[s], edges[s + 1]):
                # Whole sessions are missed: rounding down takes half of one from most pupils.
                missed += max(_rate(tables[table[i]], score[i] + shift) * possible[i] - 0.5, 0.0)
            if missed < asked:
                low = shift
            else:
                high = shift
        out[s] = (low + high) / 2
    return out
