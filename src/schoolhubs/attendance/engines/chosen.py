"""What an engine is given: the columns that are needed, of the contract's types."""

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from schoolhubs.attendance.weeks import columns_for, parquet_in, read_marks
from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.frames import MARKS

if TYPE_CHECKING:
    import ibis.expr.types as ir

IBIS_TYPES = {
    pl.String(): "string",
    pl.Int64(): "int64",
    pl.Int8(): "int8",
    pl.Date(): "date",
    pl.Boolean(): "boolean",
}


def told_plainly(measured: Callable[[], pl.DataFrame], *faults: type[Exception]) -> pl.DataFrame:
    """Give what an engine measured; if it cannot, say so without its words.

    Parameters
    ----------
    measured
        Asks the engine.
    faults
        The errors by which it says that it cannot read the marks; they may quote a pupil.

    Raises
    ------
    DataProblem
        Instead of those errors, and carrying none of them about.
    """
    with contextlib.suppress(pl.exceptions.PolarsError, *faults):
        return measured()
    raise DataProblem(
        [
            Problem(
                code="unreadable_marks",
                fault="the marks cannot be read as their contract says",
                remedy="Compare columns and types with marks in docs/reference/frames.md.",
            )
        ]
    )


def parquet_files(marks: pl.DataFrame | pl.LazyFrame | Path) -> list[Path]:
    """Give the Parquet files of a path, which an engine can read for itself; none otherwise."""
    if not isinstance(marks, Path):
        return []
    if marks.is_dir():
        return parquet_in(marks)
    return [marks] if marks.suffix.lower() == ".parquet" and marks.exists() else []


def loaded(marks: pl.DataFrame | pl.LazyFrame | Path) -> pl.DataFrame:
    """Read what is not Parquet into memory."""
    lazy = read_marks(marks) if isinstance(marks, Path) else marks.lazy()
    return lazy.collect(engine="streaming")


def chosen(table: "ir.Table", cuts: Sequence[str]) -> "ir.Table":
    """Take the columns that are needed, each of its contract's type.

    Raises
    ------
    DataProblem
        Naming each column that is absent.
    """
    import ibis

    wanted = columns_for(cuts, table.columns)
    types = MARKS.schema
    taken = {name: table[name].cast(IBIS_TYPES[types[name]]) for name in wanted}
    has = "has_reason" in table.columns
    reason = table.has_reason.cast("boolean") if has else ibis.null("boolean")
    return table.select(has_reason=reason, **taken)
