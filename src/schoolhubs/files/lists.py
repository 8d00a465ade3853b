"""The programme's own lists: applications, leads, partnerships, overrides, places."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import polars as pl

from schoolhubs.files.cells import convert, interleaved, listed, sayings
from schoolhubs.files.headers import COMMAS_PLEASE, Header, find_header
from schoolhubs.files.layouts import Layout, Source
from schoolhubs.files.sources import LIMITS, contents, decoded, fault
from schoolhubs.files.tabulate import ROW, text_table
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.frames import Column, Frame
from schoolhubs.vocabulary.records.published import ReadingLimits

# Headings of the lead schools compiled from the press, and the names they have here.
COMPILED = {"programme": "reported_for", "school_name_as_reported": "school_name"}
OVERRIDE_KINDS = ("pin", "ban", "conflict")
_TYPES = {frames.COUNT: "count", frames.NUMBER: "number", frames.DATE: "event_date"}


def _ignore(problem: Problem) -> None:
    """Hear of a row that was left out, and say nothing."""


def read_applications(path: Path, *, limits: ReadingLimits = LIMITS) -> pl.DataFrame:
    """Read applications: ``urn`` is needed; programme_id, pathway and applied_on are known.

    Further columns, such as answers to a programme's questions, are kept as text.

    Raises
    ------
    DataProblem
        With every row that cannot be used. The same holds for all readers of this module.
    """
    listing = _Listing(path, frames.APPLICATIONS, limits)
    return listing.finished(unique=("urn", "programme_id", "pathway"))


def read_leads(
    path: Path, *, limits: ReadingLimits = LIMITS, tell: Callable[[Problem], None] = _ignore
) -> pl.DataFrame:
    """Read lead schools: ``urn`` is needed; also the list compiled from the press.

    Rows without a URN are left out and told one by one: of some schools in the compiled list
    none is known. There the programme is kept as ``reported_for`` and not as ``programme_id``:
    what the press says of one programme does not keep a school out of another.
    Columns ``capacity_<pathway>`` must hold whole numbers or nothing, and are kept as text.
    """
    listing = _Listing(path, frames.LEADS, limits, renamed=COMPILED)
    listing.leave_out_blank_urns(tell)
    for name in listing.table.columns:
        if name.startswith("capacity_"):
            listing.check(
                ~pl.col(name).str.contains(r"^\d{1,4}$"),
                name,
                code="bad_capacity",
                fault=f"{name} is {{value}}",
                remedy="Write the number of places as a whole number, or leave the cell blank.",
            )
    return listing.finished(unique=("urn", "programme_id"))


def read_partnerships(path: Path, *, limits: ReadingLimits = LIMITS) -> pl.DataFrame:
    """Read partnerships that stand: partner_urn, lead_urn, pathway and started_on are needed."""
    listing = _Listing(path, frames.PARTNERSHIPS, limits)
    listing.check(
        pl.col("partner_urn") == pl.col("lead_urn"),
        "lead_urn",
        code="own_partner",
        fault="the school {value} is its own partner",
        remedy="Partner and lead are two schools. Check both URNs.",
    )
    listing.check_read(
        pl.col("finished_on") <= pl.col("started_on"),
        "finished_on",
        code="finished_before_started",
        fault="finished_on is {value}, not after started_on",
        remedy="It is the first day after the partnership. Check both dates.",
    )
    return listing.finished(unique=("partner_urn", "lead_urn", "pathway", "started_on"))


def read_overrides(path: Path, *, limits: ReadingLimits = LIMITS) -> pl.DataFrame:
    """Read what the office has fixed: kind (pin, ban or conflict), partner_urn and lead_urn."""
    listing = _Listing(path, frames.OVERRIDES, limits)
    listing.table = listing.table.with_columns(pl.col("kind").str.to_lowercase())
    listing.check(
        ~pl.col("kind").is_in(OVERRIDE_KINDS),
        "kind",
        code="unknown_kind",
        fault="the kind is {value}",
        remedy=f"It is one of {', '.join(OVERRIDE_KINDS)}.",
    )
    return listing.finished(unique=("kind", "partner_urn", "lead_urn"))


def read_points(path: Path, *, limits: ReadingLimits = LIMITS) -> pl.DataFrame:
    """Read places: id, lat and lon are needed, and the place lies in England.

    The outline is rough: a few miles over the border with Wales or Scotland pass.
    """
    listing = _Listing(path, frames.POINTS, limits)
    boxes = sayings()
    inside = [pl.col(name).is_between(*boxes["england"][name]) for name in ("lat", "lon")]
    near = [pl.col(name).is_between(*boxes["british_isles"][name]) for name in ("lat", "lon")]
    not_ours = [
        pl.all_horizontal(pl.col(name).is_between(*box[name]) for name in ("lat", "lon"))
        for box in boxes["not_england"].values()
    ]
    listing.check_read(
        # Further away it is no place at all, which was told already.
        pl.all_horizontal(near) & (~pl.all_horizontal(inside) | pl.any_horizontal(not_ours)),
        "lat",
        code="place_outside_england",
        fault="the place at latitude {value} is not in England",
        remedy="Journeys are estimated for England only. Check both coordinates.",
    )
    return listing.finished(unique=("id",))


class _Listing:
    """One list while it is read: its text, and the problems found so far."""

    def __init__(
        self,
        path: Path,
        frame: Frame,
        limits: ReadingLimits,
        renamed: dict[str, str] | None = None,
    ) -> None:
        self.path, self.frame = path, frame
        found = contents(path, limits)
        if found.members:
            remedy = "Give the list as CSV."
            raise fault(path, "not_text", "this is no CSV but a workbook or an archive", remedy)
        text, _ = decoded(path, found.data)
        header = _plain(find_header(path, text, limits), renamed or {})
        self._refuse_absent(header)
        self.table, self.problems, _ = text_table(path, text, header)
        self._read: pl.DataFrame | None = None

    def _refuse_absent(self, header: Header) -> None:
        needed = [c.name for c in self.frame.columns if not c.may_be_missing]
        lacking = [name for name in needed if name not in header.cells]
        if lacking and header.separators:
            text = f"cells are separated by {header.separators}, not commas"
            raise fault(self.path, "not_a_table", text, COMMAS_PLEASE, row=header.line)
        if lacking:
            known = ", ".join(column.name for column in self.frame.columns)
            raise fault(
                self.path,
                "columns_missing",
                f"a list of {self.frame.name} needs a column {', '.join(lacking)}",
                f"It may hold these columns: {known}. Further ones are kept as text.",
                row=header.line,
                column=lacking[0],
            )

    def leave_out_blank_urns(self, tell: Callable[[Problem], None]) -> None:
        """Leave out rows without a URN, and tell of each."""
        blank = pl.col("urn").is_null()
        named = "school_name" in self.table.columns
        name = pl.col("school_name") if named else pl.lit("this school")
        cells = self.table.filter(blank).select(
            pl.col(ROW).alias("row"), name.alias("value"), pl.col("urn")
        )
        for problem in listed(
            cells,
            code="lead_without_urn",
            fault="{value} has no URN and was left out",
            remedy="Look it up and fill it in, if it should lead.",
            file=self.path.name,
            column="urn",
        ):
            tell(problem)
        self.table = self.table.filter(~blank)

    def check(self, bad: pl.Expr, column: str, *, code: str, fault: str, remedy: str) -> None:
        """Note the rows of the text where ``bad`` holds."""
        self._note(self.table, bad, column, code=code, fault=fault, remedy=remedy)

    def check_read(self, bad: pl.Expr, column: str, *, code: str, fault: str, remedy: str) -> None:
        """Note the rows where ``bad`` holds once cells are dates and numbers."""
        self._note(self._typed(), bad, column, code=code, fault=fault, remedy=remedy)

    def _note(
        self, table: pl.DataFrame, bad: pl.Expr, column: str, *, code: str, fault: str, remedy: str
    ) -> None:
        urn = next((c for c in ("urn", "partner_urn") if c in table.columns), None)
        cells = table.filter(bad.fill_null(value=False)).select(
            pl.col(ROW).alias("row"),
            pl.col(column).cast(pl.String).alias("value"),
            (pl.col(urn) if urn else pl.lit(None, pl.String)).alias("urn"),
        )
        self.problems += listed(
            cells, code=code, fault=fault, remedy=remedy, file=self.path.name, column=column
        )

    def _typed(self) -> pl.DataFrame:
        """Give the list with its types; made once, its problems noted once."""
        if self._read is None:
            sources = tuple(
                Source(heading=c.name, name=c.name, type=_type(c))
                for c in self.frame.columns
                if c.name in self.table.columns and c.dtype != frames.FLAG
            )
            layout = Layout(
                kind=self.frame.name, title="", publisher="", recognised_by=(), columns=sources
            )
            cells = convert(self.path.name, self.table, layout, None)
            self.problems += cells.problems
            known = [column.name for column in self.frame.columns]
            extra = self.table.select(pl.exclude(ROW, *known))
            flags = [self._flag(c) for c in self.frame.columns if c.dtype == frames.FLAG]
            absent = {
                c.name: c.dtype
                for c in self.frame.columns
                if c.name not in self.table.columns and c.dtype != frames.FLAG
            }
            self._read = cells.frame.with_columns(
                *(pl.lit(None, dtype).alias(name) for name, dtype in absent.items()), *flags
            ).hstack(extra)
        return self._read

    def _note_withheld(self, typed: pl.DataFrame) -> None:
        """Note symbols such as NA where a figure is needed: here nothing stands for one."""
        for name in (c.name for c in self.frame.columns if not c.may_be_missing):
            if f"{name}_mark" in typed.columns:
                self._note(
                    typed.with_columns(pl.col(f"{name}_mark").alias(name)),
                    pl.col(name).is_not_null(),
                    name,
                    code="missing_value",
                    fault=f"{name} is {{value}}",
                    remedy="Fill it in, or remove the row.",
                )

    def _flag(self, column: Column) -> pl.Series:
        if column.name not in self.table.columns:
            return pl.repeat(None, self.table.height, dtype=pl.Boolean, eager=True).alias(
                column.name
            )
        words = dict.fromkeys(sayings()["words_for_yes"], True) | dict.fromkeys(
            sayings()["words_for_no"], False
        )
        text = self.table[column.name].str.to_lowercase()
        self.check(
            ~pl.col(column.name).str.to_lowercase().is_in(list(words)),
            column.name,
            code="not_yes_or_no",
            fault=f"{column.name} is {{value}}",
            remedy="Write yes or no.",
        )
        return text.replace_strict(words, default=None, return_dtype=pl.Boolean).alias(column.name)

    def finished(self, unique: tuple[str, ...]) -> pl.DataFrame:
        """Give the list, or raise with every problem in it."""
        for column in self.frame.columns:
            if not column.may_be_missing:
                self.check(
                    pl.col(column.name).is_null(),
                    column.name,
                    code="missing_value",
                    fault=f"{column.name} is blank",
                    remedy="Fill it in, or remove the row.",
                )
        typed = self._typed()
        self._note_withheld(typed)
        needed = {column.name for column in self.frame.columns if not column.may_be_missing}
        # A row whose own key cannot be read has been told of already.
        whole = typed.drop_nulls([name for name in unique if name in needed])
        first = pl.col(ROW).min().over(list(unique))
        self._note(
            whole.with_columns(first.alias("_first")),
            pl.col(ROW) != pl.col("_first"),
            unique[0],
            code="repeated_row",
            fault=f"an earlier row has the same {', '.join(unique)}",
            remedy="Remove the copy.",
        )
        if self.problems:
            raise DataProblem(interleaved(self.problems))
        known = [column.name for column in self.frame.columns]
        extra = [name for name in typed.columns if name not in (ROW, *known)]
        return self.frame.check(typed.select(*known, *extra))


def _plain(header: Header, renamed: dict[str, str]) -> Header:
    """Write headings as our columns are written: lower case, words joined by underscores."""
    names = (cell.casefold().replace(" ", "_") for cell in header.cells)
    cells = tuple(renamed.get(name, name) for name in names)
    return dataclasses.replace(header, cells=cells, layout=None)


def _type(column: Column) -> str:
    if column.name == "urn" or column.name.endswith("_urn"):
        return "urn"
    if column.name in ("lat", "lon"):
        return column.name
    return next((said for dtype, said in _TYPES.items() if column.dtype == dtype), "text")
