"""What a file of marks would take away from what is stored, found before anything is changed.

Weeks that are sent again replace what was there, so that a correction needs no asking. But a file
of half a school, of another school or read with another key would replace a week by less.
"""

import dataclasses
import datetime
from collections.abc import Iterable, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schoolhubs.attendance.coding import stored
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.frames import MARKS, SESSIONS_A_WEEK
from schoolhubs.vocabulary.words import counted

SAID_OF_A_PUPIL = ("year_group", "fsm", "sen", "ehc", "sex", "has_reason")
WEEK = ["urn", "pupil", "week_on"]
ROW = [*WEEK, "year", "half_term"]
MOST_TOLD = 20
WHAT_TO_DO = (
    "Nothing was stored. Give an export of the whole school with every mark of its weeks. If the "
    "file is right and what is stored is wrong, say that it is to be replaced (--replace on the "
    "command line)."
)
SENTENCES = {
    "marks": "{marks} of {pupils} in {weeks} would go: the file does not have them",
    "facts": "year group, free school meals, need, sex or a recorded reason of {pupils} in {weeks} "
    "would be forgotten: the file does not say them",
    "twice": "{marks} of {pupils} in {weeks} stand in another half-term already, and would count "
    "twice",
    "strangers": "none of the file's {pupils} is among those stored of that year, or of any where "
    "that year has none; it may be another school's file, or was read with another key",
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """What one school would lose of what is stored, or have counted twice.

    Attributes
    ----------
    kind
        ``marks`` that would go, ``facts`` of pupils that would be forgotten, ``twice`` for marks
        that another half-term holds, or ``strangers`` where nobody in the file is stored of that
        year; where it is the first of a year, of any.
    urn
        The school.
    first_week_on
        Monday of the first week that is affected.
    n_weeks, n_pupils, n_marks
        How much; no marks for ``facts`` and ``strangers``.

    Examples
    --------
    >>> print(Loss(kind="marks", urn="900001", first_week_on=datetime.date(2025, 1, 6), n_weeks=2,
    ...            n_pupils=1, n_marks=12))
    School 900001: 12 marks of 1 pupil in 2 weeks from 6 January 2025 would go: the file does not \
have them.
    """

    kind: str
    urn: str
    first_week_on: datetime.date
    n_weeks: int
    n_pupils: int
    n_marks: int = 0

    def __str__(self) -> str:
        """Say it in a sentence, in counts alone."""
        day = f"{self.first_week_on.day} {self.first_week_on:%B %Y}"
        said = SENTENCES[self.kind].format(
            marks=counted(self.n_marks, "mark"),
            pupils=counted(self.n_pupils, "pupil"),
            weeks=f"{counted(self.n_weeks, 'week')} from {day}",
        )
        return f"School {self.urn}: {said}."


def refusal(losses: Sequence[Loss]) -> Conflict:
    """Say why marks are not stored, and what to do."""
    told = [str(loss) for loss in losses[:MOST_TOLD]]
    more = len(losses) - len(told)
    if more:
        told.append(f"… and {more:,} more.")
    return Conflict("\n".join([*told, WHAT_TO_DO]))


def losses_by(marks: pl.DataFrame, held: pl.DataFrame, *, known: pl.DataFrame) -> list[Loss]:
    """Find what is lost when ``marks`` replace what ``held`` has of their weeks.

    Parameters
    ----------
    marks, held
        ``frames.MARKS``: what comes, and what is stored of the same schools and weeks.
    known
        As :func:`met_in` gives it.

    Returns
    -------
    At most one of each kind for a school, in the order of schools.
    """
    sent = marks.select("urn", "week_on", "year", "half_term").unique()
    same = held.join(sent, on=sent.columns, how="semi")
    both = same.join(marks, on=ROW, how="left", suffix="_sent")
    gone = _marked(both["marks"]) & ~_marked(both["marks_sent"])
    is_forgotten = pl.any_horizontal(
        pl.col(name).is_not_null() & pl.col(f"{name}_sent").is_null() for name in SAID_OF_A_PUPIL
    )
    apart = twice(marks, held)
    strangers = marks.join(known.filter(~pl.col("is_met")), on=["urn", "year"], how="semi")
    found = [
        *_told("marks", both, gone.sum(axis=1)),
        *_told("facts", both.filter(pl.col("marks_sent").is_not_null() & is_forgotten)),
        *_told("twice", apart, apart["n"].to_numpy()),
        *_told("strangers", strangers),
    ]
    return sorted(found, key=lambda loss: loss.urn)


def met_in(come: pl.DataFrame, stored: pl.DataFrame) -> pl.DataFrame:
    """Say of each school and year whether any of the pupils who come is known.

    Parameters
    ----------
    come, stored
        urn, year and pupil: who comes, and who is stored of the same schools.

    Returns
    -------
    urn, year and ``is_met``; schools of which nobody is stored are not there. In the first weeks
    of a year pupils are known from the years before: most stay.

    Examples
    --------
    >>> row = {"urn": "900001", "year": "2024/25", "pupil": 7}
    >>> met_in(pl.DataFrame([{**row, "year": "2025/26"}]), pl.DataFrame([row]))["is_met"].item()
    True
    """
    years = stored.select("urn", "year", has_year=pl.lit(value=True)).unique()
    same = come.join(stored, on=["urn", "year", "pupil"], how="semi").select(
        "urn", "year", "pupil", is_same=pl.lit(value=True)
    )
    any_year = come.join(stored.select("urn", "pupil").unique(), on=["urn", "pupil"], how="semi")
    told = (
        come.join(stored.select("urn").unique(), on="urn", how="semi")
        .join(years, on=["urn", "year"], how="left")
        .join(same, on=["urn", "year", "pupil"], how="left")
        .join(any_year.with_columns(is_any=pl.lit(value=True)), on=come.columns, how="left")
        .with_columns(pl.col("has_year", "is_same", "is_any").fill_null(value=False))
    )
    is_met = pl.when("has_year").then("is_same").otherwise("is_any")
    return told.group_by("urn", "year").agg(is_met=is_met.any())


def twice(marks: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    """Give the stored rows that have a mark of a session which ``marks`` has in another half-term.

    ``n`` is how many sessions. Two halves of one week are no such rows.
    """
    both = held.join(marks, on=WEEK, suffix="_sent").filter(
        (pl.col("half_term") != pl.col("half_term_sent")) | (pl.col("year") != pl.col("year_sent"))
    )
    n = (_marked(both["marks"]) & _marked(both["marks_sent"])).sum(axis=1)
    return both.select(*MARKS.schema, n=pl.Series(n, dtype=pl.Int64)).filter(pl.col("n") > 0)


def _marked(marks: pl.Series) -> NDArray[np.bool_]:
    """Say of each session of each row whether it has a mark; a missing row has none."""
    nothing = str(stored()["no_mark"])
    letters = marks.fill_null(nothing * SESSIONS_A_WEEK).cast(pl.Binary)
    each = letters.bin.reinterpret(dtype=pl.Array(pl.UInt8, SESSIONS_A_WEEK), endianness="little")
    found: NDArray[np.bool_] = each.to_numpy() != ord(nothing)
    return found.reshape(-1, SESSIONS_A_WEEK)


def _told(
    kind: str, rows: pl.DataFrame, n_marks: NDArray[np.int64] | None = None
) -> Iterable[Loss]:
    """Give a loss for each school of some rows; those without a mark to lose are no loss."""
    counts = rows.select("urn", "week_on", "pupil").with_columns(
        n_marks=pl.lit(0) if n_marks is None else pl.Series(n_marks, dtype=pl.Int64)
    )
    if n_marks is not None:
        counts = counts.filter(pl.col("n_marks") > 0)
    schools = counts.group_by("urn").agg(
        first_week_on=pl.col("week_on").min(),
        n_weeks=pl.col("week_on").n_unique(),
        n_pupils=pl.col("pupil").n_unique(),
        n_marks=pl.col("n_marks").sum(),
    )
    return [Loss(kind=kind, **row) for row in schools.iter_rows(named=True)]
