"""Log-odds and points: work is done on log-odds against the national figure, told in points."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from schoolhubs.targets.constants import Constants

Numbers = NDArray[np.float64]


def log_odds(percent: Numbers, held: Constants) -> Numbers:
    """Turn percent into log-odds; missing stays missing."""
    clipped = np.clip(percent, held.least_absence_percent, held.most_absence_percent)
    found: Numbers = logit(clipped / 100)
    return found


def points(at: Numbers, variance: Numbers) -> Numbers:
    """Give the mean percent of a figure whose log-odds has this mean and variance.

    The curve is bent, so the mean percent lies above the percent of the mean below one half.

    >>> points(np.array([-3.0]), np.array([0.0])).round(3).tolist()
    [4.743]
    """
    share = expit(at)
    found: Numbers = 100 * (share + variance / 2 * share * (1 - share) * (1 - 2 * share))
    return found


def steepness(at: Numbers) -> Numbers:
    """Give points of percent for each unit of log-odds at a place."""
    share = expit(at)
    found: Numbers = 100 * share * (1 - share)
    return found
