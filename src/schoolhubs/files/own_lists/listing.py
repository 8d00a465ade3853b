"""One list of the programme's own while it is read: columns needed, cells, rows that repeat."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import polars as pl

from schoolhubs.files.cells import convert, interleaved, listed, sayings
from schoolhubs.files.layouts import Layout, Source, all_layouts, key
from schoolhubs.files.opening.encodings import decoded
from schoolhubs.files.opening.faults import fault
from schoolhubs.files.opening.headers import COMMAS_PLEASE, Header, find_header
from schoolhubs.files.opening.sources import contents
from schoolhubs.files.opening.tabulate import ROW, text_table
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.frames import Column, Frame
from schoolhubs.vocabulary.records.published import ReadingLimits

_TYPES = {frames.COUNT: "count", frames.NUMBER: "number", frames.DATE: "event_date"}


# Kinds of list that stand beside one another in a round, and what each is a list of.
COMPANIONS = {
    name: name for name in ("leads", "applications", "partnerships", "overrides", "rulings")
}
COMPANIONS["hub_lead_schools"] = "leads"


class Listing:
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
        found_header = find_header(path, text, limits)
        self._refuse_another_list(found_header)
        header = _plain(found_header, renamed or {})
        self._refuse_absent(header)
        self.table, self.problems, _ = text_table(path, text, header)
        self._read: pl.DataFrame | None = None

    def _refuse_another_list(self, header: Header) -> None:
        """Refuse a list given in the place of another, whose one needed column it may have too."""
        kind = header.layout.kind if header.layout else ""
        wanted = self.frame.name
        keys = frozenset(map(key, header.cells))
        if (
            kind in COMPANIONS
            and COMPANIONS[kind] != wanted
            and not all_layouts()[wanted].fits(keys)
        ):
            raise fault(
                self.path,
                "another_list",
                f"this is a list of {COMPANIONS[kind]}; --{wanted} wants a list of {wanted}",
                "Give each list after its own option; `data inspect` says what a list is.",
                row=header.line,
            )

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
