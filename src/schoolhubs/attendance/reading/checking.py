"""Whether marks can be true: codes by date, days of term, being on roll, one mark a session."""

import dataclasses
import itertools
from collections.abc import Mapping

import polars as pl

from schoolhubs.attendance.coding import Codes, codes, regimes
from schoolhubs.attendance.reading.arranging import ATTRIBUTES, ROW
from schoolhubs.attendance.reading.mapping import ColumnMapping
from schoolhubs.attendance.reading.noting import Faults
from schoolhubs.attendance.reading.terms import TermDates
from schoolhubs.vocabulary.errors import DataProblem, Problem

NO_MARK = "."
WEEKEND = 6


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Headings:
    """The headings that faults name: of the marks, the day, admission and leaving."""

    mark: str
    day: str
    admitted_on: str
    left_on: str

    @classmethod
    def of(cls, mapping: ColumnMapping) -> "Headings":
        """Take them from a mapping."""
        columns = mapping.columns
        is_week = mapping.layout == "week"
        return cls(
            mark=mapping.marks[0] if is_week else columns["mark"],
            day=columns["week_on"] if is_week else columns["on"],
            admitted_on=columns.get("admitted_on", ""),
            left_on=columns.get("left_on", ""),
        )


class Checking:
    """The sessions of an export, every fault noted; ``sessions`` has ``letter`` at the end."""

    def __init__(self, sessions: pl.DataFrame, mapping: ColumnMapping, faults: Faults) -> None:
        self.sessions, self.mapping, self.faults = sessions, mapping, faults
        self.headings = Headings.of(mapping)

    def checked(self, terms: TermDates) -> pl.DataFrame:
        """Note every fault, and give the sessions with letter, year, term and half_term.

        Sessions outside the terms have no half-term: they hold no mark, or a fault.
        """
        self._letters()
        self._days(terms)
        self._on_roll()
        self._twice()
        self._differs()
        return self.sessions

    def _note(self, code: str, bad: pl.Expr, column: str, **words: str) -> None:
        rows = self.sessions.filter(bad.fill_null(value=False))[ROW]
        self.faults.note(code, rows, column=column, **words)

    def _letters(self) -> None:
        tables = _tables(self.mapping)
        first = min(table.starts_on for table in tables)
        self._note("before_first_table", pl.col("on") < first, self.headings.day, since=str(first))
        written = pl.col("written").str.strip_chars().fill_null("")
        letters = [
            pl.when(_in_force(table)).then(
                written.replace_strict(dict(table.packed), default=None, return_dtype=pl.String)
            )
            for table in tables
        ]
        marked = self.sessions.with_columns(letter=pl.coalesce(letters), written=written)
        self.sessions = marked
        elsewhere = {code for table in tables for code in table.retired}
        unknown = pl.col("letter").is_null() & (pl.col("on") >= first)
        self._note("unknown_code", unknown & ~written.is_in(elsewhere), self.headings.mark)
        for table in tables:
            self._retired(table)
        self._mixed(tables)

    def _retired(self, table: Codes) -> None:
        bad = _in_force(table) & pl.col("letter").is_null()
        found = self.sessions.filter(bad & pl.col("written").is_in(list(table.retired)))
        if found.is_empty():
            return
        named = sorted(found["written"].unique().to_list())
        instead = "; ".join(f"instead of {code} write {table.retired[code]}" for code in named)
        self.faults.note(
            "code_not_in_force",
            found[ROW],
            column=self.headings.mark,
            codes=", ".join(named),
            instead=f"{instead[:1].upper()}{instead[1:]}.",
        )

    def _mixed(self, tables: tuple[Codes, ...]) -> None:
        """Note marks of the earlier table in a file that also follows a later one.

        By their days, or by their signs: codes of both tables for the same weeks.
        """
        held = self.sessions.filter(pl.col("letter").fill_null("?") != NO_MARK)
        for earlier, later in itertools.pairwise(tables):
            before, after = held.filter(_in_force(earlier)), held.filter(_in_force(later))
            rows = [before[ROW]] if before.height and after.height else []
            for table, other, marks in ((later, earlier, after), (earlier, later, before)):
                foreign = marks.filter(
                    pl.col("letter").is_null() & pl.col("written").is_in(list(table.retired))
                )
                # Codes that only its own table has: the file follows both for the same weeks.
                if marks["written"].is_in(list(other.retired)).any():
                    rows.append(foreign[ROW])
            if rows:
                self.faults.note(
                    "mixed_regimes",
                    pl.concat(rows),
                    column=self.headings.mark,
                    since=str(later.starts_on),
                )

    def _days(self, terms: TermDates) -> None:
        days = terms.days()
        self.sessions = self.sessions.join(days, on="on", how="left", maintain_order="left")
        shut = _letters_when_shut(_tables(self.mapping))
        # Closed, or not yet on roll: schools mark holidays so, and no pupil could have come.
        marked = (pl.col("letter") != NO_MARK) & ~pl.col("letter").is_in(shut)
        is_weekend = pl.col("on").dt.weekday() >= WEEKEND
        outside = pl.col("half_term").is_null()
        self._note("weekend", is_weekend & (pl.col("letter") != NO_MARK), self.headings.day)
        self._note("outside_term", marked & outside & ~is_weekend, self.headings.day)
        self._note("closed_day", marked & pl.col("is_closed"), self.headings.day)

    def _on_roll(self) -> None:
        names = self.sessions.columns
        shut = _letters_when_shut(_tables(self.mapping))
        marked = (pl.col("letter") != NO_MARK) & ~pl.col("letter").is_in(shut)
        if "admitted_on" in names:
            early = marked & (pl.col("on") < pl.col("admitted_on"))
            self._note("before_admission", early, self.headings.admitted_on)
        if "left_on" in names:
            late = marked & (pl.col("on") > pl.col("left_on"))
            self._note("after_leaving", late, self.headings.left_on)
        if {"admitted_on", "left_on"} <= set(names):
            swapped = pl.col("left_on") < pl.col("admitted_on")
            self._note("left_before_admission", swapped, self.headings.left_on)

    def _twice(self) -> None:
        """Note sessions with two marks; a session without a mark in one of two rows is fine."""
        session = ["pupil", "on", "session"]
        held = self.sessions.filter(
            (pl.col("letter") != NO_MARK) & pl.all_horizontal(pl.col(session).is_not_null())
        )
        again = held.filter(pl.struct(session).is_duplicated())
        if again.is_empty():
            return
        kinds = again.with_columns(
            n=pl.col("letter").n_unique().over(session), first=pl.col(ROW).min().over(session)
        )
        self.faults.note("two_marks", kinds.filter(pl.col("n") > 1)[ROW], column=self.headings.mark)
        copies = kinds.filter((pl.col("n") == 1) & (pl.col(ROW) > pl.col("first")))
        self.faults.note("pupil_twice", copies[ROW], column=self.mapping.pupil[0])

    def _differs(self) -> None:
        """Note rows of one pupil and week that do not say the same of the pupil."""
        said = [name for name in ATTRIBUTES if name in self.mapping.columns]
        if not said:
            return
        week = ["pupil", pl.col("on").dt.truncate("1w")]
        is_known = pl.col("pupil").is_not_null() & pl.col("on").is_not_null()
        for name in said:
            differs = pl.col(name).drop_nulls().n_unique().over(week) > 1
            self._note("pupil_differs", differs & is_known, self.mapping.columns[name])


def own_tables(mapping: ColumnMapping, file: str) -> tuple[Codes, ...]:
    """Give the tables of codes with the school's own signs among them, earliest first.

    Raises
    ------
    DataProblem
        If a sign stands for no code of any table, or would change the meaning of a code.
    """
    problems = [
        Problem(
            code="own_code_unknown",
            file=file,
            column="own_codes",
            fault=f"the own code {sign} stands for {code}, which no table of codes holds",
            remedy="Name a code of docs/how-to/measure-absence.md, or . for no mark.",
        )
        for sign, code in mapping.own_codes.items()
        if not any(code in table.packed for table in regimes())
    ]
    if problems:
        raise DataProblem(problems)
    return _tables(mapping)


def _tables(mapping: ColumnMapping) -> tuple[Codes, ...]:
    nothing = dict.fromkeys(mapping.no_mark, NO_MARK)
    made = []
    for table in regimes():
        own = {
            sign: code
            for sign, code in {**mapping.own_codes, **nothing}.items()
            if code in table.packed
        }
        made.append(codes(table.starts_on, own=own) if own else table)
    return tuple(made)


def _in_force(table: Codes) -> pl.Expr:
    since = pl.col("on") >= table.starts_on
    return since if table.finishes_on is None else since & (pl.col("on") < table.finishes_on)


def _letters_when_shut(tables: tuple[Codes, ...]) -> list[str]:
    """Give the letters that say nobody was expected: planned closure, not yet on roll."""
    held: Mapping[str, bool] = {
        code.letter: code.is_school_open or code.counts_as == "unable"
        for table in tables
        for code in table.codes
    }
    return [letter for letter, is_expected in held.items() if not is_expected]
