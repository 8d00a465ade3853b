"""What a school's context lets expect: a curve for each input, never asking more of more need."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import lsq_linear

from schoolhubs.targets.model.arrays import History
from schoolhubs.targets.model.record import PARTS, Part
from schoolhubs.targets.model.scale import Numbers

REGIONS = (
    "East Midlands",
    "East of England",
    "North East",
    "North West",
    "South East",
    "South West",
    "West Midlands",
    "Yorkshire and the Humber",
)
LONDON = "London"
MIDDLE_LOG_ROLL = 5.5
# Inputs whose slope may not be negative: more need never lowers what is expected.
RISING = ("fsm_early", "fsm_late", "sen_support", "ehc_plan")
KINDS: Mapping[str, tuple[str, ...]] = {
    "fsm": ("fsm_early", "fsm_late"),
    "sen": ("sen_support", "ehc_plan"),
    "eal": ("eal", "eal_squared"),
    "size_region": ("log_roll", "log_roll_squared", *REGIONS),
}


def known(part: str, at: History) -> NDArray[np.bool_]:
    """Tell which schools have all the figures a part needs. A region not known is not guessed."""
    found: NDArray[np.bool_] = np.isfinite(at.roll) & (at.roll > 0)
    for name in PARTS[part]:
        found &= np.isfinite(at.shares[name])
    if part != "bare":
        found &= np.isin(at.regions, np.array([LONDON, *REGIONS]))
    return found


def inputs_of(part: str) -> tuple[str, ...]:
    """Name the columns of a part's design."""
    roll = ("log_roll", "log_roll_squared")
    if part == "bare":
        return roll
    fsm = ("fsm_early", "fsm_late")
    rest = ("sen_support", "ehc_plan", "eal", "eal_squared") if part == "full" else ()
    return (*fsm, *rest, *roll, *REGIONS)


def design(part: str, at: History, fsm_span: float, ehc_span: float) -> Numbers:
    """Lay out the design, shape (n, columns). Rows that :func:`known` denies hold NaN.

    The free-school-meals curve is made of two pieces that both rise up to ``fsm_span`` and are
    level beyond, so that with slopes of zero or more it cannot turn down; it is a quadratic.
    """
    columns: dict[str, Numbers] = {}
    if part != "bare":
        fsm = np.clip(at.shares[PARTS[part][0]], 0, fsm_span)
        columns["fsm_early"] = fsm_span * fsm - fsm**2 / 2
        columns["fsm_late"] = fsm**2 / 2
        columns |= {region: (at.regions == region).astype(float) for region in REGIONS}
    if part == "full":
        columns["sen_support"] = at.shares["sen_support_percent"]
        columns["ehc_plan"] = np.minimum(at.shares["ehc_plan_percent"], ehc_span)
        columns["eal"] = at.shares["eal_percent"]
        columns["eal_squared"] = at.shares["eal_percent"] ** 2
    log_roll = np.log(np.where(at.roll > 0, at.roll, np.nan)) - MIDDLE_LOG_ROLL
    columns["log_roll"], columns["log_roll_squared"] = log_roll, log_roll**2
    return np.column_stack([columns[name] for name in inputs_of(part)])


def fitted(
    x: Numbers, y: Numbers, weights: Numbers, names: Sequence[str]
) -> tuple[Numbers, Numbers, float]:
    """Fit slopes by weighted least squares, those of need not below zero.

    Returns
    -------
    centre, slopes, intercept
        The weighted mean of each column, its slope, and the value at the centre.
    """
    centre = np.average(x, axis=0, weights=weights)
    table = np.column_stack([np.ones(len(x)), x - centre, y])
    # As few rows as columns, with the same answer, and none the worse for a column of zeros.
    sizes, turns = np.linalg.eigh(table.T @ (table * weights[:, None]))
    small = np.sqrt(np.maximum(sizes, 0.0))[:, None] * turns.T
    least = np.array([-np.inf] + [0.0 if name in RISING else -np.inf for name in names])
    found = lsq_linear(small[:, :-1], small[:, -1], bounds=(least, np.inf), method="bvls")
    return centre, np.asarray(found.x[1:]), float(found.x[0])


def by_kind(part: str, of: Part, at: History) -> dict[str, Numbers]:
    """Give what each kind of context adds, log-odds, shape (n,); the intercept stands apart."""
    x = design(part, at, of.fsm_span, of.ehc_span) - np.array(of.centre)
    pieces = x * np.array(of.slopes)
    found = {}
    for kind, members in KINDS.items():
        columns = [k for k, name in enumerate(of.inputs) if name in members]
        found[kind] = pieces[:, columns].sum(axis=1) if columns else np.zeros(len(x))
    return found
