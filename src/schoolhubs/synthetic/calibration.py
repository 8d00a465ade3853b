"""The constants of the synthetic England, read from data files that name their sources."""

import dataclasses
import functools
from collections.abc import Mapping
from importlib import resources
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.errors import UsageError
from schoolhubs.vocabulary.written.stored import read_facts

GROUPS = ("primary", "secondary", "special")
YEARS_IN_A_SERIES = 7
# The rates of pupils after the pandemic are spread otherwise than before it.
LATER_PROFILE_FROM = AcademicYear("2022/23")
_DATA = resources.files("schoolhubs.synthetic") / "data"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Dynamics:
    """How the absence of one phase's schools differs and moves, on the log of the rate.

    Parameters
    ----------
    context
        Log points of absence for each percentage point (or unit of log roll).
    area_sd, area_memory
        Spread of authorities after context, and how much of it lasts from one year to the next.
    spread_level, spread_per_pupil
        Variance of schools is ``spread_level + spread_per_pupil / n_pupils``.
    permanent_share
        Share (0-1) of what lasts that never changes; the rest fades by ``memory`` a year.
    fresh_of_level, fresh_of_chance
        Shares (0-1) of the two parts of the variance that are new each year.
    memory
        How much of the fading part is left after a year.
    tail
        Degrees of freedom of the permanent and fading parts: smaller means more outliers.
    most
        Furthest a school may lastingly lie from what is expected of it, log points.
    persistent_noise
        Chance in the number of persistent absentees, 1 as if pupils were drawn afresh.
    """

    context: Mapping[str, float]
    area_sd: float
    area_memory: float
    spread_level: float
    spread_per_pupil: float
    permanent_share: float
    fresh_of_level: float
    fresh_of_chance: float
    memory: float
    tail: float
    most: float
    persistent_noise: float


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Everything the generator reads.

    Parameters
    ----------
    facts
        ``calibration.yaml`` as it stands.
    context
        ``context.yaml``: joint distribution of roll, need, language and free meals.
    areas
        Frame ``area, region, easting, northing, n_centres``: clusters of small areas.
    levels
        Frame ``year, phase_group, region, measure, value``.
    reasons
        Frame ``phase_group, reason, share``.
    mixtures
        Frame: two-part beta mixtures of pupils' absence.
    fit
        ``absence_fit.yaml``: region offsets and the pupil constants that go with them.
    dynamics
        For each phase group.
    """

    facts: Mapping[str, Any]
    context: Mapping[str, Any]
    areas: pl.DataFrame
    levels: pl.DataFrame
    reasons: pl.DataFrame
    mixtures: pl.DataFrame
    fit: Mapping[str, Any]
    dynamics: Mapping[str, Dynamics]


@functools.cache
def calibration() -> Calibration:
    """Read the constants shipped with the package.

    >>> sorted(calibration().dynamics)
    ['primary', 'secondary', 'special']
    """
    facts = read_yaml("calibration.yaml")
    return Calibration(
        facts=facts,
        context=read_yaml("context.yaml"),
        areas=read_csv("areas.csv"),
        levels=read_csv("absence_levels.csv"),
        reasons=read_csv("absence_reasons.csv"),
        mixtures=read_csv("pupil_mixtures.csv"),
        fit=read_yaml("absence_fit.yaml"),
        dynamics={group: _dynamics(facts["dynamics"][group]) for group in GROUPS},
    )


def read_yaml(name: str) -> Any:
    """Read one YAML file of the package."""
    return read_facts((_DATA / name).read_text(encoding="utf-8"))


def read_csv(name: str) -> pl.DataFrame:
    """Read one CSV file of the package."""
    return pl.read_csv((_DATA / name).read_bytes(), schema_overrides={"year": pl.String})


def _dynamics(facts: Mapping[str, Any]) -> Dynamics:
    spread = facts["spread"]
    return Dynamics(
        context=facts["context"],
        area_sd=facts["area_sd"],
        area_memory=facts["area_memory"],
        spread_level=spread["level"],
        spread_per_pupil=spread["per_pupil"],
        permanent_share=facts["permanent_share"],
        fresh_of_level=facts["fresh_of_level"],
        fresh_of_chance=facts["fresh_of_chance"],
        memory=facts["memory"],
        tail=facts["tail"],
        most=facts["most"],
        persistent_noise=facts["persistent_noise"],
    )


def known_years(constants: Calibration) -> tuple[AcademicYear, ...]:
    """Give the years whose level of absence is known, in order."""
    published = constants.levels["year"].unique().to_list()
    years = {AcademicYear.parse(year) for year in published}
    years |= {AcademicYear(year) for year in constants.facts["later_levels"]}
    return tuple(sorted(years))


def years_to(last: AcademicYear, constants: Calibration) -> tuple[AcademicYear, ...]:
    """Give the last seven known years up to ``last``.

    Raises
    ------
    UsageError
        If no level of absence is known for ``last``.

    Examples
    --------
    >>> years = years_to(AcademicYear("2022/23"), calibration())
    >>> years[0], years[-2:]
    ('2013/14', ('2018/19', '2022/23'))
    """
    known = known_years(constants)
    if last not in known:
        why = constants.facts["left_out_years"]["why"].strip()
        named = ", ".join(known)
        raise UsageError(f"There is no level of absence for {last}. Known years: {named}. {why}")
    return tuple(year for year in known if year <= last)[-YEARS_IN_A_SERIES:]


def level(constants: Calibration, group: str, year: AcademicYear) -> tuple[float, str]:
    """Give the mean absence of a phase group and year, and what it is a mean of.

    >>> level(calibration(), "primary", AcademicYear("2018/19"))
    (4.03, 'schools')
    """
    later = constants.facts["later_levels"].get(str(year))
    if later:
        return float(later["values"][group]), str(later["of"])
    compact = f"{year.first}{(year.first + 1) % 100:02d}"
    found = constants.levels.filter(
        (pl.col("year") == compact)
        & (pl.col("phase_group") == group)
        & (pl.col("measure") == "school_mean_absence_percent")
    )
    return float(found["value"].item()), "schools"


def profile(year: AcademicYear) -> str:
    """Name the profile a year belongs to: 2018/19 or 2022/23.

    >>> profile(AcademicYear("2017/18")), profile(AcademicYear("2024/25"))
    ('2018/19', '2022/23')
    """
    return "2022/23" if year >= LATER_PROFILE_FROM else "2018/19"


def quantiles(
    scores: NDArray[np.float64], percentiles: list[float], values: list[float]
) -> NDArray[np.float64]:
    """Turn ranks (0-1) into values by straight lines between known percentiles."""
    return np.interp(scores * 100, percentiles, values)
