"""Finds the header of a table, and says why one is not known."""

import csv
import dataclasses
import io
import re
from collections.abc import Sequence
from pathlib import Path

from schoolhubs.files import layouts
from schoolhubs.files.layouts import Layout
from schoolhubs.files.opening.faults import fault
from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.records.published import ReadingLimits
from schoolhubs.vocabulary.tables import OTHER_SEPARATORS

LINES_SEARCHED = 8
CHARACTERS_SEARCHED = 1 << 18
COMMAS_PLEASE = "Save it as CSV, with commas between the cells."
# What no publisher calls a column: a URN, a pupil's number, a date, a decimal.
_FIGURE = re.compile(
    r"[1-9]\d{5}|[A-Za-z]\d{11}[A-Za-z\d]|\d{4}-\d\d-\d\d|\d\d?/\d\d?/\d{4}|-?\d+\.\d+"
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The header of a table: its cells, its line in the file, its layout, what stands above it."""

    cells: tuple[str, ...]
    line: int
    body_from: int
    layout: Layout | None
    titles: tuple[str, ...]
    separators: str = ""  # what stands between the cells, if it is not commas


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
        raise not_csv(path, reader.line_num, error) from error
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
        separators=_separators(cells),
    )


def _separators(cells: Sequence[str]) -> str:
    if len(cells) > 1:
        return ""
    return next((said for mark, said in OTHER_SEPARATORS.items() if mark in cells[0]), "")


def not_csv(path: Path, line: int, error: csv.Error) -> DataProblem:
    """Make the error of a text that cannot be cut into cells at a line."""
    too_long = "field larger" in str(error)
    text = (
        f"a cell has more than {csv.field_size_limit():,} characters"
        if too_long
        else f"it cannot be read as CSV ({error})"
    )
    remedy = (
        "Look for a quotation mark that is not closed. If there is none, the file is no table."
        if too_long
        else "The file is damaged or not a table. Fetch it again from its publisher."
    )
    return fault(path, "not_a_table", text, remedy, row=max(line, 1))


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
            fault=f"it looks like '{layout.title}' but lacks {listed(lacking)}",
            remedy="Fetch the file again, or restore the column names its publisher gave.",
        )
    if any(_FIGURE.fullmatch(cell) for cell in header.cells):
        # The line is not repeated: nobody knows whose figures they are.
        return Problem(
            code="no_header",
            file=path.name,
            row=header.line,
            fault="there is no header: the first line holds figures instead of column names",
            remedy="Put the publisher's column names back above the first row.",
        )
    shown = listed(header.cells[:4]) + (" …" if len(header.cells) > 4 else "")
    separated = f"cells are separated by {header.separators}, not commas"
    known = "See docs/reference/file-kinds.md for the files that are read and their columns."
    return Problem(
        code="not_recognised",
        file=path.name,
        row=header.line,
        fault=separated if header.separators else f"no published layout has the header {shown}",
        remedy=COMMAS_PLEASE if header.separators else known,
    )


def listed(names: Sequence[str]) -> str:
    r"""Name columns in a sentence, cut short; what a terminal would act on is left out.

    >>> listed(["URN", "", "a\x1b[31m"])
    'URN, (blank), a[31m'
    """
    shown = ("".join(letter for letter in name[:40] if letter.isprintable()) for name in names)
    return ", ".join(name or "(blank)" for name in shown)


def columns_missing(path: Path, lacking: Sequence[str], n: int, **place: object) -> DataProblem:
    """Make the error of headings that were asked for and are not there."""
    named = ", ".join(lacking[:10]) + (" …" if len(lacking) > 10 else "")
    return fault(
        path,
        "columns_missing",
        f"{len(lacking)} of the {n} headings asked for are not there: {named}",
        "Write the headings as they stand in the file, and what separates its cells. "
        "If the file has no line of headings, export it with one.",
        column=lacking[0],
        **place,
    )
