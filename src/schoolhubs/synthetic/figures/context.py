"""Who goes to each school: roll, free meals, special needs, language; as they go together."""

from collections.abc import Mapping
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
# Mean free meals by authority correlate 0.93 between primary and secondary (census 2018/19).
SHARED_BY_PHASES = 0.9
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
    ranks then take the real distribution of each figure. What sets an authority apart is much the
    same in all its phases.

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
    shared = rng.standard_normal((int(area.max()) + 1, len(VARIABLES)))
    for name, part in sorted(set(zip(group, pool, strict=True))):
        of = np.flatnonzero((group == name) & (pool == part))
        fitted = constants.context["groups"][name]
        drawn = _scores(fitted, shared, area[of], subregion[of], density[of], rng)
        for position, variable in enumerate(VARIABLES):
            ranks = (rankdata(drawn[:, position], method="ordinal") - 0.5) / len(of)
            values = quantiles(ranks, constants.context["percentiles"], fitted["knots"][variable])
            out[variable][of] = np.round(values, 1)
        now = fitted["fsm_now_of_ever"]
        share = np.clip(rng.normal(now["mean"], now["sd"], len(of)), 0.2, 1.0)
        out["fsm_percent"][of] = out["fsm_ever_percent"][of] * share
        out["girls_percent"][of] = np.clip(rng.normal(49.0, 3.5, len(of)), 35, 62)
    out["n_pupils"] = np.maximum(np.round(out["n_pupils"]), FEWEST_PUPILS)
    return out


def _scores(
    fitted: Mapping[str, Any],
    shared: NDArray[np.float64],
    area: NDArray[np.int64],
    subregion: NDArray[np.object_],
    density: NDArray[np.float64],
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Give normal scores, shape (n, 5)."""
    settled = norm.ppf((rankdata(density) - 0.5) / len(density))
    areas, index = np.unique(area, return_inverse=True)
    middle = np.bincount(index, settled) / np.bincount(index)
    own = rng.standard_normal((len(areas), len(VARIABLES)))
    common = np.sqrt(SHARED_BY_PHASES) * shared[areas] + np.sqrt(1 - SHARED_BY_PHASES) * own
    between = _given(np.array(fitted["between_areas"]), middle, common)
    single = rng.standard_normal((len(area), len(VARIABLES)))
    within = _given(np.array(fitted["within_area"]), settled - middle[index], single)
    names, region = np.unique(subregion.astype(str), return_inverse=True)
    rest = between[index] + within
    # The region's own mean is known, so what its authorities happen to share is taken off.
    sums = np.zeros((len(names), rest.shape[1]))
    np.add.at(sums, region, rest)
    means = np.array([fitted["region_means"][name] for name in names])
    return np.asarray(rest + (means - sums / np.bincount(region)[:, None])[region])


def _given(
    covariance: NDArray[np.float64], known: NDArray[np.float64], drawn: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Turn standard normal draws into the first variables of a normal vector given its last."""
    slope = covariance[:-1, -1] / covariance[-1, -1]
    rest = covariance[:-1, :-1] - np.outer(slope, covariance[:-1, -1])
    values, vectors = np.linalg.eigh(rest)
    # The symmetric root keeps each variable's draw its own, so that phases can share it.
    root = (vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.T
    return np.asarray(drawn @ root + known[:, None] * slope)
