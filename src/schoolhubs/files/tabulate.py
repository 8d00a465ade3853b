"""Text into a table of text cells: finds the header, tells ragged rows, keeps row numbers."""

import csv
import dataclasses
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schoolhubs.files import layouts
from schoolhubs.files.layouts import Layout
from schoolhubs.files.sources import fault
from schoolhubs.vocabulary.errors import MOST_PROBLEMS_LISTED, DataProblem, Problem
from schoolhubs.vocabulary.ids import Urn
from schoolhubs.vocabulary.records.published import ReadingLimits

ROW = "_row"
LINES_SEARCHED = 8
CHARACTERS_SEARCHED = 1 << 18
COMMA, NEWLINE, QUOTE = 44, 10, 34
_OTHER_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The header of a table: its cells, its line in the file, its layout, what stands above it."""

    cells: tuple[str, ...]
    line: int
    body_from: int
    layout: Layout | None
    titles: tuple[str, ...]


def find_header(path: Path, text: str, limits: ReadingLimits) -> Header:
    """Find the first of the leading lines that is a header we know, else take the first line.

    Raises
    ------
    DataProblem
        If there is no line with anything in it, or the table is absurdly wide.
    """
    records: list[tuple[int, list[str]]] = []
    reader = csv.reader(io.StringIO(text[:CHARACTERS_SEARCHED], newline=""))
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                records.append((reader.line_num, cells))
            if len(records) == LINES_SEARCHED:
                break
    except csv.Error as error:
        remedy = "The file is damaged or not a table. Fetch it again from its publisher."
        raise fault(path, "not_a_table", f"it cannot be read as CSV ({error})", remedy) from error
    if not records:
        text_ = "there is nothing but blank lines"
        raise fault(path, "empty_file", text_, "Fetch it again from its publisher.")
    if (widest := max(len(cells) for _, cells in records)) > limits.columns:
        text_ = f"the table has {widest:,} columns; {limits.columns:,} are read at most"
        raise fault(path, "too_many_columns", text_, "Check that it is the file you meant.")
    known = [(n, layouts.recognise(cells)) for n, (_, cells) in enumerate(records)]
    at, layout = next(((n, kind) for n, kind in known if kind), (0, None))
    line, cells = records[at]
    return Header(
        cells=tuple(" ".join(cell.replace("\ufeff", "").split()) for cell in cells),
        line=line,
        body_from=_offset_of_line(text, line),
        layout=layout,
        titles=tuple(" ".join(row).strip() for _, row in records[:at]),
    )


def _offset_of_line(text: str, lines: int) -> int:
    at = 0
    for _ in range(lines):
        found = text.find("\n", at)
        if found < 0:
            return len(text)
        at = found + 1
    return at


def why_not_recognised(path: Path, header: Header) -> Problem:
    """Say what the header lacks to be the layout it is most like."""
    near = layouts.nearest(header.cells)
    if near and near[1]:
        layout, lacking = near
        return Problem(
            code="columns_missing",
            file=path.name,
            row=header.line,
            column=lacking[0],
            fault=f"it looks like '{layout.title}' but lacks {_listed(lacking)}",
            remedy="Fetch the file again, or restore the column names its publisher gave.",
        )
    if Urn.is_shaped(header.cells[0]):
        return Problem(
            code="no_header",
            file=path.name,
            row=header.line,
            fault=f"there is no header: the first line begins with {header.cells[0]}",
            remedy="Put the publisher's column names back above the first row.",
        )
    odd = next((said for mark, said in _OTHER_SEPARATORS.items() if mark in header.cells[0]), "")
    separated = (
        f"cells are separated by {odd}, not commas" if len(header.cells) == 1 and odd else ""
    )
    shown = _listed(header.cells[:4]) + (" …" if len(header.cells) > 4 else "")
    return Problem(
        code="not_recognised",
        file=path.name,
        row=header.line,
        fault=separated or f"no published layout has the header {shown}",
        remedy="See docs/reference/file-kinds.md for the files that are read and their columns.",
    )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(name[:40] or "(blank)" for name in names)


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
    if repeated and header.layout and _matter(header.layout, repeated):
        text_ = f"the column {_listed(repeated)} stands in the header more than once"
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
    return trimmed.filter(~blank), problems, spilt


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
    width, spilt = len(names), 0
    ragged: list[tuple[int, int]] = []
    rows: list[list[str]] = []
    numbers: list[int] = []
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(body, newline="")), header_line + 1):
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
        remedy = "The file is damaged or not a table. Fetch it again from its publisher."
        raise fault(path, "not_a_table", f"it cannot be read as CSV ({error})", remedy) from error
    frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
    numbered = frame.with_columns(pl.Series(ROW, numbers, dtype=pl.Int64))
    return numbered, _ragged(path, ragged, width), spilt


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
