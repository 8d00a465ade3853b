"""A school's own export of marks into the frame MARKS: pupils hashed at the door, faults named."""

import dataclasses
from pathlib import Path

import numpy as np
import polars as pl

from schoolhubs.attendance.reading.arranging import (
    ATTRIBUTES,
    ROW,
    Arranging,
    School,
    sessions,
)
from schoolhubs.attendance.reading.checking import NO_MARK, Checking, own_tables
from schoolhubs.attendance.reading.mapping import SESSIONS, ColumnMapping
from schoolhubs.attendance.reading.noting import Faults
from schoolhubs.attendance.reading.pupils import hashed
from schoolhubs.attendance.reading.terms import TermDates
from schoolhubs.vocabulary.errors import DataProblem, Problem, UsageError
from schoolhubs.vocabulary.frames import MARKS
from schoolhubs.vocabulary.ids import LaEstab, Urn
from schoolhubs.vocabulary.records.published import ReadingLimits


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SchoolMarks:
    """What one export gave.

    Parameters
    ----------
    marks
        The frame MARKS of one school; weeks without any mark are left away.
    problems
        At most twenty kinds of fault, each with its rows; none says anything of a pupil.
    mapping
        Name of the column mapping.
    n_rows, n_rows_left_out
        Rows below the headings, and how many of them were left out for a fault.
    left_out
        How many rows have each kind of fault; a row may have several.
    encoding
        As found: ascii, utf-8, utf-8-sig, windows-1252, xlsx or parquet.
    """

    marks: pl.DataFrame
    problems: tuple[Problem, ...]
    mapping: str
    n_rows: int
    n_rows_left_out: int
    left_out: dict[str, int]
    encoding: str

    @property
    def n_marks(self) -> int:
        """How many marks there are."""
        n_without = int(self.marks["marks"].str.count_matches(NO_MARK, literal=True).sum())
        return SESSIONS * self.marks.height - n_without


def read_export(
    path: Path,
    mapping: ColumnMapping,
    *,
    urn: str,
    terms: TermDates,
    key: bytes,
    laestab: str = "",
    keep_good: bool = False,
    limits: ReadingLimits | None = None,
) -> SchoolMarks:
    """Read a school's own export, CSV, Excel workbook (.xlsx) or Parquet.

    Parameters
    ----------
    mapping
        Which column holds what.
    urn, laestab
        The school whose export is expected; a row of another school is a fault.
    terms
        Its half-terms and closed days.
    key
        The office's secret for pupils' identifiers, at least 32 bytes.
    keep_good
        Keep the rows without a fault although others have one.
    limits
        How much of a file is read at all.

    Raises
    ------
    UsageError
        If the mapping names a column of LAESTABs and ``laestab`` is blank, so that the rows of
        another school would pass.
    DataProblem
        With at most twenty kinds of fault, if the file cannot be read, no row is good, or some
        row is not and ``keep_good`` is false. No message repeats a cell of the file.
    """
    from schoolhubs import files  # what counts marks need not wait for what opens workbooks

    school = School(urn=Urn(urn), laestab=LaEstab(laestab) if laestab else "")
    if "laestab" in mapping.columns and not laestab:
        raise UsageError(
            "The mapping names a column of LAESTABs, and nothing says which is this school's. Say "
            "it (--laestab on the command line), or take the column out of the mapping."
        )
    own_tables(mapping, mapping.name)
    found = files.read_columns(
        path,
        mapping.headings,
        separator=mapping.separator,
        sheet=mapping.sheet,
        limits=limits or ReadingLimits(),
    )
    faults = Faults(path.name)
    faults.note_opened(found.problems)
    if found.table.is_empty() and not found.problems:
        raise DataProblem([_no_rows(path)])
    n_rows = found.table.height + len(faults.rows())
    rows = Arranging(_at_the_door(found.table, mapping, key, urn), mapping, faults).rows(school)
    checked = Checking(sessions(rows), mapping, faults).checked(terms)
    bad = faults.rows()
    if bad and not keep_good:
        raise DataProblem(faults.problems())
    marks = _weeks(checked.filter(~pl.col(ROW).is_in(bad)), urn)
    if marks.is_empty():
        raise DataProblem(faults.problems() or [_no_marks(path)])
    return SchoolMarks(
        marks=marks,
        problems=faults.problems(),
        mapping=mapping.name,
        n_rows=n_rows,
        n_rows_left_out=len(bad),
        left_out=faults.rows_by_kind(),
        encoding=found.encoding,
    )


def _at_the_door(table: pl.DataFrame, mapping: ColumnMapping, key: bytes, urn: str) -> pl.DataFrame:
    """Put the keyed hash in the place of whatever says who a pupil is."""
    pupil = hashed([table[name] for name in mapping.pupil], key=key, urn=urn)
    rest = {*mapping.marks, *mapping.columns.values()}
    return table.select(ROW, *(name for name in table.columns if name in rest)).with_columns(pupil)


def _weeks(checked: pl.DataFrame, urn: str) -> pl.DataFrame:
    """Put the sessions of a pupil, week and half-term together."""
    held = checked.filter((pl.col("letter") != NO_MARK) & pl.col("half_term").is_not_null())
    if held.is_empty():
        return MARKS.empty()
    key = ["pupil", "week_on", "half_term"]
    held = held.with_columns(week_on=pl.col("on").dt.truncate("1w")).sort(key)
    weeks = held.group_by(key, maintain_order=True).agg(
        pl.col("year", "term").first(), pl.col(ATTRIBUTES).drop_nulls().first(), n=pl.len()
    )
    at = np.repeat(np.arange(weeks.height), weeks["n"].to_numpy())
    slot = (held["on"].dt.weekday().cast(pl.Int64) - 1) * 2 + held["session"].cast(pl.Int64)
    letters = np.full((weeks.height, SESSIONS), ord(NO_MARK), dtype=np.uint8)
    letters[at, slot.to_numpy()] = np.frombuffer("".join(held["letter"]).encode(), dtype=np.uint8)
    texts = pl.Series("marks", letters.view(f"S{SESSIONS}").ravel().astype(str).tolist())
    return MARKS.fill(weeks.with_columns(texts, urn=pl.lit(urn)))


def _no_rows(path: Path) -> Problem:
    return Problem(
        code="no_rows",
        file=path.name,
        fault="there is a line of headings and no row below it",
        remedy="Export it again, with the weeks that are wanted.",
    )


def _no_marks(path: Path) -> Problem:
    return Problem(
        code="no_marks",
        file=path.name,
        fault="no session of the terms has a mark",
        remedy="Check the weeks that were exported, and the mapping's column of marks.",
    )
