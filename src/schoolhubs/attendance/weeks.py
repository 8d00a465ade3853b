"""Marks in the week layout: read wherever they lie, and held to have the columns asked for."""

import datetime
from collections.abc import Collection, Sequence
from pathlib import Path

import polars as pl

from schoolhubs.attendance.coding import stored
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.frames import MARKS

NEEDED = ("urn", "pupil", "year", "week_on", "marks")
MADE = ("weekday", "session")  # cuts that are made from the place of a letter in its week


def earliest_day(year: AcademicYear) -> datetime.date:
    """Give the first day on which a mark can be of an academic year.

    >>> earliest_day(AcademicYear("2025/26"))
    datetime.date(2025, 8, 1)
    """
    said = stored()["year_may_begin"]
    return datetime.date(year.first, said["month"], said["day"])


def read_marks(path: Path) -> pl.LazyFrame:
    """Read marks in the week layout, a file or a folder of them; nothing is loaded yet.

    Parameters
    ----------
    path
        A Parquet or CSV file, a folder with Parquet files at any depth, or a store's folder.

    Returns
    -------
    The columns of ``frames.MARKS`` that the file has; CSV columns take the contract's types.

    Raises
    ------
    DataProblem
        If the path is no such file, or a folder without one.
    """
    if path.is_dir():
        if files := parquet_in(path):
            return pl.scan_parquet(files, hive_partitioning=False)
    elif path.suffix.lower() == ".parquet":
        return pl.scan_parquet(path, hive_partitioning=False)
    elif path.suffix.lower() == ".csv":
        return _typed(pl.scan_csv(path, infer_schema=False))
    raise DataProblem(
        [
            Problem(
                code="no_marks",
                file=path.name,
                fault="this is no Parquet or CSV file of marks, nor a folder with Parquet files",
                remedy="Give a file in the week layout; see marks in docs/reference/frames.md.",
            )
        ]
    )


def parquet_in(folder: Path) -> list[Path]:
    """Give the Parquet files of marks in a folder, sorted; of a store those of its weeks."""
    weeks = folder / "weeks"
    found = (weeks if weeks.is_dir() else folder).rglob("*.parquet")
    return sorted(each for each in found if not each.name.startswith("."))


def columns_for(
    cuts: Sequence[str], held: Collection[str], *, needed: Sequence[str] = NEEDED
) -> list[str]:
    """Give the columns that marks are cut and counted by, each once.

    Raises
    ------
    DataProblem
        Naming each column that is not held.

    Examples
    --------
    >>> columns_for(["fsm", "weekday"], {"urn", "fsm"}, needed=["urn"])
    ['urn', 'fsm']
    """
    wanted = list(dict.fromkeys([*needed, *(name for name in cuts if name not in MADE)]))
    problems = [
        Problem(
            code="absent_column",
            column=name,
            fault=f"the marks have no column {name}",
            remedy="See marks in docs/reference/frames.md.",
        )
        for name in wanted
        if name not in held
    ]
    if problems:
        raise DataProblem(problems)
    return wanted


def _typed(texts: pl.LazyFrame) -> pl.LazyFrame:
    """Give the columns of a CSV file the types of the contract."""
    held = texts.collect_schema().names()
    return texts.select(
        _read_as(pl.col(name), dtype) for name, dtype in MARKS.schema.items() if name in held
    )


def _read_as(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if dtype == pl.Boolean:
        words = {"true": True, "false": False}
        return column.str.to_lowercase().replace_strict(words, return_dtype=pl.Boolean)
    return column.str.to_date("%Y-%m-%d") if dtype == pl.Date else column.cast(dtype)
