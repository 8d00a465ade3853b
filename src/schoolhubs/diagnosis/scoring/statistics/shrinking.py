"""Empirical Bayes: a score drawn toward schools of its kind, as far as chance may reach."""

import dataclasses

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FARTHEST = 1e6  # variance between schools beyond which no search goes; scores are 0 to 100


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Shrunk:
    """Scores after shrinkage.

    Parameters
    ----------
    mean, sd
        One entry a school: what its true score is likely to be, and how unsure that is.
    between
        Variance of true scores about the mean of their kind.
    """

    mean: Floats
    sd: Floats
    between: float

    def interval(self, share: float) -> tuple[Floats, Floats]:
        """Give the ends of an interval that holds that share of true scores."""
        reach = ndtri(0.5 + share / 2) * self.sd
        return self.mean - reach, self.mean + reach


def shrink(value: Floats, variance: Floats, kind: Ints) -> Shrunk:
    """Draw each score toward the mean of its kind.

    The spread of true scores is found by the rule of Paule and Mandel: the one at which scores
    differ as much as they should. That it and the means are themselves estimates is added to each
    interval, as Morris (1983) does.

    Parameters
    ----------
    value, variance
        Length m: score of each school and the square of its standard error, above 0.
    kind
        Length m: which kind of school it is, numbered from 0. More schools than kinds, by three.

    Examples
    --------
    >>> value = np.array([40.0, 50.0, 60.0, 50.0, 45.0, 55.0])
    >>> found = shrink(value, np.full(6, 25.0), np.zeros(6, np.int64))
    >>> bool(abs(found.mean[0] - 50) < 10), bool(found.sd[0] < 5)
    (True, True)
    """
    kind = np.unique(kind, return_inverse=True)[1]
    n_kinds = int(kind.max()) + 1
    spare = len(value) - n_kinds
    between = _between(value, variance, kind, spare)
    weight = 1 / (variance + between)
    middle, middle_variance = _means(value, weight, kind)
    kept = between / (variance + between)
    # As Morris: less is kept back than the plain estimate would, since the spread is estimated.
    back = (1 - kept) * max(spare - 2, 1) / max(spare, 1)
    kept = 1 - back
    mean = middle[kind] + kept * (value - middle[kind])
    unsure = 2 / max(spare - 2, 1) * back**2 * (value - middle[kind]) ** 2
    total = variance * kept + back**2 * middle_variance[kind] + unsure
    return Shrunk(mean=mean, sd=np.sqrt(np.minimum(total, variance)), between=between)


def _means(value: Floats, weight: Floats, kind: Ints) -> tuple[Floats, Floats]:
    held = np.bincount(kind, weight)
    return np.bincount(kind, weight * value) / held, 1 / held


def _between(value: Floats, variance: Floats, kind: Ints, spare: int) -> float:
    def over(between: float) -> float:
        weight = 1 / (variance + between)
        middle, _ = _means(value, weight, kind)
        return float((weight * (value - middle[kind]) ** 2).sum() - spare)

    if over(0.0) <= 0:
        return 0.0
    from scipy.optimize import brentq  # slow to import, and whoever only reads needs none

    return float(brentq(over, 0.0, FARTHEST, xtol=1e-6))


def ranks(shrunk: Shrunk, *, draws: int, share: float, seed: int) -> tuple[Ints, Ints]:
    """Give the best and the worst place each school may have; 1 is the highest score.

    Examples
    --------
    >>> clear = Shrunk(mean=np.array([80.0, 20.0]), sd=np.array([1.0, 1.0]), between=900.0)
    >>> [each.tolist() for each in ranks(clear, draws=500, share=0.9, seed=1)]
    [[1, 2], [1, 2]]
    """
    from scipy.stats import rankdata  # takes a second to import

    rng = np.random.default_rng(seed)
    drawn = rng.normal(shrunk.mean, shrunk.sd, (draws, len(shrunk.mean)))
    place = rankdata(-drawn, method="ordinal", axis=1)
    ends = np.quantile(place, [(1 - share) / 2, 1 - (1 - share) / 2], axis=0)
    return np.floor(ends[0]).astype(np.int64), np.ceil(ends[1]).astype(np.int64)


def toward(value: Floats, variance: Floats, known: Floats, between: float) -> Shrunk:
    """Draw each value toward one that is known, by a spread that is known.

    >>> found = toward(np.array([10.0]), np.array([4.0]), np.array([0.0]), 4.0)
    >>> found.mean.tolist(), found.sd.round(3).tolist()
    ([5.0], [1.414])
    """
    kept = between / (between + variance)
    return Shrunk(mean=known + kept * (value - known), sd=np.sqrt(kept * variance), between=between)
