"""How much of what is remembered is believed: shares fitted to how near it came.

The amounts of memory are set by variances, which a few schools with one odd year move. So some of
memory's expectation gives way to last year's own distance from context; and a school that memory
puts far from its context may keep more of it. Both shares are fitted to least absolute error.
"""

import dataclasses
import warnings

import numpy as np
from numpy.typing import NDArray

from schoolhubs.targets.constants import Constants
from schoolhubs.targets.model.memory import Kept
from schoolhubs.targets.model.scale import Numbers

TOLERANCE = 1e-4
MOST_STEPS = 200
SMALLEST = 1e-12


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """What was remembered of some schools of a year, and what came: log-odds, each shape (n,).

    Parameters
    ----------
    came
        The year's distance from context.
    remembered
        What memory expected of it.
    last
        The year before's own distance; NaN where there is no figure.
    steepness
        Points of percent for each unit of log-odds there.
    """

    came: Numbers
    remembered: Numbers
    last: Numbers
    steepness: Numbers


def fit_shares(years: list[Recalled], held: Constants) -> tuple[float, float, float]:
    """Fit what is believed, the national move of each year taken out.

    Returns
    -------
    memory_share, last_year_share, far_share
        As in the record of a part: the first from 0 to 1, the second from 0 to the first, the
        third not below 0.

    Examples
    --------
    >>> from schoolhubs.targets.constants import constants
    >>> last, remembered = np.linspace(-0.2, 0.2, 101), 0.1 * np.sin(np.arange(-50, 51))
    >>> came = remembered + 0.5 * (last - remembered)
    >>> year = Recalled(came=came, remembered=remembered, last=last, steepness=np.ones(101))
    >>> [round(share, 2) for share in fit_shares([year], constants())[:2]]
    [1.0, 0.5]
    """
    table = np.concatenate([_rows(year, held.far_log_odds) for year in years])
    shares = _least_absolute(table)
    if shares[2] < 0:
        shares = np.append(_least_absolute(table[:, :3]), 0.0)
    memory = float(np.clip(shares[0], 0.0, 1.0))
    return memory, float(np.clip(shares[1], 0.0, memory)), float(shares[2])


def _rows(year: Recalled, far: float) -> Numbers:
    """Lay out what came, memory, last year in its stead, and what of memory lies far out."""
    instead = np.where(np.isfinite(year.last), year.last - year.remembered, 0.0)
    beyond = year.remembered - np.clip(year.remembered, -far, far)
    moved = year.came - np.median(year.came - year.remembered)
    columns = np.column_stack([moved, year.remembered, instead, beyond])
    found: Numbers = columns * year.steepness[:, None]
    return found


def _least_absolute(table: Numbers) -> Numbers:
    # Seconds to import, and only a fit needs it.
    from statsmodels.regression.quantile_regression import QuantReg
    from statsmodels.tools.sm_exceptions import IterationLimitWarning

    with warnings.catch_warnings():
        # Few schools may leave it to swing between two answers that are as good as each other.
        warnings.simplefilter("ignore", IterationLimitWarning)
        fit = QuantReg(table[:, 0], table[:, 1:]).fit(0.5, max_iter=MOST_STEPS, p_tol=TOLERANCE)
    found: Numbers = np.asarray(fit.params)
    return found


def believed(
    kept: Kept,
    distance: Numbers,
    has_last: NDArray[np.bool_],
    shares: tuple[float, float, float],
    held: Constants,
) -> Kept:
    """Weigh earlier years by what is believed of them.

    The weights of a school never add up to more than one: beyond, more need would make for a
    lower expectation.

    Parameters
    ----------
    distance
        Shape (n, lags): earlier years' distance from context, zero where there is no figure.
    has_last
        Shape (n,): whether there is a figure of the year before.
    shares
        As :func:`fit_shares` gives them.
    """
    memory_share, last_year_share, far_share = shares
    weights = kept.next_weights
    total = weights.sum(axis=1)
    remembered = np.abs((weights * distance).sum(axis=1))
    last = np.where(has_last, last_year_share, 0.0)
    ahead = weights * (memory_share - last)[:, None]
    behind = kept.last_weights * (1.0 - last)[:, None]
    taken = last + np.maximum(ahead.sum(axis=1), behind.sum(axis=1))
    room = np.maximum(1.0 - taken, 0.0) / np.maximum(total, SMALLEST)
    beyond = np.maximum(remembered - held.far_log_odds, 0.0) / np.maximum(remembered, SMALLEST)
    # The same for both years: being far from context is no reason to ask for more or less.
    far = weights * (np.minimum(far_share, room) * beyond)[:, None]
    for each in (ahead, behind):
        each += far
        each[:, 0] += last
    return dataclasses.replace(kept, next_weights=ahead, last_weights=behind)
