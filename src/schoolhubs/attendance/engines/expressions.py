"""Measures as ibis expressions, which DuckDB, Spark and others turn into their own SQL.

A week of ten letters is counted by taking letters away and seeing how much shorter it is. Most
weeks are written alike, so sessions are counted on the different weeks and not on every one.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from schoolhubs.attendance import counting
from schoolhubs.attendance.coding import regimes, stored
from schoolhubs.vocabulary import words
from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.frames import COUNTED, CUTS, SESSIONS_A_WEEK

if TYPE_CHECKING:
    import ibis.expr.types as ir

# An expression of ibis into a polars frame, by whichever engine.
Asked = Callable[["ir.Table"], pl.DataFrame]
FAULTY_SHOWN = 1000
ENROLMENT = ("urn", "pupil", "year")


def counted(table: "ir.Table", cuts: Sequence[str], asked: Asked) -> pl.DataFrame:
    """Count marks by ``cuts``, as the native kernel does.

    Parameters
    ----------
    table
        Columns urn, pupil, year, week_on, marks, has_reason and the cuts that are no part of a
        week; see ``frames.MARKS``.
    cuts
        Columns to cut by; ``weekday`` and ``session`` are made from the marks.
    asked
        Runs an expression on the engine and gives its answer.

    Returns
    -------
    The cuts, enrolments, ``COUNTED`` and the persistent absentees.
    """
    parts = _parts(table, cuts)
    sessions, enrolments = asked(_sessions(parts, cuts)), asked(_enrolments(parts, cuts))
    if not cuts:
        return pl.concat([enrolments, sessions], how="horizontal").fill_null(0)
    # Numbers that engines give back may be wider than those of the contract.
    types = {column.name: column.dtype for column in CUTS.values() if column.name in cuts}
    sessions, enrolments = sessions.cast(types), enrolments.cast(types)  # type: ignore[arg-type]
    # A cell without a possible session is still a cell: it has marks, if no enrolment that counts.
    found = sessions.join(enrolments, on=list(cuts), how="left", nulls_equal=True)
    return found.with_columns(pl.exclude(*cuts).fill_null(0))


def _letters(column: str, *, has_reason: bool = False) -> str:
    """Give the letters that a column counts: they count alike in every table that has them."""
    found = [
        table.protected_letters(has_reason=True)
        if has_reason and column == "sess_protected"
        else table.letters(column)
        for table in regimes()
    ]
    return "".join(dict.fromkeys("".join(found)))


def _n_of(marks: "ir.StringValue", letters: str) -> Any:
    """Count the letters of a week that are among ``letters``."""
    if not letters:
        return marks.length() - marks.length()
    return marks.length() - marks.translate(letters, "").length()


def _parts(table: "ir.Table", cuts: Sequence[str]) -> "ir.Table":
    """Cut weeks into days and halves of days, where they are asked for."""
    import ibis

    if not {"weekday", "session"} & set(cuts):
        return table
    days = range(SESSIONS_A_WEEK // 2)
    halves = ("am", "pm")
    pieces = []
    for day in days if "weekday" in cuts else (None,):
        for half in halves if "session" in cuts else (None,):
            slots = [
                2 * d + h
                for d in days
                for h in range(2)
                if day in (None, d) and half in (None, halves[h])
            ]
            piece = table.mutate(
                marks=ibis.literal("").concat(*(table.marks.substr(slot, 1) for slot in slots))
            )
            if day is not None:
                piece = piece.mutate(weekday=ibis.literal(day + 1, "int8"))
            if half is not None:
                piece = piece.mutate(session=ibis.literal(half))
            pieces.append(piece)
    return ibis.union(*pieces)


def _sessions(parts: "ir.Table", cuts: Sequence[str]) -> "ir.Table":
    """Count each column of ``COUNTED`` in each cell, looking at each different week once."""
    named = parts.mutate(has_reason=parts.has_reason.fill_null(False))
    weeks = named.group_by([*cuts, "marks", "has_reason"]).agg(n=named.count())
    sums = {}
    for column in COUNTED:
        held = _n_of(weeks.marks, _letters(column))
        with_reason = _letters(column, has_reason=True)
        if with_reason != _letters(column):
            held = weeks.has_reason.ifelse(_n_of(weeks.marks, with_reason), held)
        sums[column] = (held * weeks.n).sum().cast("int64")
    return weeks.group_by(list(cuts)).agg(**sums) if cuts else weeks.agg(**sums)


def _enrolments(parts: "ir.Table", cuts: Sequence[str]) -> "ir.Table":
    """Count enrolments with a possible session, and those over each share of their own."""
    possible = _n_of(parts.marks, _letters("sess_possible"))
    missed = _n_of(parts.marks, _letters("sess_overall"))
    own = parts.group_by(list(dict.fromkeys([*cuts, *ENROLMENT]))).agg(
        possible=possible.sum().cast("int64"), missed=missed.sum().cast("int64")
    )
    real = own.filter(own.possible > 0)
    over = {
        name: (100 * real.missed >= percent * real.possible).cast("int64").sum().cast("int64")
        for name, percent in stored()["persistent"]["values"].items()
    }
    counts = {"enrolments": real.count().cast("int64"), **over}
    return real.group_by(list(cuts)).agg(**counts) if cuts else real.agg(**counts)


def refuse_unknown(table: "ir.Table", asked: Asked) -> None:
    """Refuse weeks that are not ten letters, or hold one that means nothing in their week.

    Raises
    ------
    DataProblem
        As the native kernel does.
    """
    import ibis

    is_whole = (table.marks.length() == SESSIONS_A_WEEK).fill_null(False)
    strange = ~is_whole
    for codes in regimes():
        held = table.week_on >= ibis.date(str(codes.starts_on))
        if codes.finishes_on is not None:
            held &= table.week_on < ibis.date(str(codes.finishes_on))
        allowed = codes.all_letters + str(stored()["no_mark"])
        strange |= held & (_n_of(table.marks, allowed) < table.marks.length())
    strange |= table.week_on < ibis.date(str(regimes()[0].starts_on))
    found = asked(
        table.filter(strange)
        .group_by(["week_on", "marks"])
        .agg(n=lambda each: each.count())
        .order_by(["week_on", "marks"])
        .limit(FAULTY_SHOWN)
    )
    if found.is_empty():
        return
    is_ten = pl.col("marks").str.len_bytes() == SESSIONS_A_WEEK
    not_ten = found.filter(~is_ten.fill_null(value=False))
    if not_ten.height:
        raise DataProblem([_not_ten(int(not_ten["n"].sum()))])
    weeks = found.select(pl.all().repeat_by("n").explode())
    counting.refuse_broken(weeks)


def _not_ten(n: int) -> Problem:
    return Problem(
        code="not_ten_letters",
        column="marks",
        fault=f"{words.counted(n, 'week is', 'weeks are')} not ten letters",
        remedy="Write one letter a session, and . where there was no mark.",
    )
