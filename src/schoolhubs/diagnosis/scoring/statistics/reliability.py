"""Alpha and omega of a scale, with bootstrap intervals; reliability of a school's mean."""

import dataclasses

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MOST_ROUNDS = 500
CLOSE_ENOUGH = 1e-10
CLOSE_ENOUGH_IN_A_DRAW = 1e-6
CELLS_AT_ONCE = 4_000_000  # of draws by distinct answers, so that memory stays small


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Consistency:
    """Alpha and omega with their intervals; each 0-1, a negative alpha as it came out."""

    alpha: float
    alpha_interval: tuple[float, float]
    omega: float
    omega_interval: tuple[float, float]


def alpha(covariance: Floats) -> Floats:
    """Give Cronbach's alpha of each covariance matrix.

    Parameters
    ----------
    covariance
        Shape (..., k, k), k items; k at least 2.

    Returns
    -------
    Shape (...); NaN where nobody differs.

    Examples
    --------
    >>> alpha(np.array([[2.0, 1.0], [1.0, 2.0]])).round(6).tolist()
    0.666667
    """
    k = covariance.shape[-1]
    total = covariance.sum((-2, -1))
    own = np.trace(covariance, axis1=-2, axis2=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = np.where(total > 0, k / (k - 1) * (1 - own / total), np.nan)
    return found


def omega(covariance: Floats, *, close_enough: float = CLOSE_ENOUGH) -> Floats:
    """Give McDonald's omega of each covariance matrix by one factor, by least squares.

    The factor is found by principal axes repeated until communalities stand still, for all
    matrices at once; :class:`statsmodels.multivariate.factor.Factor` does one and serves as check.

    Parameters
    ----------
    covariance
        Shape (..., k, k), k items; k at least 3, else one factor cannot be told.

    Returns
    -------
    Shape (...), 0-1; NaN where an item does not differ between people.

    Examples
    --------
    >>> loading = np.array([0.7, 0.7, 0.7, 0.7])
    >>> exact = np.outer(loading, loading) + np.diag(1 - loading**2)
    >>> omega(exact).round(4).tolist()
    0.7935
    """
    spread = np.sqrt(np.diagonal(covariance, axis1=-2, axis2=-1))
    is_known = (spread > 0).all(-1)
    safe = np.where(spread > 0, spread, 1.0)
    correlation = covariance / safe[..., :, None] / safe[..., None, :]
    loading = _one_factor(correlation, close_enough) * spread
    common = loading.sum(-1) ** 2
    own = (spread**2 - loading**2).sum(-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = np.where(is_known, common / (common + own), np.nan)
    return found


def _one_factor(correlation: Floats, close_enough: float) -> Floats:
    """Give loadings on one factor; signs so that most are positive."""
    k = correlation.shape[-1]
    at = np.arange(k)
    off = np.abs(np.where(np.eye(k, dtype=bool), 0.0, correlation))
    communality = off.max(-1)
    reduced = correlation.copy()
    loading = np.zeros_like(communality)
    for _ in range(MOST_ROUNDS):
        reduced[..., at, at] = communality
        values, vectors = np.linalg.eigh(reduced)
        loading = vectors[..., :, -1] * np.sqrt(np.maximum(values[..., -1:], 0.0))
        found = np.minimum(loading**2, 1.0)
        moved = np.abs(found - communality).max(initial=0.0)
        communality = found
        if moved < close_enough:
            break
    turned: Floats = loading * np.where(loading.sum(-1, keepdims=True) < 0, -1.0, 1.0)
    return turned


def consistency(answers: Floats, *, draws: int, share: float, seed: int) -> Consistency:
    """Give alpha and omega of one scale, with percentile bootstrap intervals.

    Parameters
    ----------
    answers
        Shape (n, k): people by items, none missing, reversed items already turned.
    draws
        Samples of n people, drawn with replacement.
    share
        Share of intervals that hold the truth, such as 0.95.

    Examples
    --------
    >>> people = np.random.default_rng(1).normal(size=(400, 1))
    >>> noise = np.random.default_rng(2).normal(size=(400, 4))
    >>> found = consistency(people + noise, draws=200, share=0.95, seed=3)
    >>> found.omega_interval[0] < found.omega < found.omega_interval[1]
    True
    """
    patterns, counts = np.unique(answers, axis=0, return_counts=True)
    n = len(answers)
    whole = _covariance(counts[None, :].astype(np.float64), patterns, n)[0]
    rng = np.random.default_rng(seed)
    at_once = max(1, CELLS_AT_ONCE // len(patterns))
    drawn = []
    for start in range(0, draws, at_once):
        some = rng.multinomial(n, counts / n, size=min(at_once, draws - start))
        drawn.append(_covariance(some.astype(np.float64), patterns, n))
    samples = np.concatenate(drawn)
    ends = ((1 - share) / 2, 1 - (1 - share) / 2)
    return Consistency(
        alpha=float(alpha(whole)), alpha_interval=_between(alpha(samples), ends),
        omega=float(omega(whole)),
        omega_interval=_between(omega(samples, close_enough=CLOSE_ENOUGH_IN_A_DRAW), ends),
    )  # fmt: skip


def _covariance(counts: Floats, patterns: Floats, n: int) -> Floats:
    """Give the covariance of each sample, from how often each pattern of answers was drawn."""
    k = patterns.shape[1]
    centred = patterns - patterns.mean(0)
    products = (centred[:, :, None] * centred[:, None, :]).reshape(len(patterns), k * k)
    mean = counts @ centred / n
    second = (counts @ products / n).reshape(-1, k, k)
    found: Floats = (second - mean[:, :, None] * mean[:, None, :]) * (n / (n - 1))
    return found


def _between(found: Floats, ends: tuple[float, float]) -> tuple[float, float]:
    if np.isnan(found).all():
        return (float("nan"), float("nan"))
    low, high = np.nanquantile(found, ends)
    return float(low), float(high)


def of_mean(n: float, correlation: float) -> float:
    """Give the reliability of a school's mean: how much of the spread between means is real.

    Parameters
    ----------
    n
        People who answered, or as many as they are worth after weighting.
    correlation
        Share of the spread of answers that lies between schools, 0-1.

    Examples
    --------
    >>> [of_mean(n, share) >= 0.7 for n, share in ((45, 0.05), (27, 0.08), (18, 0.12))]
    [True, True, True]
    >>> [of_mean(n, share) >= 0.7 for n, share in ((44, 0.05), (26, 0.08), (17, 0.12))]
    [False, False, False]
    """
    return n * correlation / (1 + (n - 1) * correlation)
