"""Reads one published file, or says what it is and what is wrong with it."""

import datetime
from collections.abc import Iterable
from pathlib import Path

import polars as pl

from schoolhubs.files.cells import interleaved
from schoolhubs.files.examining import Reading, examine
from schoolhubs.files.opening.sources import LIMITS
from schoolhubs.files.opening.tabulate import ROW, no_rows
from schoolhubs.vocabulary.errors import (
    MOST_PROBLEMS_LISTED,
    DataProblem,
    Problem,
    UsageError,
)
from schoolhubs.vocabulary.records.published import (
    NOT_RECOGNISED,
    FileReport,
    PublishedTable,
    ReadingLimits,
    spoken_years,
)

ENDINGS = (".csv", ".txt", ".json", ".geojson", ".gz", ".xz", ".zip", ".xlsx", ".pbf")


def find(paths: Iterable[Path]) -> list[Path]:
    """List the data files among ``paths`` and in the folders among them, in order of name.

    A file that is named is taken whatever it is called; in a folder, and in the folders inside
    it, files with the endings of published data are taken and hidden ones left.

    Raises
    ------
    UsageError
        If a path does not exist.
    DataProblem
        If no data file is found at all.
    """
    found: dict[Path, None] = {}
    paths = list(paths)
    for path in paths:
        if not path.exists():
            raise UsageError(f"There is no file or folder {path}. Check how it is spelt.")
        inside = sorted(p for p in path.rglob("*") if _is_data(p)) if path.is_dir() else [path]
        found |= dict.fromkeys(inside)
    if paths and not found:
        raise _nothing_in(paths)
    return list(found)


def _nothing_in(folders: list[Path]) -> DataProblem:
    named = " or ".join(str(folder) for folder in folders)
    fault = f"there is no data file in {named}, nor in the folders inside"
    remedy = f"Names of data files end in {', '.join(ENDINGS)}. Check that it is the folder meant."
    return DataProblem([Problem(code="empty_folder", fault=fault, remedy=remedy)])


def _is_data(path: Path) -> bool:
    hidden = path.name.startswith(".")
    return path.is_file() and not hidden and path.name.lower().endswith(ENDINGS)


def read(
    path: Path,
    *,
    year: str | None = None,
    today: datetime.date | None = None,
    limits: ReadingLimits = LIMITS,
    good_rows_only: bool = False,
) -> PublishedTable:
    """Read one published file, recognised by its header and not by its name.

    Parameters
    ----------
    path
        CSV, plain or in gzip, xz or zip; the markers also as JSON.
    year
        Academic year of the figures, for a file that does not say it itself.
    today
        Inspections after this day are problems; None leaves that unchecked.
    limits
        How much is read at all.
    good_rows_only
        Leave out the rows with faults, and say so among the quirks; a fault of the whole file
        still stops it.

    Raises
    ------
    DataProblem
        With every problem of the file: not recognised, damaged, ragged rows, cells that are no
        number, date or URN, figures that contradict each other, URNs that repeat.
    """
    reading = examine(path, year, today, limits)
    if reading.problems and good_rows_only:
        reading = _of_good_rows(reading, year, today, limits)
    if reading.problems:
        raise DataProblem(interleaved(reading.problems))
    if reading.layout is None or reading.n_rows == 0:
        raise no_rows(path)
    table = pl.DataFrame() if reading.table is None else reading.table.drop(ROW)
    return PublishedTable(
        path=str(path),
        kind=reading.layout.kind,
        title=reading.layout.title,
        publisher=reading.layout.publisher,
        gives=reading.layout.gives,
        series=reading.layout.series,
        years=reading.years[0],
        year_source=reading.years[1],
        half_terms=reading.layout.half_terms.get(spoken_years(reading.years[0]) or ""),
        as_at=reading.as_at[0],
        encoding=reading.encoding,
        sha256=reading.sha256,
        n_rows=reading.n_rows or 0,
        quirks=tuple(reading.quirks),
        frame=table,
    )


def _of_good_rows(
    reading: Reading, year: str | None, today: datetime.date | None, limits: ReadingLimits
) -> Reading:
    """Read a file again without the rows with faults, until what is left has none.

    Some faults show only once others are gone, such as a URN that repeats.
    """
    whole, left_out = reading, set[int]()
    while reading.problems:
        rows = {
            row
            for problem in reading.problems
            if problem.row is not None
            for row in (problem.row, *problem.other_rows)
        }
        if rows <= left_out or any(problem.row is None for problem in reading.problems):
            return reading
        left_out |= rows
        reading = examine(reading.path, year, today, limits, frozenset(left_out))
    if reading.table is None or reading.table.is_empty():
        return whole  # nothing good is left of it
    told = ", ".join(f"{row:,}" for row in sorted(left_out)[:MOST_PROBLEMS_LISTED])
    more = ", …" if len(left_out) > MOST_PROBLEMS_LISTED else ""
    reading.quirks.append(f"{len(left_out):,} rows with faults were left out: {told}{more}")
    return reading


def inspect(
    path: Path,
    *,
    year: str | None = None,
    today: datetime.date | None = None,
    limits: ReadingLimits = LIMITS,
) -> FileReport:
    r"""Say what a file is, without raising: its faults come back as problems of the report.

    ``quirks`` holds what was found in this file; ``known_quirks`` what its kind is known for.

    Takes what :func:`read` takes.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "any-name.csv"
    ...     _ = path.write_text(
    ...         "URN,LinkURN,LinkName,LinkType,LinkEstablishedDate\n"
    ...         "100006,134643,Another School,Predecessor,01-01-2022\n"
    ...     )
    ...     report = inspect(path)
    >>> report.kind, report.rows, report.problems
    ('gias_links', 1, ())
    """
    try:
        reading = examine(path, year, today, limits)
    except DataProblem as error:
        return FileReport(path=str(path), kind=NOT_RECOGNISED, problems=error.problems)
    layout = reading.layout
    return FileReport(
        path=str(path),
        kind=layout.kind if layout else NOT_RECOGNISED,
        title=layout.title if layout else "",
        series=layout.series if layout else "",
        year=spoken_years(reading.years[0]),
        year_source=reading.years[1],
        as_at=reading.as_at[0],
        encoding=reading.encoding,
        rows=reading.n_rows,
        quirks=tuple(reading.quirks),
        known_quirks=layout.quirks if layout else (),
        problems=interleaved(reading.problems),
    )
