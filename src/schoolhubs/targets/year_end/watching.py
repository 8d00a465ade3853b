"""Gaming watch: what could make absence look better with nobody more in school.

Flags are no accusation. They stand beside every success, so that whoever reads it sees the whole.
"""

import dataclasses
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schoolhubs.targets.constants import from_stored
from schoolhubs.targets.model.record import TargetModel

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
COHORT = "cohort"
COHORT_SAID = "pupils who were here both years against all"

# Columns of frames.MEASURES that each is made of: a part, and what it is a part of.
MADE_OF = {
    "roll": ("enrolments", None),
    "approved_activity": ("sess_approved_other", "sess_possible"),
    "dual_registered": ("sess_dual", "sess_possible"),
    "part_time": ("sess_auth_part_time", "sess_possible"),
    "arranged_provision": ("sess_approved_la", "sess_possible"),
    "suspended": ("sess_auth_excluded", "sess_possible"),
    "authorised_share": ("sess_authorised", "sess_overall"),
    "late": ("sess_late", "sess_possible"),
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

    @property
    def not_looked_at_said(self) -> tuple[str, ...]:
        """What could not be looked at, in words."""
        return tuple((MEASURES | {COHORT: COHORT_SAID})[each] for each in self.not_looked_at)


def watch(
    before: pl.DataFrame,
    after: pl.DataFrame,
    model: TargetModel,
    *,
    urn: str,
    comparable: tuple[str, ...],
    all_change_percent: float | None = None,
    cohort_change_percent: float | None = None,
) -> Watched:
    """Look for changes of codes and roll beyond what comparable schools show.

    Parameters
    ----------
    before, after
        Rows of frames.MEASURES by school, of the year before and of the year judged. What a
        column is missing for, or is not there, is then not looked at.
    model
        The one the target was made with, by whose definition it is limited what is ordinary.
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
    >>> from schoolhubs.targets.constants import stored
    >>> model = TargetModel(until="2017/18", training_years=(), definition=stored(), phases={},
    ...     sources=(), register_on="2018-09-01", context_years={})
    >>> urns = [f"9000{k:02d}" for k in range(13)]
    >>> then = pl.DataFrame({"urn": urns, "sess_possible": 50_000, "sess_auth_part_time": 100})
    >>> now = then.with_columns(sess_auth_part_time=pl.Series([*range(100, 112), 950]))
    >>> found = watch(then, now, model, urn=urns[-1], comparable=tuple(urns))
    >>> [flag.measure for flag in found.flags]
    ['part_time']
    """
    held = from_stored(model.definition)
    mix = _mix(before).join(_mix(after), on=["urn", "measure"], suffix="_after")
    mix = mix.rename({"value": "before", "value_after": "after"})
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
        passed_over.append(COHORT)
    return Watched(
        urn=urn,
        flags=tuple(flags),
        not_looked_at=tuple(passed_over),
        mix=mix.filter(pl.col("urn") == urn).drop("urn"),
        cohort_gap_percent=gap,
    )


def _mix(measures: pl.DataFrame) -> pl.DataFrame:
    """Lay out each school's measures: percent of what they are part of, the roll in pupils."""
    parts = [pl.DataFrame(schema={"urn": pl.String, "measure": pl.String, "value": pl.Float64})]
    for measure, (part, whole) in MADE_OF.items():
        if {part, whole or part} - set(measures.columns):
            continue
        value = pl.col(part).cast(pl.Float64)
        if whole is not None:
            value = pl.when(pl.col(whole) > 0).then(100 * value / pl.col(whole))
        parts.append(measures.select("urn", measure=pl.lit(measure), value=value))
    return pl.concat(parts)


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
        measure=COHORT,
        change=gap,
        usual=0.0,
        limit=limit,
        said=(
            f"Absence of all pupils and of those here both years moved apart by {gap:+.2f} points: "
            "part of the change is who is on roll."
        ),
    )
