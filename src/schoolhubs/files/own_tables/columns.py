"""Named columns out of a table some other system wrote: CSV, Excel workbook or Parquet.

The table may hold what must not be repeated, such as names. So no problem made here quotes a
cell, a heading that nobody asked for, the name of a sheet or of a file inside an archive: it says
the row, and the columns that were asked for.
"""

import csv
import dataclasses
import io
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from schoolhubs.files.layouts import Layout, Source, key
from schoolhubs.files.opening.encodings import decoded
from schoolhubs.files.opening.faults import fault
from schoolhubs.files.opening.headers import LINES_SEARCHED, Header, columns_missing, not_csv
from schoolhubs.files.opening.sources import LIMITS, Contents, contents
from schoolhubs.files.opening.tabulate import ROW, text_table
from schoolhubs.files.own_tables import workbooks
from schoolhubs.files.own_tables.parquets import is_parquet, parquet_columns
from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.records.published import ReadingLimits

EXPORT_AGAIN = "Export the table again as CSV UTF-8, Excel (.xlsx) or Parquet."
# Faults of opening whose own words quote the inside of the file, or speak of a publisher.
_SAID_PLAINLY = {
    "damaged_archive": "the file is damaged or cut short",
    "unsafe_name": "the archive holds a place outside itself",
    "several_tables": "the archive holds several tables",
    "no_table": "the archive holds no table",
    "locked_archive": "the file is locked with a password",
    "nested_archive": "there is an archive inside the archive",
    "utf_16": "the text is UTF-16",
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class NamedColumns:
    """The columns asked for, as text, and what was wrong with the rows.

    Parameters
    ----------
    table
        ``_row`` (the row in the file, its first line being 1), then a column for each heading
        asked for, under that heading. Cells are trimmed; blank ones are null. Dates of a
        workbook or of Parquet are ISO text.
    problems
        Rows that were left out, such as ragged ones.
    encoding
        Of a text; ``xlsx`` or ``parquet`` otherwise.
    """

    table: pl.DataFrame
    problems: tuple[Problem, ...]
    encoding: str


def read_columns(
    path: Path,
    headings: Sequence[str],
    *,
    separator: str = ",",
    sheet: str = "",
    limits: ReadingLimits = LIMITS,
) -> NamedColumns:
    r"""Read the columns with these headings; letters' case and spacing do not count.

    Parameters
    ----------
    path
        A CSV, a workbook (.xlsx) or a Parquet file, by its bytes and not by its name; a CSV may
        be packed as gzip, xz or zip.
    headings
        Those needed. In a text or a workbook they stand together in one of the first eight
        lines that are not blank.
    separator
        What stands between the cells of a text: comma, semicolon, tab or bar.
    sheet
        Name of the sheet of a workbook; blank for its first.

    Raises
    ------
    DataProblem
        If the file cannot be opened or lacks a heading; no cell is quoted.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "marks.csv"
    ...     _ = path.write_text("Made by a system\nUPN,Mark\nA1,/\nA2,I\n")
    ...     read_columns(path, ["mark"]).table.to_dicts()
    [{'_row': 3, 'mark': '/'}, {'_row': 4, 'mark': 'I'}]
    """
    try:
        return _read(path, headings, separator, sheet, limits)
    except DataProblem as error:
        problems = [plainly(problem) for problem in error.problems]
    # Raised out here, so that the error does not carry the first one about, nor what led to it.
    raise DataProblem(problems)


def _read(
    path: Path, headings: Sequence[str], separator: str, sheet: str, limits: ReadingLimits
) -> NamedColumns:
    found = contents(path, limits)
    if is_parquet(found.data):
        table = parquet_columns(path, found.data, headings, limits)
        return NamedColumns(table=table, problems=(), encoding="parquet")
    if found.is_workbook:
        return _of_workbook(path, found, headings, sheet, limits)
    if found.members:
        raise fault(path, "not_text", "this is an archive and no table", EXPORT_AGAIN)
    text, encoding = decoded(path, found.data)
    if separator != ",":
        text = _with_commas(path, text, separator)
    table, problems = _of_text(path, text, headings, limits)
    return NamedColumns(table=table, problems=tuple(problems), encoding=encoding)


def _of_text(
    path: Path, text: str, headings: Sequence[str], limits: ReadingLimits
) -> tuple[pl.DataFrame, list[Problem]]:
    leading: list[tuple[int, list[str]]] = []
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                leading.append((reader.line_num, cells))
            if len(leading) == LINES_SEARCHED:
                break
    except csv.Error as error:
        raise not_csv(path, reader.line_num, error) from error
    line, cells = header_among(path, leading, headings, limits)
    layout = Layout(
        kind="named",
        title="",
        publisher="",
        recognised_by=(),
        columns=tuple(Source(heading=name, name=name, type="text") for name in headings),
    )
    body_from = sum(len(each) for each in text.splitlines(keepends=True)[:line])
    header = Header(
        cells=tuple(" ".join(cell.replace("\ufeff", "").split()) for cell in cells),
        line=line,
        body_from=body_from,
        layout=layout,
        titles=(),
    )
    table, problems, _ = text_table(path, text, header)
    return _renamed(table, headings), problems


def _of_workbook(
    path: Path, found: Contents, headings: Sequence[str], sheet: str, limits: ReadingLimits
) -> NamedColumns:
    cells = workbooks.sheet_cells(path, found, sheet, limits)
    filled = cells.head(500).filter(~pl.all_horizontal(pl.all().is_null()))
    leading = [
        (int(row[0]), ["" if cell is None else str(cell) for cell in row[1:]])
        for row in filled.filter(~pl.all_horizontal(pl.exclude(ROW).is_null()))
        .head(LINES_SEARCHED)
        .iter_rows()
    ]
    line, header = header_among(path, leading, headings, limits)
    places = _places(path, line, header, headings)
    table = cells.filter(pl.col(ROW) > line).select(
        ROW,
        *(
            pl.col(cells.columns[1 + at]).str.strip_chars().replace("", None).alias(name)
            for name, at in places.items()
        ),
    )
    blank = pl.all_horizontal(pl.exclude(ROW).is_null())
    return NamedColumns(table=table.filter(~blank), problems=(), encoding="xlsx")


def header_among(
    path: Path,
    leading: Sequence[tuple[int, list[str]]],
    headings: Sequence[str],
    limits: ReadingLimits,
) -> tuple[int, list[str]]:
    """Give the line that holds every heading, and its cells.

    Raises
    ------
    DataProblem
        Naming the headings that the nearest line lacks, never one that stands in the file.
    """
    if not leading:
        text = "there is nothing but blank lines"
        raise fault(path, "empty_file", text, EXPORT_AGAIN)
    if (widest := max(len(cells) for _, cells in leading)) > limits.columns:
        text = f"the table has {widest:,} columns; {limits.columns:,} are read at most"
        raise fault(path, "too_many_columns", text, "Check that it is the file you meant.")
    wanted = {key(name): name for name in headings}
    lacking = [
        [name for asked, name in wanted.items() if asked not in set(map(key, cells))]
        for _, cells in leading
    ]
    nearest = min(range(len(leading)), key=lambda n: len(lacking[n]))
    if lacking[nearest]:
        raise columns_missing(path, lacking[nearest], len(wanted), row=leading[nearest][0])
    return leading[nearest]


def _places(
    path: Path, line: int, header: Sequence[str], headings: Sequence[str]
) -> dict[str, int]:
    keys = [key(cell) for cell in header]
    twice = [name for name in headings if keys.count(key(name)) > 1]
    if twice:
        text = f"the column {twice[0]} stands in the header more than once"
        remedy = "Remove the copies, so that it is clear which counts."
        raise fault(path, "repeated_column", text, remedy, row=line, column=twice[0])
    return {name: keys.index(key(name)) for name in headings}


def _renamed(table: pl.DataFrame, headings: Sequence[str]) -> pl.DataFrame:
    stand = {key(name): name for name in table.columns if name != ROW}
    return table.select(ROW, *(pl.col(stand[key(name)]).alias(name) for name in headings))


def _with_commas(path: Path, text: str, separator: str) -> str:
    """Write a text with another separator as CSV, every row on the lines it stood on."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        writer.writerows(reader)
    except csv.Error as error:
        raise not_csv(path, reader.line_num, error) from error
    return out.getvalue()


def plainly(problem: Problem) -> Problem:
    """Say a fault of opening without the inside of the file, and without a publisher."""
    said = _SAID_PLAINLY.get(problem.code, problem.fault)
    speaks = problem.code in _SAID_PLAINLY or "publisher" in problem.remedy
    return dataclasses.replace(
        problem, fault=said, remedy=EXPORT_AGAIN if speaks else problem.remedy, value=""
    )
