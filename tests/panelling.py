"""A panel of invented schools whose lasting differences, chance and context are known."""

import dataclasses
import datetime
from typing import Any

import numpy as np
import polars as pl

from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.records.school.history import SchoolPanel

FIRST = AcademicYear("2010/11")
AGES = {"primary": (4, 11), "secondary": (11, 16), "special": (4, 16)}
REGIONS = ("London", "North East", "South West", "East Midlands")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Made:
    """A panel, with the truth behind it: lasting level of each school, log-odds, (n, years)."""

    panel: SchoolPanel
    truth: np.ndarray[Any, Any]
    urns: tuple[str, ...]
    years: tuple[str, ...]


def make(
    n: int = 600,
    years: int = 8,
    *,
    seed: int = 1,
    phase: str = "primary",
    level: float = -3.1,
    persistence: float = 0.85,
    shift: float = 0.0,
) -> Made:
    """Make ``n`` schools: FSM raises absence, differences last, small schools vary by chance."""
    rng = np.random.default_rng(seed)
    fsm, roll = 60 * rng.beta(1.5, 4, n), np.round(np.exp(rng.normal(5.4, 0.6, n)))
    lasting = rng.normal(0, 0.15, n)
    truth = np.empty((n, years))
    for year in range(years):
        if year:
            fresh = rng.normal(0, 0.15 * np.sqrt(1 - persistence**2), n)
            lasting = persistence * lasting + fresh
        truth[:, year] = level + 0.02 * (fsm - fsm.mean()) + lasting + shift * (year == years - 1)
    seen = truth + rng.normal(0, 1, truth.shape) * np.sqrt(2.0 / roll)[:, None]
    percent = 100 / (1 + np.exp(-seen))
    urns = tuple(f"{900000 + k}" for k in range(n))
    names = tuple(FIRST.plus(k) for k in range(years))
    return Made(
        panel=SchoolPanel(
            on=names[-1].finishes_on,
            years=_years(urns, names, percent, roll, phase),
            context=_context(rng, urns, fsm, roll, phase),
            national=frames.NATIONAL_ABSENCE.fill(
                pl.DataFrame(
                    {
                        "phase": [phase] * years,
                        "year": names,
                        "sess_overall_percent": (percent * roll[:, None]).sum(0) / roll.sum(),
                        "how": ["summed over all schools"] * years,
                    }
                )
            ),
        ),
        truth=truth,
        urns=urns,
        years=names,
    )


def _years(urns: Any, names: Any, percent: Any, roll: Any, phase: str) -> pl.DataFrame:
    n, years = percent.shape
    return frames.SCHOOL_YEARS.fill(
        pl.DataFrame(
            {
                "urn": np.repeat(urns, years),
                "year": list(names) * n,
                "phase": [phase] * (n * years),
                "is_own": [True] * (n * years),
                "figure_urns": np.repeat(urns, years),
                "la_code": np.repeat([str(201 + k % 20) for k in range(n)], years),
                "region": np.repeat([REGIONS[k % 4] for k in range(n)], years),
                "half_terms": [6] * (n * years),
                "enrolments": np.repeat(roll.astype(int), years),
                "sess_possible": np.repeat(380 * roll.astype(int), years),
                "sess_overall_percent": percent.ravel(),
            }
        ).sort("urn", "year")
    )


def _context(rng: Any, urns: Any, fsm: Any, roll: Any, phase: str) -> pl.DataFrame:
    n = len(urns)
    return frames.SCHOOL_CONTEXT.fill(
        pl.DataFrame(
            {
                "urn": urns,
                "school_name": [f"Invented School {k}" for k in range(n)],
                "context_urn": urns,
                "phase": [phase] * n,
                "is_open": [True] * n,
                "is_special_or_ap": [phase == "special"] * n,
                "la_code": [str(201 + k % 20) for k in range(n)],
                "region": [REGIONS[k % 4] for k in range(n)],
                "n_pupils": roll,
                "fsm_percent": 0.7 * fsm,
                "fsm_ever_percent": fsm,
                "sen_support_percent": 25 * rng.beta(2, 4, n),
                "ehc_plan_percent": 6 * rng.beta(2, 6, n),
                "eal_percent": 80 * rng.beta(0.7, 3, n),
                "context_year": ["2018/19"] * n,
                "is_selective": [False] * n,
                "selective_share": [0.0] * n,
                "age_low": [AGES[phase][0]] * n,
                "age_high": [AGES[phase][1]] * n,
                "lat": 51.5 + rng.uniform(0, 2, n),
                "lon": -1.5 + rng.uniform(0, 2, n),
            }
        )
    )


def changed(panel: SchoolPanel, urn: str, **context: Any) -> SchoolPanel:
    """Give the panel with some of one school's context changed."""
    mine = pl.col("urn") == urn
    held = panel.context.with_columns(
        pl.when(mine).then(pl.lit(value, panel.context.schema[name])).otherwise(name).alias(name)
        for name, value in context.items()
    )
    return dataclasses.replace(panel, context=held)


def refigured(panel: SchoolPanel, urn: str, year: str, percent: float) -> SchoolPanel:
    """Give the panel with one school's absence of a year changed."""
    mine = (pl.col("urn") == urn) & (pl.col("year") == year)
    figure = pl.when(mine).then(percent).otherwise("sess_overall_percent")
    held = panel.years.with_columns(figure.alias("sess_overall_percent"))
    return dataclasses.replace(panel, years=held)


NO_DAY = datetime.date(2018, 9, 1)
