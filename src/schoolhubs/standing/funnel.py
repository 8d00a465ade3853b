"""Funnel plots: what chance and the ordinary spread of schools explain, by size.

D. Spiegelhalter, Funnel plots for comparing institutional performance (2005) gives the method: the
limits widen by how much schools differ beyond chance (overdispersion), measured with the outermost
schools held in, so that a few extreme ones do not excuse everybody.
"""

import dataclasses
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schoolhubs.standing.constants import stored
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.errors import UsageError
from schoolhubs.vocabulary.phases import pupil_sd_percent

N_SIZES = 60
Numbers = NDArray[np.float64]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    """The limits of a funnel plot, and where each school lies.

    Parameters
    ----------
    limits
        By ``size``, rising: ``middle``, ``low_95``, ``high_95``, ``low_998``, ``high_998``
        (percent).
    schools
        ``urn, size, value`` and ``lies``: ``within``, ``above_95``, ``above_998``, ``below_95``,
        ``below_998``; missing where size or value is.
    between_sd_percent
        How far schools differ beyond chance, one standard deviation in points (overdispersion);
        missing where there are too few schools to tell, and then the limits hold chance only.
    overdispersion
        How many times the spread of schools is that of chance alone, as variances; 1 is chance.
    pupil_sd_percent, pupil_sd_year
        How far pupils differ, and the year that was measured for.
    n_schools
        Schools that the limits were made from.
    """

    limits: pl.DataFrame
    schools: pl.DataFrame
    between_sd_percent: float | None
    overdispersion: float | None
    pupil_sd_percent: float
    pupil_sd_year: AcademicYear
    n_schools: int


def funnel(schools: pl.DataFrame, *, phase: str, year: AcademicYear) -> Funnel:
    """Draw the limits that chance and the ordinary spread of schools set, by size.

    Parameters
    ----------
    schools
        ``urn``, ``size`` (enrolments), ``value`` (percent of sessions missed in ``year``), schools
        of one phase. Rows with size or value missing, or a size of 0, take no part.
    phase
        ``primary``, ``secondary`` or ``special``.

    Raises
    ------
    UsageError
        If nothing is known of how pupils of the phase differ, or no school has a figure.

    Examples
    --------
    >>> rows = {"urn": ["900001", "900002"], "size": [100, 400], "value": [5.0, 7.0]}
    >>> drawn = funnel(pl.DataFrame(rows), phase="primary", year=AcademicYear("2018/19"))
    >>> drawn.schools["lies"].to_list(), drawn.between_sd_percent is None
    (['below_95', 'within'], True)
    """
    sd, sd_year = pupil_sd_percent(phase, year)
    if sd is None:
        raise UsageError(f"No spread of pupils is published for {phase!r}: no funnel can be drawn.")
    known = schools.filter(pl.col("size") > 0, pl.col("value").is_not_null())
    if known.is_empty():
        raise UsageError("No school has both a size and a figure: no funnel can be drawn.")
    size = known["size"].cast(pl.Float64).to_numpy()
    value = known["value"].cast(pl.Float64).to_numpy()
    middle = float(np.sum(size * value) / np.sum(size))
    excess = _overdispersion(value, middle, sd**2 / size)
    between = 0.0 if excess is None else excess[1]
    sizes = np.linspace(max(size.min(), 1.0), max(size.max(), size.min() + 1), N_SIZES)
    limits = pl.DataFrame({"size": sizes, **_limits(middle, sd**2 / sizes + between)})
    return Funnel(
        limits=limits,
        schools=_placed(schools, known, _limits(middle, sd**2 / size + between)),
        between_sd_percent=None if excess is None else float(np.sqrt(between)),
        overdispersion=None if excess is None else excess[0],
        pupil_sd_percent=sd,
        pupil_sd_year=sd_year,
        n_schools=known.height,
    )


def _overdispersion(value: Numbers, middle: float, chance: Numbers) -> tuple[float, float] | None:
    """Give the spread of schools in units of chance, and the variance beyond it in points²."""
    constants = stored()
    if value.size < constants["least_schools"]["value"]:
        return None
    held_in = constants["held_in_share"]["value"]
    z = (value - middle) / np.sqrt(chance)
    z = np.clip(z, *np.quantile(z, [held_in, 1 - held_in]))
    ratio = float(np.mean(z**2))
    weight = 1 / chance
    n = value.size
    beyond = (n * ratio - (n - 1)) / (weight.sum() - (weight**2).sum() / weight.sum())
    return ratio, max(0.0, float(beyond))


def _limits(middle: float, variance: Numbers) -> dict[str, Any]:
    inner, outer = stored()["limit_sds"]["value"]
    sd = np.sqrt(variance)
    return {
        "middle": np.full_like(sd, middle),
        "low_95": np.clip(middle - inner * sd, 0, 100),
        "high_95": np.clip(middle + inner * sd, 0, 100),
        "low_998": np.clip(middle - outer * sd, 0, 100),
        "high_998": np.clip(middle + outer * sd, 0, 100),
    }


def _placed(schools: pl.DataFrame, known: pl.DataFrame, limits: dict[str, Any]) -> pl.DataFrame:
    value = pl.col("value")
    lies = (
        pl.when(value > pl.col("high_998"))
        .then(pl.lit("above_998"))
        .when(value > pl.col("high_95"))
        .then(pl.lit("above_95"))
        .when(value < pl.col("low_998"))
        .then(pl.lit("below_998"))
        .when(value < pl.col("low_95"))
        .then(pl.lit("below_95"))
        .otherwise(pl.lit("within"))
    )
    told = known.with_columns(**limits).select("urn", lies=lies)
    return schools.select("urn", "size", "value").join(
        told, on="urn", how="left", maintain_order="left"
    )
