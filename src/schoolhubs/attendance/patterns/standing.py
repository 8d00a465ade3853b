"""Which weekdays and year groups differ from the others beyond chance: all of them, none ranked."""

import dataclasses
from collections.abc import Iterator
from typing import Literal

import polars as pl

from schoolhubs.attendance.patterns.causes import letters
from schoolhubs.attendance.patterns.changing import changed
from schoolhubs.attendance.patterns.sessions import sessions_of

KINDS: tuple[Literal["weekday", "year_group"], ...] = ("weekday", "year_group")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A weekday or year group of which more, or less, is missed than of the others.

    Parameters
    ----------
    kind, name
        What is compared; its number as text, 1 for Monday.
    finding
        ``more`` or ``less``.
    low, high
        Percentage points between which the difference from the others likely is, whatever else
        was compared beside it.
    """

    kind: Literal["weekday", "year_group"]
    name: str
    finding: Literal["more", "less"]
    low: float
    high: float


def standing_out(marks: pl.DataFrame) -> tuple[Standing, ...]:
    """Name every weekday and year group that differs from the others, in their own order.

    The interval of each is widened for all that are compared, so that a school in which nothing
    differs has none named 19 times in 20.

    Parameters
    ----------
    marks
        Rows of ``frames.MARKS`` of one school.

    Examples
    --------
    >>> from schoolhubs.vocabulary.frames import MARKS
    >>> standing_out(MARKS.empty())
    ()
    """
    letter, keys = pl.col("letter"), ["pupil", "year_group", "weekday"]
    counts = (
        sessions_of(marks)
        .group_by(keys)
        .agg(
            letter.is_in(list(letters("sess_possible"))).sum().cast(pl.Int64).alias("possible"),
            letter.is_in(list(letters("sess_overall"))).sum().cast(pl.Int64).alias("missed"),
        )
        .with_columns(pl.col("year_group").cast(pl.Int64), pl.col("weekday").cast(pl.Int64))
    )
    values = {kind: counts[kind].drop_nulls().unique().sort().to_list() for kind in KINDS}
    compared = {kind: found for kind, found in values.items() if len(found) > 1}
    n_compared = sum(map(len, compared.values()))
    return tuple(
        standing
        for kind, found in compared.items()
        for standing in _of_kind(counts, kind, found, n_compared)
    )


def _of_kind(
    counts: pl.DataFrame, kind: Literal["weekday", "year_group"], values: list[int], n_compared: int
) -> Iterator[Standing]:
    for value in values:
        is_it = pl.col(kind) == value
        ours, others = (_by_pupil(counts.filter(each)) for each in (is_it, ~is_it))
        found = changed(others, ours, n_compared=n_compared)
        if found.finding == "cannot_tell" or found.low is None or found.high is None:
            continue
        more: Literal["more", "less"] = "more" if found.finding == "rose" else "less"
        yield Standing(
            kind=kind, name=str(value), finding=more,
            low=min(abs(found.low), abs(found.high)), high=max(abs(found.low), abs(found.high)),
        )  # fmt: skip


def _by_pupil(counts: pl.DataFrame) -> pl.DataFrame:
    return counts.group_by("pupil").agg(pl.col("possible").sum(), pl.col("missed").sum())
