"""Counters of each pupil's half-term, and packed half-terms: what a store keeps beside its weeks.

Both are made of the weeks alone, so either can be thrown away and made again.
"""

from collections.abc import Sequence

import polars as pl

from schoolhubs.attendance.coding import stored
from schoolhubs.attendance.counting import counters_in, summed
from schoolhubs.attendance.measuring import batches, columns_of, finished, nothing
from schoolhubs.vocabulary.errors import UsageError
from schoolhubs.vocabulary.frames import COUNTED, COUNTERS, KEPT_APART


def counters_of(marks: pl.LazyFrame) -> pl.DataFrame:
    """Count the sessions of each pupil in each half-term; gives ``frames.COUNTERS``, sorted."""
    found = [COUNTERS.empty()]
    for first, last in batches(marks):
        held = pl.col("urn").is_between(pl.lit(first), pl.lit(last))
        found.append(counters_in(marks.filter(held).collect(engine="streaming")))
    return pl.concat(found).sort(KEPT_APART)


def packed(marks: pl.LazyFrame) -> pl.DataFrame:
    """Put the weeks of each pupil's half-term in one row, for counting by anything but the week."""
    keys = [*KEPT_APART, "has_reason"]
    rows = marks.group_by(keys).agg(pl.col("marks").str.join(""))
    return rows.sort("urn", "pupil").collect(engine="streaming")


def measured_from_counters(counters: pl.LazyFrame, *, by: Sequence[str]) -> pl.DataFrame:
    """Measure as :func:`attendance.measure` does, from counters: no mark is looked at.

    Raises
    ------
    UsageError
        By week, weekday or session, which counters do not hold.
    """
    short = set(by) & set(stored()["too_short_for_persistent"]["cuts"])
    if short:
        raise UsageError(f"Counters are kept by half-term, so cannot be cut by {min(short)}.")
    cuts = columns_of(by)
    counts = [nothing(cuts)]
    for first, last in batches(counters):
        held = counters.filter(pl.col("urn").is_between(pl.lit(first), pl.lit(last)))
        counts.append(_enrolments(held, cuts).select(counts[0].columns))
    return finished(summed(pl.concat(counts), cuts), by=by)


def _enrolments(counters: pl.LazyFrame, cuts: Sequence[str]) -> pl.DataFrame:
    """Add up the half-terms of each enrolment, and count enrolments and absentees."""
    totals = pl.col(COUNTED).cast(pl.Int64).sum()
    each = counters.group_by(list(dict.fromkeys([*cuts, "urn", "pupil", "year"]))).agg(totals)
    possible, missed = pl.col("sess_possible"), pl.col("sess_overall")
    over = [
        ((possible > 0) & (100 * missed >= percent * possible)).sum().cast(pl.Int64).alias(name)
        for name, percent in stored()["persistent"]["values"].items()
    ]
    figures = [(possible > 0).sum().cast(pl.Int64).alias("enrolments"), totals, *over]
    whole = each.group_by(cuts).agg(figures) if cuts else each.select(figures)
    return whole.collect(engine="streaming")


def is_counted(by: Sequence[str]) -> bool:
    """Say whether counters hold every cut."""
    return not set(by) & set(stored()["too_short_for_persistent"]["cuts"])
