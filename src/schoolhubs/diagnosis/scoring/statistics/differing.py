"""Whether an item is answered alike by groups who stand alike on its scale (item bias)."""

import dataclasses
import warnings

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Log odds of a counted answer in a group over the others, scale held equal; its interval."""

    log_odds: float
    low: float
    high: float


def difference(
    is_good: Floats, rest: Floats, is_of_group: Floats, *, share: float
) -> Difference | None:
    """Fit whether an answer is good by the rest of the scale and the group (uniform difference).

    Parameters
    ----------
    is_good, is_of_group
        Length n, 0 or 1.
    rest
        Length n: score on the other items of the scale.
    share
        Share of intervals that hold the truth.

    Returns
    -------
    None where it cannot be told: an answer all give, or one side of the scale tells it.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> rest, group = rng.normal(size=2000), rng.integers(0, 2, 2000).astype(float)
    >>> good = (rng.random(2000) < 1 / (1 + np.exp(-rest - group))).astype(float)
    >>> found = difference(good, rest, group, share=0.95)
    >>> found.low < 1 < found.high
    True
    """
    # Seconds to import: every process of the service would pay it that fits nothing.
    from statsmodels.discrete.discrete_model import Logit
    from statsmodels.tools import sm_exceptions as failing

    told = np.column_stack([np.ones_like(rest), rest, is_of_group])
    if np.linalg.matrix_rank(told) < told.shape[1] or is_good.min() == is_good.max():
        return None
    with warnings.catch_warnings():
        doubts = (
            failing.ConvergenceWarning,
            failing.HessianInversionWarning,
            failing.PerfectSeparationWarning,
        )
        for kind in doubts:
            warnings.simplefilter("error", kind)
        try:
            fitted = Logit(is_good, told).fit(disp=0)
        except (*doubts, failing.PerfectSeparationError, np.linalg.LinAlgError):
            return None
    low, high = fitted.conf_int(1 - share)[2]
    return Difference(log_odds=float(fitted.params[2]), low=float(low), high=float(high))
