"""Cells of one sheet of an Excel workbook, as text, with a guard before the library sees it."""

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import fastexcel
import polars as pl

from schoolhubs.files.opening.faults import damaged, fault
from schoolhubs.files.opening.sources import Contents
from schoolhubs.files.opening.tabulate import ROW
from schoolhubs.files.opening.unpacking import DAMAGED
from schoolhubs.files.own_tables.parquets import refused_if_damaged
from schoolhubs.vocabulary.records.published import ReadingLimits

_ANY_CELL = re.compile(rb"<(?:\w{1,20}:)?c[\s/>]")
_PLACE = re.compile(
    rb"""<(?:\w{1,20}:)?(?:c|row)\s[^<>]{0,400}?\br\s*=\s*["']([A-Za-z]{0,8})(\d{1,12})["']"""
)
_ROW_OR_CELL = re.compile(rb"<(?:\w{1,20}:)?(row|c)[\s/>]")
_SHARED_TEXT = re.compile(rb"<(?:\w{1,20}:)?t[^<>]{0,100}>([^<]*)")


def sheet_cells(path: Path, found: Contents, sheet: str, limits: ReadingLimits) -> pl.DataFrame:
    """Give every cell of a sheet as text, and ``_row`` as the workbook numbers its rows.

    Raises
    ------
    DataProblem
        If the workbook is damaged, is of another kind than .xlsx, has no such sheet, or would
        fill more memory than the limits.
    """
    if "xl/workbook.xml" not in found.members:
        text = "this is a kind of document that is not read"
        raise fault(path, "not_text", text, "Save it as an Excel workbook (.xlsx) or as CSV.")
    try:
        _refuse_hostile_sheets(path, found, limits)
    except DAMAGED as error:
        raise damaged(path, "xlsx", error) from error
    with refused_if_damaged(path):
        workbook = fastexcel.read_excel(found.data)
        names = workbook.sheet_names
    if sheet and sheet not in names:
        text = f"there is no sheet {sheet} among its {len(names)}"
        raise fault(path, "no_such_sheet", text, "Write the name of the sheet as it stands there.")
    with refused_if_damaged(path):
        loaded = workbook.load_sheet(sheet or 0, header_row=None, skip_rows=0, dtypes="string")
        cells = loaded.to_polars()
    return cells.with_row_index(ROW, offset=1).cast({ROW: pl.Int64})


def _refuse_hostile_sheets(path: Path, found: Contents, limits: ReadingLimits) -> None:
    """Refuse sheets that would fill memory: corners far apart, one long text shown everywhere."""
    most_cells, longest = 0, 0
    with zipfile.ZipFile(io.BytesIO(found.data)) as archive:
        for entry in archive.infolist():
            # Read to its end: a member that is longer than it says fails its checksum here.
            data = archive.read(entry)
            if entry.filename.lower().endswith("sharedstrings.xml"):
                longest = max(map(len, _SHARED_TEXT.findall(data)), default=0)
            elif entry.filename.lower().endswith(".xml"):
                rows, columns = _corner(data, limits)
                _refuse_if_wide(path, rows, columns, limits)
                most_cells = max(most_cells, rows * columns)
    if most_cells * longest > limits.filled_bytes:
        text = f"a text of {longest:,} letters may be repeated in {most_cells:,} cells"
        raise fault(path, "unpacks_too_large", text, "Delete what stands beside the table.")


def _refuse_if_wide(path: Path, rows: int, columns: int, limits: ReadingLimits) -> None:
    if columns > limits.columns:
        text = f"a sheet is {columns:,} columns wide; {limits.columns:,} are read at most"
        raise fault(path, "too_many_columns", text, "Delete what stands beside the table.")
    if rows > limits.rows or rows * columns > limits.cells:
        text = f"a sheet has {rows:,} rows of {columns:,} cells; {limits.cells:,} cells at most"
        raise fault(path, "too_many_rows", text, "Delete what stands below and beside the table.")


def _corner(data: bytes, limits: ReadingLimits) -> tuple[int, int]:
    """Give the last row and column of a sheet: two cells make all between them be filled.

    >>> _corner(b'<row r="1"><c r="A1"/></row><row r="9"><c r="C9"/></row>', ReadingLimits())
    (9, 3)
    >>> _corner(b'<row><c/><c/></row><row/>', ReadingLimits())
    (2, 2)
    """
    places = _PLACE.findall(data)
    rows = max((int(digits) for _, digits in places), default=0)
    columns = max(map(_column, {letters for letters, _ in places}), default=0)
    if len(_ANY_CELL.findall(data)) > sum(1 for letters, _ in places if letters):
        n_rows, width = _counted(_ROW_OR_CELL.finditer(data), limits)
        rows, columns = max(rows, n_rows), max(columns, width)
    return rows, columns


def _counted(tags: Iterator[re.Match[bytes]], limits: ReadingLimits) -> tuple[int, int]:
    """Count rows and the widest of them, where cells do not say where they stand."""
    rows = columns = width = 0
    for tag in tags:
        if tag[1] == b"row":
            rows, width = rows + 1, 0
        else:
            width += 1
            columns = max(columns, width)
        if columns > limits.columns or rows > limits.rows:
            break
    return rows, columns


def _column(letters: bytes) -> int:
    """Give the number of a column by its letters.

    >>> _column(b"A"), _column(b"AB")
    (1, 28)
    """
    at = 0
    for letter in letters.upper():
        at = at * 26 + letter - 64
    return at
