"""Schools of like context to be set beside, and, apart from those, schools worth visiting.

Likeness and a visit are two questions. A comparator may be hours away: nobody is sent there. A
school worth visiting must be near, do better than its own context lets expect, and be of another
trust.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from schoolhubs.targets.constants import Constants
from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.phases import Phase
from schoolhubs.vocabulary.records.school.history import SchoolPanel
from schoolhubs.vocabulary.records.school.target import Comparator, Visit

LOG_ROLL = "log_roll"
SAID = {
    "fsm_ever_percent": "free school meals in six years {:.0f} % beside {:.0f} %",
    "sen_support_percent": "SEN support {:.0f} % beside {:.0f} %",
    "ehc_plan_percent": "EHC plans {:.1f} % beside {:.1f} %",
    "eal_percent": "English as an additional language {:.0f} % beside {:.0f} %",
    LOG_ROLL: "{:,.0f} pupils beside {:,.0f}",
}
NORMAL_IQR = 1.349  # quartiles of a normal distribution lie so many standard deviations apart
SELECTIVE_SCHOOL, SELECTIVE_AREA, NOT_SELECTIVE, UNKNOWN = "school", "area", "none", "unknown"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Set:
    """A school's comparators, the whole pool by distance, and what must be said of them.

    ``pool`` has ``urn, school_name, distance, trust_id`` and what they are like it in, the likest
    first; ``own`` the school's own figures of the latter, and ``ages`` its range of ages in words,
    blank where it is not published.
    """

    comparators: tuple[Comparator, ...]
    pool: pl.DataFrame
    notes: tuple[str, ...]
    own: Mapping[str, float] = dataclasses.field(default_factory=dict)
    ages: str = ""


def comparators(
    panel: SchoolPanel,
    urn: str,
    *,
    phase: str,
    year_before: str,
    held: Constants,
    preferred: tuple[str, ...] = (),
    left_out: tuple[str, ...] = (),
) -> Set:
    """Choose the schools of the likest context.

    Parameters
    ----------
    panel
        All schools.
    urn, phase
        The school, and the phase it is counted with.
    year_before
        Schools need a figure of this year, which is shown beside them.
    held
        The constants of the model that is explained.
    preferred
        Schools asked for by name: they come first where they may be in the set at all.
    left_out
        Schools that a challenge has taken out.

    Returns
    -------
    Set
        Never the school itself or one it grew out of or into, never one twice, selective schools
        and selective areas only with their like; special schools have none.
    """
    pool = _pool(panel, phase, year_before)
    own = panel.context.filter(pl.col("urn") == urn)
    if own.is_empty():
        raise _unknown(urn)
    mine = _with_roll(own, panel, phase, year_before).row(0, named=True)
    used = [name for name in held.comparator_weights if mine[name] is not None]
    if mine["is_special_or_ap"]:
        return Set(comparators=(), pool=pool.clear(), notes=())
    if not used:
        note = "Nothing is published of this school's pupils, so no school can be called like it."
        return Set(comparators=(), pool=_measured(pool, mine, used, held).clear(), notes=(note,))
    allowed = _like_admission(_like_ages(_apart_from(pool, mine), mine, held), mine, phase, held)
    near = _measured(allowed.filter(~pl.col("urn").is_in(left_out)), mine, used, held)
    asked = pl.col("urn").is_in(preferred)
    wanted = near.filter(asked | (pl.col("distance") <= held.comparator_distance))
    chosen = wanted.sort(~asked, "distance", "urn").head(held.comparators)
    like = {name: mine[name] for name in used}
    return Set(
        comparators=tuple(
            Comparator(
                urn=row["urn"],
                school_name=row["school_name"],
                distance=row["distance"],
                why=_why(row, like, _ages(mine)),
                absence_percent=row["absence_percent"],
            )
            for row in chosen.iter_rows(named=True)
        ),
        pool=near,
        notes=_notes(chosen.height, used, mine, phase, held),
        own=like,
        ages=_ages(mine),
    )


def _pool(panel: SchoolPanel, phase: str, year: str) -> pl.DataFrame:
    """Take mainstream schools of a phase with a figure of a year, each line of schools once."""
    of_phase = panel.context.filter(~pl.col("is_special_or_ap"))
    pool = _with_roll(of_phase, panel, phase, year).filter(pl.col("absence_percent").is_not_null())
    line = pl.coalesce("context_urn", "urn")
    return pool.sort(~pl.col("is_open"), "urn").filter(line.is_first_distinct()).sort("urn")


def _with_roll(context: pl.DataFrame, panel: SchoolPanel, phase: str, year: str) -> pl.DataFrame:
    figures = panel.years.filter(
        (pl.col("year") == year) & (pl.col("phase") == phase) & pl.col("is_own")
    ).select("urn", "enrolments", absence_percent="sess_overall_percent")
    roll = pl.coalesce(pl.col("enrolments").cast(pl.Float64), "n_pupils")
    return context.join(figures, on="urn", how="left", maintain_order="left").with_columns(
        pl.when(roll > 0).then(roll).log().alias(LOG_ROLL)
    )


def _apart_from(pool: pl.DataFrame, mine: dict[str, object]) -> pl.DataFrame:
    """Leave out the school itself, also under the URN of a school it grew out of or into."""
    own = {mine["urn"], mine["context_urn"]} - {None}
    return pool.filter(
        ~pl.col("urn").is_in(own) & ~pl.col("context_urn").is_in(own).fill_null(value=False)
    )


def admission(held: Constants) -> pl.Expr:
    """Tell how pupils come to a secondary school: selective, in a selective area, neither.

    >>> from schoolhubs.targets.constants import constants
    >>> rows = pl.DataFrame({"is_selective": [True, False, None, None],
    ...     "selective_share": [0.3, 0.3, 0.0, None]})
    >>> rows.select(admission(constants())).to_series().to_list()
    ['school', 'area', 'none', 'unknown']
    """
    return (
        pl.when(pl.col("is_selective"))
        .then(pl.lit(SELECTIVE_SCHOOL))
        .when(pl.col("selective_share") >= held.selective_area_share)
        .then(pl.lit(SELECTIVE_AREA))
        .when(pl.col("selective_share").is_not_null())
        .then(pl.lit(NOT_SELECTIVE))
        .otherwise(pl.lit(UNKNOWN))
    )


def _like_ages(pool: pl.DataFrame, mine: Mapping[str, Any], held: Constants) -> pl.DataFrame:
    """Keep schools of much the same ages: an infant school is no high school's like, nor a middle.

    A school whose ages are not published is set beside all of its phase, and so is every school by
    a model that was fitted before ages counted.
    """
    least = getattr(held, "least_common_ages", None)
    low, high = mine["age_low"], mine["age_high"]
    if least is None or low is None or high is None:
        return pool
    common = pl.min_horizontal("age_high", pl.lit(high)) - pl.max_horizontal("age_low", pl.lit(low))
    either = pl.max_horizontal("age_high", pl.lit(high)) - pl.min_horizontal("age_low", pl.lit(low))
    is_known = pl.col("age_low").is_not_null() & pl.col("age_high").is_not_null()
    return pool.filter(is_known & (common >= least * either))


def _ages(row: Mapping[str, Any]) -> str:
    low, high = row["age_low"], row["age_high"]
    return "" if low is None or high is None else f"{low} to {high}"


def _like_admission(
    pool: pl.DataFrame, mine: dict[str, object], phase: str, held: Constants
) -> pl.DataFrame:
    if phase != Phase.SECONDARY:
        return pool
    own = pl.DataFrame([mine], infer_schema_length=None).select(
        pl.col("is_selective").cast(pl.Boolean), pl.col("selective_share").cast(pl.Float64)
    )
    return pool.filter(admission(held) == own.select(admission(held)).item())


def _measured(
    pool: pl.DataFrame, mine: dict[str, object], used: list[str], held: Constants
) -> pl.DataFrame:
    """Add the distance of each school that has all the figures this school has."""
    known = pool.drop_nulls(used) if used else pool
    weights = np.array([held.comparator_weights[name] for name in used])
    there = known.select(used).to_numpy().reshape(known.height, len(used))
    here = np.array([mine[name] for name in used], dtype=float)
    spread = np.array([_usual_spread(known[name]) for name in used])
    terms = weights / max(weights.sum(), 1e-12) * np.square((there - here) / spread)
    return (
        known.select(
            "urn", "school_name", "trust_id", "absence_percent", "age_low", "age_high", *used
        )
        .with_columns(distance=pl.Series(np.sqrt(terms.sum(axis=1)), dtype=pl.Float64))
        .sort("distance", "urn")
    )


def _usual_spread(values: pl.Series) -> float:
    """Give the spread between quartiles, which one odd school cannot shrink for everybody."""
    quartiles = [values.quantile(at) for at in (0.25, 0.75)]
    if None in quartiles:
        return 1.0
    spread = (quartiles[1] - quartiles[0]) / NORMAL_IQR  # type: ignore[operator]
    return spread if spread > 0 else 1.0


def _why(there: Mapping[str, Any], here: Mapping[str, float], ages: str) -> str:
    said = [f"ages {_ages(there)} beside {ages}"] if ages and _ages(there) else []
    for name, own in here.items():
        both = (there[name], own)
        said.append(SAID[name].format(*(np.exp(both) if name == LOG_ROLL else both)))
    return "; ".join(said)


def _notes(
    n: int, used: list[str], mine: dict[str, object], phase: str, held: Constants
) -> tuple[str, ...]:
    notes = []
    if n < held.least_comparators:
        notes.append(
            f"Only {n} schools are like this one: too few to lean on. Look at the interval instead."
        )
    missing = [name for name in held.comparator_weights if name not in used]
    if missing:
        named = ", ".join(SAID[name].split(" {")[0] for name in missing if name != LOG_ROLL)
        notes.append(f"Likeness leaves out what is not published of this school: {named}.")
    if not _ages(mine):
        notes.append(
            "Likeness leaves out which ages it has, as that is not published of this school."
        )
    if phase == Phase.SECONDARY and mine["selective_share"] is None:
        notes.append(
            "Whether schools of its authority select by ability is not known, so it is set beside "
            "schools of which that is not known either."
        )
    return tuple(notes)


def visits(
    found: Set,
    standing: pl.DataFrame,
    minutes: pl.DataFrame,
    *,
    trust_id: str | None,
    held: Constants,
    own_percent: float | None = None,
) -> tuple[Visit, ...]:
    """Choose schools worth visiting: alike, better than expected, within the limit, not its trust.

    Parameters
    ----------
    found
        The school's comparators with their pool.
    standing
        ``urn, better_percent``: by how much each school's absence without chance is below what
        its context lets expect.
    minutes
        ``urn, minutes``: one-way drive from the school; missing or no row where it cannot be
        reached or nobody knows.
    trust_id
        The school's own trust, whose schools it knows already; None where it has none.
    held
        The constants of the model that is explained.
    own_percent
        The school's own absence: one with no less of it is no school to learn from.
    """
    beside = [each.urn for each in found.comparators]
    is_less = pl.lit(True) if own_percent is None else pl.col("absence_percent") < own_percent
    reachable = minutes.filter(pl.col("minutes") <= held.visit_limit_minutes)
    other_trust = pl.col("trust_id").is_null() | (pl.col("trust_id") != (trust_id or ""))
    chosen = (
        found.pool.filter(~pl.col("urn").is_in(beside) & is_less)
        .filter(other_trust & (pl.col("distance") <= held.visit_distance))
        .join(standing, on="urn")
        .filter(pl.col("better_percent") >= held.visit_better_percent)
        .join(reachable, on="urn")
        .sort(-pl.col("better_percent"), "urn")
        .head(held.visits)
    )
    return tuple(
        Visit(
            urn=row["urn"],
            school_name=row["school_name"],
            minutes=row["minutes"],
            better_percent=row["better_percent"],
            why=_why(row, found.own, found.ages),
            absence_percent=row["absence_percent"],
        )
        for row in chosen.iter_rows(named=True)
    )


def _unknown(urn: str) -> DataProblem:
    return DataProblem(
        [
            Problem(
                code="unknown_urn",
                urn=urn,
                fault=f"the register has no school {urn}",
                remedy="Check the URN, or build the register with a list that has it.",
            )
        ]
    )
