"""Which columns a table of some other system has: its line of headings, and nothing below it.

Where a file has no headings, its first line is about a person. So what looks like data is refused,
and no problem quotes the line.
"""

import csv
import dataclasses
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from schoolhubs.files.opening.encodings import decoded
from schoolhubs.files.opening.faults import fault
from schoolhubs.files.opening.headers import LINES_SEARCHED
from schoolhubs.files.opening.sources import LIMITS, Contents, contents
from schoolhubs.files.opening.tabulate import ROW
from schoolhubs.files.own_tables import workbooks
from schoolhubs.files.own_tables.columns import EXPORT_AGAIN, plainly
from schoolhubs.files.own_tables.parquets import is_parquet, refused_if_damaged
from schoolhubs.vocabulary.errors import DataProblem
from schoolhubs.vocabulary.records.published import ReadingLimits

SEPARATORS = (",", ";", "\t", "|")
# A pupil's number, a number or date, a mark: what a cell below the headings looks like.
_OF_A_ROW = re.compile(r"[A-Za-z]\d{11}[0-9A-Za-z]|\d[\d\s./:-]*|[/\\]+")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Headings:
    """The headings of a table, in order, and what stands between the cells of a text."""

    names: tuple[str, ...]
    separator: str = ","


def read_headings(path: Path, *, sheet: str = "", limits: ReadingLimits = LIMITS) -> Headings:
    r"""Read the line of headings: of the first eight lines that are not blank, the fullest.

    Parameters
    ----------
    path
        A CSV, a workbook (.xlsx) or a Parquet file.
    sheet
        Name of the sheet of a workbook; blank for its first.

    Raises
    ------
    DataProblem
        If the file cannot be opened, or the line looks like one about a person; it is not quoted.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "marks.csv"
    ...     _ = path.write_text("Made by a system\nUPN;Mark\nA1;/\n")
    ...     read_headings(path)
    Headings(names=('UPN', 'Mark'), separator=';')
    """
    try:
        return _read(path, sheet, limits)
    except DataProblem as error:
        problems = [plainly(problem) for problem in error.problems]
    # Raised out here, so that the error does not carry the first one about, nor what led to it.
    raise DataProblem(problems)


def _read(path: Path, sheet: str, limits: ReadingLimits) -> Headings:
    found = contents(path, limits)
    if is_parquet(found.data):
        return Headings(names=_checked(path, _of_parquet(path, found)))
    if found.is_workbook:
        return Headings(names=_checked(path, _fullest(_of_workbook(path, found, sheet, limits))))
    if found.members:
        raise fault(path, "not_text", "this is an archive and no table", EXPORT_AGAIN)
    text, _ = decoded(path, found.data)
    lines = {separator: _fullest(_of_text(text, separator)) for separator in SEPARATORS}
    separator = max(SEPARATORS, key=lambda each: len(lines[each]))
    return Headings(names=_checked(path, lines[separator], limits), separator=separator)


def _of_parquet(path: Path, found: Contents) -> list[str]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    with refused_if_damaged(path):
        held = pq.read_metadata(pa.BufferReader(found.data))
        return [held.schema.column(n).path for n in range(held.num_columns)]


def _of_workbook(
    path: Path, found: Contents, sheet: str, limits: ReadingLimits
) -> Iterator[list[str]]:
    cells = workbooks.sheet_cells(path, found, sheet, limits).drop(ROW)
    filled = cells.filter(~pl.all_horizontal(pl.all().is_null()))
    for row in filled.head(LINES_SEARCHED).iter_rows():
        yield ["" if cell is None else str(cell) for cell in row]


def _of_text(text: str, separator: str) -> Iterator[list[str]]:
    n_found = 0
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            if any(cell.strip() for cell in cells):
                yield cells
                n_found += 1
            if n_found == LINES_SEARCHED:
                return
    except csv.Error:
        return  # another separator, or no table: what was read tells


def _fullest(lines: Iterator[list[str]]) -> list[str]:
    """Give the first line with the most cells that are filled."""
    cleaned = [[" ".join(cell.replace("\ufeff", "").split()) for cell in line] for line in lines]
    return max(cleaned, key=lambda line: sum(map(bool, line)), default=[])


def _checked(
    path: Path, line: Sequence[str], limits: ReadingLimits = LIMITS
) -> tuple[str, ...]:  # fmt: skip
    names = tuple(name for name in line if name)
    remedy = "Export it again with a line of headings at its top, each heading once."
    if not names:
        raise fault(path, "empty_file", "there is nothing but blank lines", EXPORT_AGAIN)
    if len(names) > limits.columns:
        text = f"the table has {len(names):,} columns; {limits.columns:,} are read at most"
        raise fault(path, "too_many_columns", text, "Check that it is the file you meant.")
    if any(_OF_A_ROW.fullmatch(name) for name in names):
        text = "its first line looks like one about a pupil, not like headings"
        raise fault(path, "no_headings", text, remedy)
    if len({name.casefold() for name in names}) < len(names):
        raise fault(path, "repeated_column", "a heading stands there twice", remedy)
    return names
