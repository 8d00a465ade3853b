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


def without_move(
    percent: Numbers, *, national: Numbers, before: Numbers, held: Constants
) -> Numbers:
    """Give a year's percent as it would be, had the national figure stayed where it was.

    The move is taken out in log-odds: where absence is twice the national figure, a national move
    takes about twice the points, and in points it would be blamed on those schools.

    Parameters
    ----------
    percent
        Absence of schools in the year.
    national, before
        The national figure of that year, and the one that expectations were stated against.

    Examples
    --------
    >>> from schoolhubs.targets.constants import constants
    >>> doubled = {"national": np.array([8.0]), "before": np.array([4.0])}
    >>> without_move(np.array([8.0]), held=constants(), **doubled).round(2).tolist()
    [4.0]
    >>> without_move(np.array([15.0]), held=constants(), **doubled).round(2).tolist()
    [7.8]
    """
    at = log_odds(percent, held) - log_odds(national, held) + log_odds(before, held)
    found: Numbers = 100 * expit(at)
    return found


def steepness(at: Numbers) -> Numbers:
    """Give points of percent for each unit of log-odds at a place."""
    share = expit(at)
    found: Numbers = 100 * share * (1 - share)
    return found
