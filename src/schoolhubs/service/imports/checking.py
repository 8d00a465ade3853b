"""What brought files are, what is wrong with them, what they would change. Reads, never writes."""

import dataclasses
import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from schoolhubs import files, schools
from schoolhubs.vocabulary.errors import MOST_PROBLEMS_LISTED, DataProblem, Problem
from schoolhubs.vocabulary.records.published import FileReport, PublishedTable

MOST_SCHOOLS_LISTED = 20
COMPARED = ("school_name", "phase", "establishment_type", "trust_id", "la_name", "postcode")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CheckedFile:
    """One file, checked.

    Parameters
    ----------
    report
        What it is, and every problem.
    whole
        Its table, where it has no fault.
    good_rows
        Its table without the rows with faults, where leaving them out mends it.
    """

    report: FileReport
    whole: PublishedTable | None = None
    good_rows: PublishedTable | None = None

    @property
    def table(self) -> PublishedTable | None:
        """The table that could be kept at best."""
        return self.whole or self.good_rows

    @property
    def gives(self) -> tuple[str, ...]:
        """What a register would take from it."""
        return self.table.gives if self.table else ()

    def rows_with_faults(self) -> set[int]:
        """Number the rows that would be left out."""
        return {row for problem in self.report.problems for row in rows_of(problem)}

    def as_dict(self) -> dict[str, Any]:
        """Give JSON-ready values, faults grouped."""
        table = self.table
        columns = table.frame.columns if table else []
        return {
            "name": Path(self.report.path).name,
            "title": self.report.title,
            "is_recognised": self.report.is_recognised,
            "series": self.report.series,
            "year": self.report.year,
            "as_at": self.report.as_at.isoformat() if self.report.as_at else None,
            "n_rows": self.report.rows,
            "columns": [name for name in columns if not name.endswith("_mark")],
            "gives": list(self.gives),
            "quirks": list(self.report.quirks),
            "faults": grouped(self.report.problems),
            "is_whole": self.whole is not None,
            "has_good_rows": self.good_rows is not None,
            "n_rows_left_out": len(self.rows_with_faults()) if self.good_rows else 0,
        }


def check(path: Path, *, today: datetime.date) -> CheckedFile:
    """Say what a file is, and read of it what can be read."""
    try:
        table = files.read(path, today=today)
        return CheckedFile(report=_report_of(table), whole=table)
    except DataProblem:
        report = files.inspect(path, today=today)
    try:
        good = files.read(path, today=today, good_rows_only=True)
    except DataProblem:
        good = None
    return CheckedFile(report=report, good_rows=good)


def _report_of(table: PublishedTable) -> FileReport:
    return FileReport(
        path=table.path, kind=table.kind, title=table.title, series=table.series, year=table.year,
        year_source=table.year_source, as_at=table.as_at, encoding=table.encoding,
        rows=table.n_rows, quirks=table.quirks,
    )  # fmt: skip


def rows_of(problem: Problem) -> tuple[int, ...]:
    """Give every row a problem stands on; none for a problem of the whole file."""
    return problem.other_rows if problem.row is None else (problem.row, *problem.other_rows)


def grouped(problems: Sequence[Problem]) -> list[dict[str, Any]]:
    """Gather problems of one kind and column: words, up to twenty row numbers, how many in all.

    >>> one = Problem(code="x", fault="roll is -3", row=2, column="roll", remedy="Mend it.")
    >>> two = Problem(code="x", fault="roll is -9", row=7, column="roll", remedy="Mend it.")
    >>> grouped([one, two])[0]["rows"], grouped([one, two])[0]["n_rows"]
    ([2, 7], 2)
    """
    groups: dict[tuple[str, str, str], list[Problem]] = {}
    for problem in problems:
        groups.setdefault((problem.code, problem.column, problem.remedy), []).append(problem)
    told = []
    for (code, column, remedy), alike in groups.items():
        rows = sorted({row for problem in alike for row in rows_of(problem)})
        told.append(
            {
                "code": code,
                "column": column,
                "fault": alike[0].fault,
                "is_example": len({problem.fault for problem in alike}) > 1,
                "remedy": remedy,
                "rows": rows[:MOST_PROBLEMS_LISTED],
                "n_rows": len(rows),
            }
        )
    return sorted(told, key=lambda group: -group["n_rows"])


def changes(before: schools.SchoolRegister | None, after: schools.SchoolRegister) -> dict[str, Any]:
    """Say what a register changes against the one before: schools and years of absence."""
    was = before.schools if before else after.schools.clear()
    now = after.schools
    open_before = was.filter(pl.col("is_open"))
    open_now = now.filter(pl.col("is_open"))
    opened = open_now.join(open_before, on="urn", how="anti")
    closed = open_before.join(open_now, on="urn", how="anti")
    both = open_now.join(open_before, on="urn", how="inner", suffix="_before")
    differs = {name: both[name].ne_missing(both[f"{name}_before"]) for name in COMPARED}
    changed = both.filter(pl.any_horizontal(*differs.values()) if differs else pl.lit(value=False))
    years_before, years_now = _years(before), _years(after)
    return {
        "open_before": open_before.height,
        "open_now": open_now.height,
        "opened": _named(opened),
        "closed": _named(closed),
        "changed": {**_named(changed), "by_column": {n: int(s.sum()) for n, s in differs.items()}},
        "absence_added": sorted(years_now - years_before),
        "absence_gone": sorted(years_before - years_now),
        "n_absence_before": before.absence.height if before else 0,
        "n_absence_now": after.absence.height,
    }


def _named(frame: pl.DataFrame) -> dict[str, Any]:
    listed = frame.sort("school_name", "urn").head(MOST_SCHOOLS_LISTED)
    return {"n": frame.height, "first": listed.select("urn", "school_name").to_dicts()}


def _years(register: schools.SchoolRegister | None) -> set[str]:
    if register is None:
        return set()
    pairs = register.absence.select("year", "series").unique().rows()
    return {f"{year} ({series})" for year, series in pairs}
