"""The constants of synthetic pupils, laid out as arrays by phase group."""

import dataclasses
import functools
from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import beta, norm

from schoolhubs.synthetic.calibration import GROUPS, calibration, read_csv, read_yaml

Numbers = NDArray[np.float64]
Letters = NDArray[np.uint8]
NO_MARK = np.uint8(ord("."))
# Kinds of pupil by the share of sessions they miss.
KINDS = ("settled", "persistent", "severe")
# Free meals: eligible, not, and nobody knew; needs: none, SEN support, EHC plan, nobody knew.
ELIGIBILITIES = ("fsm", "not_fsm", "not_known")
NEEDS = ("none", "sen")
FSM, NOT_FSM, NOT_KNOWN = range(3)
NO_NEED, SUPPORT, PLAN, NEED_NOT_KNOWN = range(4)
N_YEAR_GROUPS = 12
# Normal scores at which the quantile functions of pupils' rates are held.
SCORES = np.linspace(-8, 8, 3201)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PupilConstants:
    """What pupils of one profile (2018/19 or 2022/23) are drawn from.

    Parameters
    ----------
    profile
        The profile.
    facts
        ``pupils.yaml``.
    fit
        The profile's part of ``pupil_fit.yaml``.
    cells
        ``pupil_cells.csv`` of the profile.
    effect
        Shape (3, 3, 2, 12): normal-score effect by phase group, eligibility, any need, year group.
    rates
        Shape (3, 3, 3201): share of sessions missed (0-1) at each of ``SCORES``, by phase group
        and eligibility.
    fsm_weight, need_weight
        Shape (3, 12): odds of free meals and of special needs in a year group, over its phase's.
    """

    profile: str
    facts: Mapping[str, Any]
    fit: Mapping[str, Any]
    cells: pl.DataFrame
    effect: Numbers
    rates: Numbers
    fsm_weight: Numbers
    need_weight: Numbers

    def by_group(self, name: str) -> Numbers:
        """Give one fitted constant for the three phase groups."""
        return np.array([self.fit[group][name] for group in GROUPS], dtype=float)


@functools.cache
def pupil_constants(profile: str) -> PupilConstants:
    """Read the constants of a profile.

    >>> pupil_constants("2022/23").rates.shape
    (3, 3, 3201)
    """
    fit = read_yaml("pupil_fit.yaml")[profile]
    return constants_of(profile, fit)


def constants_of(profile: str, fit: Mapping[str, Any]) -> PupilConstants:
    """Lay out fitted constants such as the package's own."""
    cells = read_csv("pupil_cells.csv").filter(pl.col("profile") == profile)
    return PupilConstants(
        profile=profile,
        facts=read_yaml("pupils.yaml"),
        fit=fit,
        cells=cells,
        effect=_effects(fit),
        rates=rate_tables(profile, calibration().mixtures, fit),
        fsm_weight=_odds(cells, pl.col("eligibility") == "fsm"),
        need_weight=_odds(cells, pl.col("need") == "sen"),
    )


def _odds(cells: pl.DataFrame, has: pl.Expr) -> Numbers:
    """Give odds by year group over the phase group's; where unpublished, the phase group's."""
    out = np.ones((len(GROUPS), N_YEAR_GROUPS))
    n = pl.col("enrolments")
    for g, group in enumerate(GROUPS):
        of = cells.filter(pl.col("phase_group") == group)
        mine = of.group_by("year_group").agg(yes=n.filter(has).sum(), no=n.filter(~has).sum())
        if mine["no"].sum() == 0:
            continue
        mine = mine.filter((pl.col("yes") > 0) & (pl.col("no") > 0))
        yes, no = mine["yes"].to_numpy(), mine["no"].to_numpy()
        out[g, mine["year_group"].to_numpy()] = yes / no * no.sum() / yes.sum()
    return out


def rate_tables(profile: str, mixtures: pl.DataFrame, fit: Mapping[str, Any]) -> Numbers:
    """Give the rates at each of ``SCORES``, from mixtures such as the package's own.

    Parameters
    ----------
    mixtures
        Frame ``year, phase_group, is_fsm, high_share, low_a, low_b, high_a, high_b``.
    fit
        ``bends``, by phase group and eligibility: pairs of a score and the one it is taken for,
        since the scores of pupils of many schools are not quite normal, nor are the mixtures
        quite the bands.
    """
    compact = profile[:4] + profile[-2:]
    parts = ("high_share", "low_a", "low_b", "high_a", "high_b")
    unknown = read_csv("pupil_mixtures_not_known.csv").filter(pl.col("profile") == profile)
    out = np.zeros((len(GROUPS), len(ELIGIBILITIES), len(SCORES)))
    for g, group in enumerate(GROUPS):
        of = mixtures.filter((pl.col("year") == compact) & (pl.col("phase_group") == group))
        for e, is_fsm in enumerate((True, False)):
            out[g, e] = _quantile_function(of.filter(pl.col("is_fsm") == is_fsm).select(parts))
        out[g, NOT_KNOWN] = _quantile_function(
            unknown.filter(pl.col("phase_group") == group).select(parts)
        )
        for e, eligibility in enumerate(ELIGIBILITIES):
            score, taken_for = np.array(fit[group]["bends"][eligibility])
            apart = np.interp(SCORES, score, taken_for - score)
            out[g, e] = np.interp(SCORES + apart, SCORES, out[g, e])
    return out


def _quantile_function(parts: pl.DataFrame) -> Numbers:
    high_share, low_a, low_b, high_a, high_b = parts.row(0)
    # Dense at both ends, where a rate of nought and one of all sessions are common.
    grid = (1 - np.cos(np.linspace(0, np.pi, 8001))) / 2
    reached = (1 - high_share) * beta.cdf(grid, low_a, low_b)
    reached += high_share * beta.cdf(grid, high_a, high_b)
    return np.asarray(np.interp(norm.cdf(SCORES), reached, grid))


def _effects(fit: Mapping[str, Any]) -> Numbers:
    """Lay out the effects by cell; a cell too small to be published has its neighbour's."""
    out = np.zeros((len(GROUPS), len(ELIGIBILITIES), len(NEEDS), N_YEAR_GROUPS))
    every = np.arange(N_YEAR_GROUPS)
    for g, group in enumerate(GROUPS):
        for e, eligibility in enumerate(ELIGIBILITIES[:2]):
            for d, need in enumerate(NEEDS):
                known = fit[group]["effects"][eligibility].get(need) or {1: 0.0}
                years = sorted(known)
                out[g, e, d] = np.interp(every, years, [known[year] for year in years])
    return out
