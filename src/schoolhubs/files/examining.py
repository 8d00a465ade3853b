"""A file on its way from bytes to a table, step by step."""

import dataclasses
import datetime
from pathlib import Path

import polars as pl

from schoolhubs.files import dating
from schoolhubs.files.cells import convert
from schoolhubs.files.kinds import LEVEL, finish, row_faults, with_levels, without_blank_urns
from schoolhubs.files.layouts import Layout
from schoolhubs.files.opening import foreign
from schoolhubs.files.opening.encodings import decoded, row_of_other_encoding
from schoolhubs.files.opening.headers import find_header, why_not_recognised
from schoolhubs.files.opening.sources import contents
from schoolhubs.files.opening.tabulate import ROW, text_table
from schoolhubs.vocabulary.errors import Problem
from schoolhubs.vocabulary.records.published import ReadingLimits


@dataclasses.dataclass(kw_only=True, slots=True)
class Reading:
    """A file on its way from bytes to a table; filled step by step."""

    path: Path
    layout: Layout | None = None
    sha256: str = ""
    encoding: str = ""
    titles: tuple[str, ...] = ()
    table: pl.DataFrame | None = None
    n_rows: int | None = None
    quirks: list[str] = dataclasses.field(default_factory=list)
    problems: list[Problem] = dataclasses.field(default_factory=list)
    as_at: tuple[datetime.date | None, str] = (None, dating.NOT_STATED)
    years: tuple[tuple[str, ...], str] = ((), dating.NOT_STATED)


def examine(
    path: Path,
    year: str | None,
    today: datetime.date | None,
    limits: ReadingLimits,
    left_out: frozenset[int] = frozenset(),
) -> Reading:
    """Open, recognise and read a file, and keep what it is and what is wrong with it.

    Rows ``left_out`` are passed over as if they were not there, and so are their faults.

    Raises
    ------
    DataProblem
        If it cannot be opened; faults of what is in it are among ``problems``.
    """
    reading = Reading(path=path)
    text_of_rows = _open(reading, limits)
    if text_of_rows is not None and left_out and ROW in text_of_rows.columns:
        text_of_rows = text_of_rows.filter(~pl.col(ROW).is_in(list(left_out)))
        reading.problems = [p for p in reading.problems if p.row not in left_out]
    if reading.layout is None or text_of_rows is None or not reading.layout.columns:
        if reading.layout is not None and text_of_rows is not None:
            reading.table = text_of_rows
            _date(reading, year)
        return reading
    _read_cells(reading, text_of_rows, today)
    _date(reading, year)
    return reading


def _open(reading: Reading, limits: ReadingLimits) -> pl.DataFrame | None:
    """Unpack, decode and recognise a file; give its rows as text, if it is a table."""
    path = reading.path
    found = contents(path, limits)
    reading.sha256 = found.sha256
    if found.members:
        reading.layout, reading.n_rows = foreign.archived(path, found)
        if reading.layout is None and found.is_workbook:
            text = "this is an Excel workbook (.xlsx), and not one that is read"
            _not_recognised(reading, text, "Save the sheet that counts as CSV UTF-8.")
        elif reading.layout is None:
            _not_recognised(reading, "the archive holds no table we know")
        return None
    if foreign.is_map_extract(found.data):
        reading.layout = foreign.named_layout("osm_pbf")
        return None
    text, reading.encoding = decoded(path, found.data)
    if reading.encoding == "utf-8-sig":
        reading.quirks.append("UTF-8 with a byte-order mark")
    if reading.encoding == "windows-1252" and (row := row_of_other_encoding(found.data)):
        said = f"Windows-1252, but row {row:,} is UTF-8: names there come out garbled"
        reading.quirks.append(said)
    if text.lstrip()[:1] in ("[", "{"):
        reading.layout, table, reading.n_rows = foreign.from_json(path, text)
        if reading.layout is None:
            _not_recognised(reading, "the JSON is of no published file we know")
        return table
    return _open_table(reading, text, limits)


def _open_table(reading: Reading, text: str, limits: ReadingLimits) -> pl.DataFrame | None:
    path = reading.path
    header = find_header(path, text, limits)
    if header.layout is None:
        reading.problems.append(why_not_recognised(path, header))
        return None
    reading.layout, reading.titles = header.layout, header.titles
    if header.titles:
        said = f"{len(header.titles)} title line{'s' if len(header.titles) > 1 else ''}"
        reading.quirks.append(f"{said} before the header, which is line {header.line}")
    table, problems, spilt = text_table(path, text, header)
    reading.problems += problems
    reading.n_rows = table.height + sum(1 + len(p.other_rows) for p in problems)
    if spilt:
        reading.quirks.append(
            f"{spilt:,} rows spill over from {header.layout.spills}: joined again"
        )
    if table.is_empty() and not problems:
        reading.quirks.append("there is a header and no row below it")
    return table


def _not_recognised(
    reading: Reading,
    fault: str,
    remedy: str = "See docs/reference/file-kinds.md for the files that are read.",
) -> None:
    reading.n_rows = None
    reading.problems.append(
        Problem(
            code="not_recognised",
            file=reading.path.name,
            fault=fault,
            remedy=remedy,
        )
    )


def _read_cells(reading: Reading, rows: pl.DataFrame, today: datetime.date | None) -> None:
    """Turn text into figures, and collect what cannot be one."""
    layout, name = reading.layout, reading.path.name
    assert layout is not None
    levelled, faults, notes = without_blank_urns(name, with_levels(rows), layout)
    is_school = levelled[LEVEL] == "school"
    cells = convert(name, _without_group_words(levelled, layout, is_school), layout, today)
    frame = cells.frame.with_columns(levelled[LEVEL])
    aggregates = frame.height - int(is_school.sum())
    if aggregates:
        notes.append(f"{aggregates:,} rows are totals or averages, not schools")
    notes += _marks(frame)
    if not faults and not cells.problems:
        frame = finish(frame, layout, notes)
    broken = row_faults(name, frame, layout, notes)
    reading.problems += [*faults, *cells.problems, *broken]
    reading.quirks += [*cells.quirks, *notes]
    reading.table = frame.select(pl.exclude("^.*_as_printed$"))


def _marks(frame: pl.DataFrame) -> list[str]:
    """Count the symbols that stand for figures, columns with the same counts together."""
    alike: dict[str, list[str]] = {}
    for column in (c for c in frame.columns if c.endswith("_mark")):
        counted = frame[column].drop_nulls().value_counts(sort=True, name="n").rows()
        said = ", ".join(f"{n:,} '{symbol}'" for symbol, n in counted)
        alike.setdefault(said, []).append(column.removesuffix("_mark"))
    return [
        f"{_listed(columns)} ha{'ve' if columns[1:] else 's'} {said}"
        for said, columns in alike.items()
    ]


def _listed(columns: list[str]) -> str:
    more = len(columns) - 2
    further = f" and {more} more column{'s' if more > 1 else ''}" if more > 0 else ""
    return f"{', '.join(columns[:2])}{further}"


def _without_group_words(rows: pl.DataFrame, layout: Layout, is_school: pl.Series) -> pl.DataFrame:
    """Blank the URN of rows that are totals, where words such as NAT stand in its place."""
    heading = next((s.heading for s in layout.columns if s.name == "urn"), "")
    if heading not in rows.columns:
        return rows
    return rows.with_columns(rows[heading].set(~is_school.fill_null(value=True), None))


def _date(reading: Reading, year: str | None) -> None:
    layout, frame, name = reading.layout, reading.table, reading.path.name
    assert layout is not None
    assert frame is not None
    reading.as_at = dating.drawn_on(name, reading.titles, frame, layout)
    reading.years = dating.years_of(name, frame, layout, reading.as_at, year)
    if reading.as_at[0]:
        reading.quirks.append(f"as at {reading.as_at[0]}, {reading.as_at[1]}")
    if reading.years[1] == dating.FROM_NAME:
        reading.quirks.append(f"the year is {reading.years[0][0]}, from the file name")
    if layout.needs_year and not reading.years[0] and frame.height:
        reading.problems.append(
            Problem(
                code="year_not_stated",
                file=name,
                fault="neither the file nor its name says which academic year it is of",
                remedy=f"Say it: --year {name}=2018/19, or put 201819 in the file's name.",
            )
        )
