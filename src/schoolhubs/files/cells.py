"""Text cells into numbers, dates, grades and places; what cannot be one becomes a problem."""

import dataclasses
import datetime
import functools
import importlib.resources
import re
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from schoolhubs.files import layouts
from schoolhubs.files.layouts import Layout, Source
from schoolhubs.files.opening.tabulate import ROW
from schoolhubs.vocabulary.errors import MOST_PROBLEMS_LISTED, Problem
from schoolhubs.vocabulary.ids import Urn
from schoolhubs.vocabulary.written.stored import read_facts

PLACES = ("lat", "lon", "easting", "northing")
WRITE_A_DATE = "Write day, month and all four digits of the year, as in 2018-09-01 or 01/09/2018."
# A letter and twelve digits, the last of which may be a letter. No message repeats one.
_UPN = re.compile(r"[A-Za-z]\d{11}[A-Za-z\d]")


@functools.cache
def sayings() -> Mapping[str, Any]:
    """Give the symbols, grades, boxes and dates of ``cells.yaml``."""
    text = (importlib.resources.files(__package__) / "cells.yaml").read_text(encoding="utf-8")
    read: Mapping[str, Any] = read_facts(text)
    return read


def marks() -> tuple[str, ...]:
    """Give the symbols printed instead of a figure, in lower case.

    >>> "supp" in marks()
    True
    """
    return tuple(str(mark).casefold() for mark in sayings()["marks"])


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """A table with types, the problems found on the way, and the oddities coped with."""

    frame: pl.DataFrame
    problems: tuple[Problem, ...]
    quirks: tuple[str, ...]


def convert(
    file: str, table: pl.DataFrame, layout: Layout, today: datetime.date | None
) -> Converted:
    """Read every declared column of a text table by its type.

    Parameters
    ----------
    file
        Name for the problems.
    table
        Text cells under the publisher's headings, with ``_row``.
    layout
        Says which columns there are, and of which type.
    today
        No ``past_date`` may lie after it; None leaves that unchecked.
    """
    if layout.nulls:
        table = table.with_columns(pl.exclude(ROW).replace(dict.fromkeys(layout.nulls)))
    present = {layouts.key(name): name for name in table.columns if name != ROW}
    columns: dict[str, pl.Series] = {ROW: table[ROW]}
    problems: list[Problem] = []
    quirks: list[str] = []
    urns = _urns(table, layout, present)
    for source in layout.columns:
        if layouts.key(source.heading) not in present:
            continue
        raw = table[present[layouts.key(source.heading)]]
        cells = _Cells(file=file, source=source, raw=raw, rows=table[ROW], urns=urns)
        read = cells.read(layout.date_format, today)
        problems += cells.problems
        quirks += cells.quirks
        already = columns.get(source.name)
        columns[source.name] = (
            read if already is None else already.zip_with(already.is_not_null(), read)
        )
        if cells.mark is not None:
            columns[f"{source.name}_mark"] = cells.mark
    frame = pl.DataFrame([series.alias(name) for name, series in columns.items()])
    return Converted(frame=frame, problems=tuple(problems), quirks=tuple(quirks))


def _urns(table: pl.DataFrame, layout: Layout, present: Mapping[str, str]) -> pl.Series:
    for source in layout.columns:
        if source.name == "urn" and layouts.key(source.heading) in present:
            return table[present[layouts.key(source.heading)]]
    return pl.repeat(None, table.height, dtype=pl.String, eager=True)


class _Cells:
    """The cells of one column while they are read."""

    def __init__(
        self, *, file: str, source: Source, raw: pl.Series, rows: pl.Series, urns: pl.Series
    ) -> None:
        self.file, self.source, self.raw = file, source, raw
        self.rows, self.urns = rows, urns
        self.problems: list[Problem] = []
        self.quirks: list[str] = []
        self.mark: pl.Series | None = None

    def read(self, date_format: str, today: datetime.date | None) -> pl.Series:
        kind = self.source.type
        if kind == "text":
            return self.raw
        if kind == "urn":
            return self._urn()
        if kind == "grade":
            return self._grade()
        if kind.endswith("date"):
            return self._date(date_format, today)
        return self._place() if kind in PLACES else self._number()

    def _urn(self) -> pl.Series:
        bad = ~self.raw.str.contains(f"^(?:{Urn.shape.pattern})$")
        self._report(bad, "bad_urn", "{value} is not a URN", f"A URN is {Urn.described}.")
        return self.raw.set(bad.fill_null(value=False), None)

    def _grade(self) -> pl.Series:
        words = self.raw.str.to_lowercase()
        known = {str(word): int(grade) for word, grade in sayings()["grades"].items()}
        read = words.replace_strict(known, default=None, return_dtype=pl.Int64)
        without = words.is_in([str(word) for word in sayings()["no_grade"]] + list(marks()))
        bad = self.raw.is_not_null() & read.is_null() & ~without
        remedy = "Expected a grade from 1 to 4, or its name. Check that columns are not swapped."
        self._report(bad, "bad_grade", "{column} is {value}, which is not a grade", remedy)
        if without.any():
            self.mark = self.raw.set(~without.fill_null(value=True), None)
        return read

    def _date(self, date_format: str, today: datetime.date | None) -> pl.Series:
        read = self.raw.str.to_date(date_format, strict=False)
        for other in sayings()["formats"]:
            if read.null_count() > self.raw.null_count():
                again = self.raw.str.to_date(other, strict=False)
                read = read.zip_with(read.is_not_null(), again)
        # A year of two digits is read as one of the first century.
        read = read.set((read.dt.year() < 100).fill_null(value=False), None)
        bad = read.is_null() & self.raw.is_not_null()
        numbered = self.raw.str.contains(r"^\d{5}(\.\d+)?$")
        text, remedy = "{column} is {value}, which is not a date", WRITE_A_DATE
        self._report(bad & ~numbered, "bad_date", text, remedy)
        remedy += " This may be a spreadsheet's own day number: format the column as a date."
        self._report(bad & numbered, "bad_date", text, remedy)
        bounds = sayings()["dates"]
        if self.source.type == "date":
            placeholder = read.is_in([_day(day) for day in bounds["not_known"]])
            read = read.set(placeholder.fill_null(value=False), None)
            if n := int(placeholder.sum() or 0):
                said = f"{n:,} {_cells(n)} of {self.source.heading} hold 01-01-1900: not known"
                self.quirks.append(said)
        earliest = {"event_date": "earliest_event", "past_date": "earliest_inspection"}
        floor = _day(bounds[earliest.get(self.source.type, "earliest")])
        check = "Check the year, and the order of day and month."
        text = "{column} is {value}, which is before " + floor.isoformat()
        self._report(read < floor, "date_out_of_range", text, check)
        if self.source.type == "past_date" and today:
            text = "{column} is {value}, which is after today, " + today.isoformat()
            self._report(read > today, "future_date", text, check)
        else:
            text = "{column} is {value}, which is far in the future"
            self._report(read > _day(bounds["latest"]), "date_out_of_range", text, check)
        return read

    def _number(self) -> pl.Series:
        read = self._cast()
        if self.source.type == "percent":
            odd = (read < 0) | (read > 100)
            remedy = "A percentage lies between 0 and 100. Check that columns are not swapped."
            self._report(odd, "percent_out_of_range", "{column} is {value}", remedy)
        if self.source.type == "count":
            self._report(read < 0, "negative_count", "{column} is {value}", "A count is 0 or more.")
            part = read != read.round()
            self._report(part, "not_whole", "{column} is {value}", "A count is a whole number.")
            return read.cast(pl.Int64, strict=False)
        return read

    def _cast(self) -> pl.Series:
        read = self.raw.cast(pl.Float64, strict=False)
        if read.null_count() > self.raw.null_count():
            plain = self.raw.str.replace_all(",", "", literal=True).str.strip_suffix("%")
            read = plain.cast(pl.Float64, strict=False)
        read = read.set(~read.is_finite().fill_null(value=True), None)
        without = self.raw.is_not_null() & read.is_null()
        if not without.any():
            return read
        symbols = self.raw.str.to_lowercase().is_in(marks()) & without
        if symbols.any():
            self.mark = self.raw.set(~symbols, None)
        remedy = "Expected a number, or one of the symbols listed in docs/reference/file-kinds.md."
        self._report(without & ~symbols, "not_a_number", "{column} is {value}", remedy)
        return read

    def _place(self) -> pl.Series:
        read = self._cast()
        low, high = sayings()["british_isles"][self.source.type]
        far = (read < low) | (read > high)
        if self.source.type in ("easting", "northing"):
            far &= read != 0  # an old way to say that the place is not known
        remedy = "The place is not in England. Check that the two coordinates are not swapped."
        self._report(far, "place_outside_england", "{column} is {value}", remedy)
        return read

    def _report(self, bad: pl.Series, code: str, fault: str, remedy: str) -> None:
        bad = bad.fill_null(value=False)
        if not bad.any():
            return
        cells = pl.DataFrame({"row": self.rows, "value": self.raw, "urn": self.urns}).filter(bad)
        said = fault.replace("{column}", self.source.heading)
        self.problems += listed(
            cells, code=code, fault=said, remedy=remedy, file=self.file, column=self.source.heading
        )


def listed(
    cells: pl.DataFrame, *, code: str, fault: str, remedy: str, file: str, column: str = ""
) -> list[Problem]:
    """Make a problem of each row, up to twenty; the last of them names the rows that are left.

    ``cells`` has row, value and urn, and whatever else ``fault`` names in braces.
    """
    shown = cells.head(MOST_PROBLEMS_LISTED)
    rest = tuple(cells["row"].slice(shown.height).to_list())
    made = []
    for n, cell in enumerate(shown.iter_rows(named=True), 1):
        value = "" if cell["value"] is None else str(cell["value"])
        urn = cell["urn"] if cell["urn"] and Urn.is_shaped(cell["urn"]) else ""
        said = fault.replace("{value}", quoted(value))
        for name, other in cell.items():
            said = said.replace(
                f"{{{name}}}", f"{other:,}" if isinstance(other, int) else str(other)
            )
        made.append(
            Problem(
                code=code,
                fault=said,
                remedy=remedy,
                file=file,
                row=cell["row"],
                column=column,
                urn=urn,
                value="" if _UPN.fullmatch(value) else value[:200],
                other_rows=rest if n == shown.height else (),
            )
        )
    return made


def quoted(value: str) -> str:
    """Show a value in a sentence, cut short if it is long.

    >>> quoted("12"), quoted("x y"), quoted("")
    ('12', "'x y'", 'blank')
    >>> quoted("A123456789012")
    "a pupil's number (not shown)"
    """
    if not value:
        return "blank"
    if _UPN.fullmatch(value):
        return "a pupil's number (not shown)"
    cut = value if len(value) <= 60 else f"{value[:60]}…"
    return cut if cut.replace(".", "").replace("-", "").isdigit() else repr(cut)


def _day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def _cells(n: int) -> str:
    return "cell" if n == 1 else "cells"


def interleaved(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """Order problems so that the first of each fault comes first: a short list shows every kind."""
    seen: dict[tuple[str, str], int] = {}
    ranked = []
    for problem in problems:
        fault = (problem.code, problem.column)
        seen[fault] = seen.get(fault, 0) + 1
        ranked.append((seen[fault], problem))
    return tuple(problem for _, problem in sorted(ranked, key=lambda item: item[0]))
