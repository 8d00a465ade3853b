"""Text below a header into a table of text cells: tells ragged rows, keeps row numbers."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schoolhubs.files import layouts
from schoolhubs.files.layouts import Layout
from schoolhubs.files.opening.faults import fault
from schoolhubs.files.opening.headers import Header, listed, not_csv
from schoolhubs.vocabulary.errors import MOST_PROBLEMS_LISTED, DataProblem, Problem

ROW = "_row"
COMMA, NEWLINE, QUOTE = 44, 10, 34


def text_table(path: Path, text: str, header: Header) -> tuple[pl.DataFrame, list[Problem], int]:
    """Give the rows below a header as text, with the line each stands on in ``_row``.

    Cells are trimmed and blank cells null; blank lines are left out. Rows with more or fewer
    fields than the header are problems, except where the layout says that its last column
    spills over: there the surplus is joined to the last cell.

    Returns
    -------
    tuple
        The table, the problems, and the number of rows that spilt over.
    """
    repeated = sorted({name for name in header.cells if header.cells.count(name) > 1 and name})
    if repeated and (header.layout is None or _matter(header.layout, repeated)):
        text_ = f"the column {listed(repeated)} stands in the header more than once"
        raise fault(
            path, "repeated_column", text_, "Remove the copies, so that it is clear which counts.",
            row=header.line, column=repeated[0],
        )  # fmt: skip
    names = [f"{n}:{name}" for n, name in enumerate(header.cells)]
    body = text[header.body_from :]
    raw = body.encode("utf-8")
    spills = bool(header.layout and header.layout.spills)
    counts = field_counts(raw)
    width = len(names)
    problems: list[Problem] = []
    spilt = 0
    if counts is None or bool((counts[counts > 1] != width).any()) or _lone_fields(counts, width):
        frame, problems, spilt = _slowly(path, body, names, header.line, spills)
    else:
        quickly = _fast(raw, names, _kept(header), header.line)
        if quickly is None:
            frame, problems, spilt = _slowly(path, body, names, header.line, spills)
        else:
            frame = quickly
    cells = [
        pl.col(name).str.strip_chars().replace("", None).alias(name.split(":", 1)[1])
        for name in _kept(header)
    ]
    trimmed = frame.select(pl.col(ROW), *cells)
    blank = pl.all_horizontal(pl.exclude(ROW).is_null())
    again = pl.all_horizontal(
        pl.col(name).is_not_null() & (pl.col(name) == name) for name in trimmed.columns[1:]
    )
    problems += _headers_again(path, trimmed.filter(again)[ROW].to_list())
    return trimmed.filter(~blank & ~again), problems, spilt


def _headers_again(path: Path, rows: list[int]) -> list[Problem]:
    if not rows:
        return []
    return [
        Problem(
            code="header_again",
            file=path.name,
            row=rows[0],
            fault="the header stands here again",
            remedy="Remove this line. If files were put together, give each by itself.",
            other_rows=tuple(rows[1:]),
        )
    ]


def _kept(header: Header) -> list[str]:
    """Name the columns that are kept: those the layout reads, or all if it declares none."""
    names = {name: n for n, name in reversed(list(enumerate(header.cells)))}  # the first of copies
    layout = header.layout
    wanted = {layouts.key(source.heading) for source in layout.columns} if layout else set()
    return [
        f"{n}:{name}"
        for name, n in sorted(names.items(), key=lambda item: item[1])
        if not wanted or layouts.key(name) in wanted
    ]


def _matter(layout: Layout, repeated: Sequence[str]) -> bool:
    read = {layouts.key(source.heading) for source in layout.columns}
    read |= {layouts.key(name) for name in layout.recognised_by}
    return any(layouts.key(name) in read for name in repeated)


def _lone_fields(counts: NDArray[np.int64], width: int) -> bool:
    # A line with one field is a blank line or a ragged row: only a reader of its text can tell.
    return width > 1 and bool((counts == 1).any())


def field_counts(table: bytes) -> NDArray[np.int64] | None:
    r"""Count the fields of each record, commas and line ends inside quotes apart.

    None where the quotes do not pair up, so that a slower reader must decide.

    >>> field_counts(b'1,"a,b"\n2,c\n').tolist()
    [2, 2]
    """
    raw = np.frombuffer(table, dtype=np.uint8)
    if not raw.size:
        return np.zeros(0, dtype=np.int64)
    commas, ends = raw == COMMA, raw == NEWLINE
    quotes = raw == QUOTE
    if quotes.any():
        inside = np.bitwise_xor.accumulate(quotes.view(np.uint8)).view(np.bool_)
        if inside[-1]:
            return None
        commas &= ~inside
        ends &= ~inside
    ends_at = np.flatnonzero(ends)
    if not ends_at.size or ends_at[-1] != raw.size - 1:
        ends_at = np.append(ends_at, raw.size)
    before = np.searchsorted(np.flatnonzero(commas), ends_at)
    return np.diff(before, prepend=0).astype(np.int64) + 1


def _fast(raw: bytes, names: list[str], kept: list[str], header_line: int) -> pl.DataFrame | None:
    if not raw.strip():
        return pl.DataFrame(schema={ROW: pl.Int64, **dict.fromkeys(names, pl.String)})
    try:
        frame = pl.read_csv(
            raw,
            has_header=False,
            columns=[int(name.split(":", 1)[0]) for name in kept],
            schema=dict.fromkeys(names, pl.String),
            quote_char='"',
        )
    except pl.exceptions.PolarsError:
        return None
    return frame.with_row_index(ROW, offset=header_line + 1).cast({ROW: pl.Int64})


def _slowly(
    path: Path, body: str, names: list[str], header_line: int, spills: bool
) -> tuple[pl.DataFrame, list[Problem], int]:
    width, spilt, number = len(names), 0, header_line
    ragged: list[tuple[int, int]] = []
    rows: list[list[str]] = []
    numbers: list[int] = []
    cells: list[str] = []
    reader = csv.reader(io.StringIO(body, newline=""))
    try:
        for number, cells in enumerate(reader, header_line + 1):
            if not any(cell.strip() for cell in cells):
                continue
            if spills and len(cells) > width:
                spilt += 1
                joined = ", ".join(cell.strip() for cell in cells[width - 1 :])
                cells = [*cells[: width - 1], joined]
            if len(cells) == width:
                rows.append(cells)
                numbers.append(number)
            else:
                ragged.append((number, len(cells)))
    except csv.Error as error:
        raise not_csv(path, number + 1, error) from error
    _refuse_open_quote(path, body, number, cells)
    frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
    numbered = frame.with_columns(pl.Series(ROW, numbers, dtype=pl.Int64))
    return numbered, _ragged(path, ragged, width), spilt


def _refuse_open_quote(path: Path, body: str, row: int, last: list[str]) -> None:
    # A cell that holds the last line end of the file was never closed.
    if last and last[-1].endswith("\n") and body.endswith("\n") and not body.endswith('"\n'):
        text = "a quotation mark is opened and never closed"
        remedy = "Close it, or take it away. All below it was read as one cell."
        raise fault(path, "open_quote", text, remedy, row=row)


def _ragged(path: Path, rows: list[tuple[int, int]], width: int) -> list[Problem]:
    shown = rows[:MOST_PROBLEMS_LISTED]
    rest = tuple(row for row, _ in rows[len(shown) :])
    return [
        Problem(
            code="ragged_row",
            file=path.name,
            row=row,
            value=str(found),
            fault=f"the row has {found:,} field{'s' * (found > 1)}, the header has {width:,}",
            remedy="Look for a missing or a stray comma, for a comma in a name without quotes, "
            "or for a quotation mark that is not closed.",
            other_rows=rest if n == len(shown) else (),
        )
        for n, (row, found) in enumerate(shown, 1)
    ]


def no_rows(path: Path) -> DataProblem:
    """Make the error of a table that has a header and nothing below it."""
    return fault(
        path,
        "no_rows",
        "there is a header and no row below it",
        "Fetch it again from its publisher.",
    )
