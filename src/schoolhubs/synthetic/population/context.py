"""Who goes to each school: roll, free meals, special needs, language; as they go together."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, rankdata

from schoolhubs.synthetic.calibration import Calibration, quantiles

VARIABLES = (
    "n_pupils",
    "ehc_plan_percent",
    "sen_support_percent",
    "eal_percent",
    "fsm_ever_percent",
)
FEWEST_PUPILS = 8
Columns = dict[str, NDArray[np.float64]]


def draw_context(
    group: NDArray[np.object_],
    pool: NDArray[np.object_],
    area: NDArray[np.int64],
    subregion: NDArray[np.object_],
    density: NDArray[np.float64],
    constants: Calibration,
    rng: np.random.Generator,
) -> Columns:
    """Draw the intake of every school.

    The five figures of a school are drawn together with how settled its place is: normal scores
    with the real correlations, within authorities and between them, around the region's mean;
    ranks then take the real distribution of each figure.

    Parameters
    ----------
    group
        Shape (n,): phase group whose distribution to use.
    pool
        Shape (n,): schools of one pool (and group) make up that distribution together.
    area, subregion, density
        Shape (n,): authority, one of ten regions, and log density of settlement.

    Returns
    -------
    Columns of shape (n,): the five of ``VARIABLES`` (pupils; percent), ``fsm_percent`` (now) and
    ``girls_percent``.
    """
    out = {name: np.zeros(len(group)) for name in (*VARIABLES, "fsm_percent", "girls_percent")}
    for name, part in sorted(set(zip(group, pool, strict=True))):
        of = np.flatnonzero((group == name) & (pool == part))
        fitted = constants.context["groups"][name]
        drawn = _draw_group(fitted, area[of], subregion[of], density[of], rng)
        for position, variable in enumerate(VARIABLES):
            ranks = (rankdata(drawn[:, position], method="ordinal") - 0.5) / len(of)
            values = quantiles(ranks, constants.context["percentiles"], fitted["knots"][variable])
            out[variable][of] = np.round(values, 1)
        now = np.clip(rng.normal(*fitted["fsm_now_of_ever"].values(), len(of)), 0.2, 1.0)
        out["fsm_percent"][of] = out["fsm_ever_percent"][of] * now
        out["girls_percent"][of] = np.clip(rng.normal(49.0, 3.5, len(of)), 35, 62)
    out["n_pupils"] = np.maximum(np.round(out["n_pupils"]), FEWEST_PUPILS)
    return out


def _draw_group(
    fitted: dict[str, Any],
    area: NDArray[np.int64],
    subregion: NDArray[np.object_],
    density: NDArray[np.float64],
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Give normal scores, shape (n, 5)."""
    settled = norm.ppf((rankdata(density) - 0.5) / len(density))
    _labels, index = np.unique(area, return_inverse=True)
    counts = np.bincount(index)
    middle = np.bincount(index, settled) / counts
    between = _given(np.array(fitted["between_areas"]), middle, rng)
    within = _given(np.array(fitted["within_area"]), settled - middle[index], rng)
    names, region = np.unique(subregion.astype(str), return_inverse=True)
    rest = between[index] + within
    # The region's own mean is known, so what its authorities happen to share is taken off.
    sums = np.zeros((len(names), rest.shape[1]))
    np.add.at(sums, region, rest)
    means = np.array([fitted["region_means"][name] for name in names])
    return np.asarray(rest + (means - sums / np.bincount(region)[:, None])[region])


def _given(
    covariance: NDArray[np.float64], known: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Draw the first variables of a normal vector given its last one, shape (n, k - 1)."""
    slope = covariance[:-1, -1] / covariance[-1, -1]
    rest = covariance[:-1, :-1] - np.outer(slope, covariance[:-1, -1])
    values, vectors = np.linalg.eigh(rest)
    root = vectors * np.sqrt(np.clip(values, 0, None))
    drawn: NDArray[np.float64] = rng.standard_normal((len(known), len(rest))) @ root.T
    return drawn + known[:, None] * slope
