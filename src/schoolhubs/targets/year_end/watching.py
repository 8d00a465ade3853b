"""Gaming watch: what could make absence look better with nobody more in school.

Flags are no accusation. They stand beside every success, so that whoever reads it sees the whole.
"""

import dataclasses
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schoolhubs.targets.constants import constants

NORMAL_MAD = 1.4826  # a normal spread for each unit of median absolute deviation
MEASURES = {
    "roll": "the roll",
    "approved_activity": "sessions as approved activity elsewhere (B)",
    "dual_registered": "sessions at another school (D)",
    "part_time": "sessions on a part-time timetable (C2)",
    "arranged_provision": "sessions in provision the authority arranged (K)",
    "suspended": "sessions suspended or excluded (E)",
    "authorised_share": "the part of absence that is authorised",
    "late": "late marks",
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """One thing that moved out of the ordinary, with the limit it was held against.

    ``change`` is this school's; ``usual`` and ``limit`` are the median change of comparable
    schools and how far from it is out of the ordinary. Units are those of the measure: percent
    of sessions, or percent of the roll.
    """

    measure: str
    change: float
    usual: float
    limit: float
    said: str

    def as_dict(self) -> dict[str, Any]:
        """Give JSON-ready values."""
        return dataclasses.asdict(self)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What was found beside a school's result, what could not be looked at, and its code mix.

    ``mix`` has ``measure, before, after``. ``cohort_gap_percent`` is the change of all pupils
    less that of pupils on roll at both counts; missing where the fixed cohort is not known.
    """

    urn: str
    flags: tuple[Flag, ...]
    not_looked_at: tuple[str, ...]
    mix: pl.DataFrame
    cohort_gap_percent: float | None


def watch(
    mix: pl.DataFrame,
    *,
    urn: str,
    comparable: tuple[str, ...],
    all_change_percent: float | None = None,
    cohort_change_percent: float | None = None,
) -> Watched:
    """Look for changes of codes and roll beyond what comparable schools show.

    Parameters
    ----------
    mix
        ``urn, measure, before, after``: each school's figure of each of :data:`MEASURES` in the
        year before and in the year judged; percent of possible sessions, pupils for ``roll``.
        A figure that is not known is missing, and its measure is then not looked at.
    urn, comparable
        The school, and those it is held against.
    all_change_percent, cohort_change_percent
        Change of absence of all pupils, and of those on roll at both counts, in points.

    Returns
    -------
    Watched
        A flag from so many robust standard deviations of the comparable schools' changes.

    Examples
    --------
    >>> rows = [(f"9000{k:02d}", "part_time", 0.2, 0.2 + k / 100) for k in range(12)]
    >>> rows.append(("900099", "part_time", 0.2, 1.9))
    >>> mix = pl.DataFrame(rows, schema=["urn", "measure", "before", "after"], orient="row")
    >>> others = tuple(row[0] for row in rows[:-1])
    >>> [flag.measure for flag in watch(mix, urn="900099", comparable=others).flags]
    ['part_time']
    """
    held = constants()
    moved = mix.with_columns(change=_change())
    flags, passed_over = [], []
    for measure in MEASURES:
        rows = moved.filter(pl.col("measure") == measure)
        own = rows.filter(pl.col("urn") == urn)["change"].drop_nulls().to_list()
        others = rows.filter(pl.col("urn").is_in(comparable) & (pl.col("urn") != urn))
        changes = others["change"].drop_nulls().to_numpy()
        if not own or len(changes) < held.least_watched:
            passed_over.append(measure)
        elif (found := _flagged(measure, own[0], changes, held.watch_sds)) is not None:
            flags.append(found)
    gap = None
    if all_change_percent is not None and cohort_change_percent is not None:
        gap = all_change_percent - cohort_change_percent
        if abs(gap) >= held.watch_cohort_gap_percent - 1e-9:
            flags.append(_parted(gap, held.watch_cohort_gap_percent))
    else:
        passed_over.append("cohort")
    return Watched(
        urn=urn,
        flags=tuple(flags),
        not_looked_at=tuple(passed_over),
        mix=mix.filter(pl.col("urn") == urn).drop("urn"),
        cohort_gap_percent=gap,
    )


def _change() -> pl.Expr:
    """Give a change in points, of the roll in percent of it."""
    in_points = pl.col("after") - pl.col("before")
    in_percent = pl.when(pl.col("before") > 0).then(100 * in_points / pl.col("before"))
    return pl.when(pl.col("measure") == "roll").then(in_percent).otherwise(in_points)


def _flagged(measure: str, own: float, changes: NDArray[np.float64], sds: float) -> Flag | None:
    usual = float(np.median(changes))
    spread = NORMAL_MAD * float(np.median(np.abs(changes - usual)))
    if not spread:  # most schools did not move at all: take the mean distance instead
        spread = float(np.abs(changes - usual).mean())
    limit = sds * spread
    if abs(own - usual) < limit or own == usual:
        return None
    unit = "%" if measure == "roll" else "points"
    return Flag(
        measure=measure,
        change=own,
        usual=usual,
        limit=limit,
        said=(
            f"{MEASURES[measure].capitalize()} moved by {own:+.2f} {unit}; in comparable schools "
            f"by {usual:+.2f}, give or take {limit:.2f}. It may have a good reason: ask for it."
        ),
    )


def _parted(gap: float, limit: float) -> Flag:
    return Flag(
        measure="cohort",
        change=gap,
        usual=0.0,
        limit=limit,
        said=(
            f"Absence of all pupils and of those here both years moved apart by {gap:+.2f} points: "
            "part of the change is who is on roll."
        ),
    )
