"""From a school's rate to its pupils: how many of them miss a tenth or more."""

import functools

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import beta, norm

from schoolhubs.synthetic.calibration import Calibration

Numbers = NDArray[np.float64]
PERSISTENT_FROM = 0.1
_SHIFTS = np.linspace(-4, 4, 161)
_MIDDLES = (np.arange(2000) + 0.5) / 2000


def persistent_share(
    percent: Numbers, fsm_share: Numbers, group: str, of_profile: str, constants: Calibration
) -> Numbers:
    """Give the share of pupils missing a tenth or more in schools with these rates.

    A school's pupils are the country's, all shifted by one amount on the scale of normal scores;
    the shift is the one at which their mean rate is the school's.
    """
    fitted = constants.fit[of_profile][group]
    means, shares = _shifted(constants.mixtures, group, of_profile)
    target = percent / 100 / fitted["session_weight"]
    low, high = np.full(len(percent), _SHIFTS[0]), np.full(len(percent), _SHIFTS[-1])
    for _ in range(20):
        middle = (low + high) / 2
        reached = _blend(middle, means, fsm_share)
        low, high = (
            np.where(reached < target, middle, low),
            np.where(reached < target, high, middle),
        )
    return _blend((low + high) / 2, shares, fsm_share)


def _blend(shift: Numbers, curves: Numbers, fsm_share: Numbers) -> Numbers:
    with_fsm, without = (np.interp(shift, _SHIFTS, curve) for curve in curves)
    return np.asarray(fsm_share * with_fsm + (1 - fsm_share) * without)


def _shifted(mixtures: pl.DataFrame, group: str, of_profile: str) -> tuple[Numbers, Numbers]:
    """Give mean rate and share of persistent absentees at each shift, shape (2, shifts) each."""
    compact = of_profile.replace("/", "")[:4] + of_profile[-2:]
    of = mixtures.filter((pl.col("year") == compact) & (pl.col("phase_group") == group))
    parts = ("high_share", "low_a", "low_b", "high_a", "high_b")
    curves = [
        _curves(*of.filter(pl.col("is_fsm") == is_fsm).select(parts).row(0))
        for is_fsm in (True, False)
    ]
    means, shares = zip(*curves, strict=True)
    return np.stack(means), np.stack(shares)


@functools.cache
def _curves(
    high_share: float, low_a: float, low_b: float, high_a: float, high_b: float
) -> tuple[Numbers, Numbers]:
    grid = np.linspace(0, 1, 2001)
    reached = (1 - high_share) * beta.cdf(grid, low_a, low_b)
    reached += high_share * beta.cdf(grid, high_a, high_b)
    # The rate at the quantile that a pupil's shifted normal score has.
    ranks = norm.cdf(norm.ppf(_MIDDLES)[None, :] + _SHIFTS[:, None])
    mean = np.interp(ranks, reached, grid).mean(axis=1)
    tenth = np.interp(PERSISTENT_FROM, grid, reached)
    return mean, np.asarray(1 - norm.cdf(norm.ppf(tenth) - _SHIFTS))
