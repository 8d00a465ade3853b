"""From the columns of an export to a row a session, whatever layout the export has."""

import dataclasses

import polars as pl

from schoolhubs.attendance.reading.documents import schema_of
from schoolhubs.attendance.reading.mapping import SESSIONS, ColumnMapping
from schoolhubs.attendance.reading.noting import Faults
from schoolhubs.vocabulary.frames import MARKS

ROW = "_row"
# What is said of a pupil in a week: of the frame MARKS, and the dates of being on roll.
ATTRIBUTES = ("year_group", "fsm", "sen", "ehc", "sex", "has_reason")
YES_OR_NO = ("fsm", "sen", "ehc", "has_reason")
ISO_DATE = r"^(\d{4}-\d{2}-\d{2})(?:[T ]00:00(?::00(?:\.0+)?)?)?$"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """The school whose export is expected."""

    urn: str
    laestab: str = ""


class Arranging:
    """One export on its way: what its rows say, with the faults noted."""

    def __init__(self, table: pl.DataFrame, mapping: ColumnMapping, faults: Faults) -> None:
        self.table, self.mapping, self.faults = table, mapping, faults

    def rows(self, school: School) -> pl.DataFrame:
        """Give ``_row``, pupil, the attributes, the dates on roll, and the written marks.

        Beside them ``on`` and ``session`` of a mark, or ``week_on`` of a week.
        """
        self._check_school(school)
        self._note("pupil_missing", pl.col("pupil").is_null(), self.mapping.pupil[0])
        columns = [pl.col(ROW), pl.col("pupil")]
        dated = ("on", "week_on", "admitted_on", "left_on")
        columns += [self._date(name) for name in dated if name in self.mapping.columns]
        columns += [self._attribute(name) for name in ATTRIBUTES]
        self._check_totals()
        if self.mapping.layout == "session":
            columns += [self._session(), pl.col(self.mapping.columns["mark"]).alias("written")]
            return self.table.select(columns)
        return self.table.select(*columns, self._week())

    def _note(self, code: str, bad: pl.Expr, column: str, **words: str) -> None:
        rows = self.table.filter(bad.fill_null(value=False))[ROW]
        self.faults.note(code, rows, column=column, **words)

    def _check_school(self, school: School) -> None:
        for name, expected in (("urn", school.urn), ("laestab", school.laestab)):
            heading = self.mapping.columns.get(name)
            if heading and expected:
                # 919/4117 and 919 4117 are ways to write 9194117.
                digits = pl.col(heading).str.replace_all(r"[/\s-]", "")
                said = f"{name.upper()} {expected}"
                self._note("another_schools_row", digits != expected, heading, school=said)
                self._note("school_missing", pl.col(heading).is_null(), heading, school=said)

    def _date(self, name: str) -> pl.Expr:
        heading = self.mapping.columns[name]
        text = pl.col(heading)
        iso = text.str.extract(ISO_DATE, 1).str.to_date("%Y-%m-%d", strict=False)
        day = pl.coalesce(text.str.to_date(self.mapping.date_format, strict=False), iso)
        read = pl.when(day.dt.year().is_between(1900, 2199)).then(day)
        needed = name in ("on", "week_on")
        bad = read.is_null() if needed else read.is_null() & text.is_not_null()
        self._note("bad_date", bad, heading, date_format=self.mapping.date_format)
        if name == "week_on":
            self._note("week_not_monday", read.dt.weekday() != 1, heading)
        return read.alias(name)

    def _attribute(self, name: str) -> pl.Expr:
        heading, dtype = self.mapping.columns.get(name), MARKS.schema[name]
        if heading is None:
            return pl.lit(None, dtype).alias(name)
        text, words = pl.col(heading).str.to_lowercase(), schema_of("words.yaml")
        if name in YES_OR_NO:
            known = dict.fromkeys(self.mapping.yes, True) | dict.fromkeys(self.mapping.no, False)
            code, read = "bad_yes_or_no", text.replace_strict(known, default=None)
        elif name == "sex":
            known = {word: sex for sex, all_words in words["sex"].items() for word in all_words}
            code, read = "bad_sex", text.replace_strict(known, default=None)
        else:
            code, read = "bad_year_group", _year_group(text)
        self._note(code, read.is_null() & text.is_not_null(), heading)
        return read.cast(dtype).alias(name)

    def _session(self) -> pl.Expr:
        heading = self.mapping.columns["session"]
        halves = dict.fromkeys(self.mapping.am, 0) | dict.fromkeys(self.mapping.pm, 1)
        read = (
            pl.col(heading)
            .str.to_lowercase()
            .replace_strict(halves, default=None, return_dtype=pl.Int8)
        )
        self._note("bad_session", read.is_null(), heading)
        return read.alias("session")

    def _week(self) -> pl.Expr:
        """Give the ten written marks of a week as a list; missing where they are not ten."""
        headings = self.mapping.marks
        if len(headings) == SESSIONS:
            return pl.concat_list(headings).alias("written")
        # Signs for no mark may be blanks, so that ten commas-separated codes hold empty ones.
        text = pl.col(headings[0])
        split = (
            pl.when(text.str.contains(",", literal=True))
            .then(text.str.split(","))
            .otherwise(text.str.split(""))
        )
        self._note("not_ten_marks", (split.list.len() != SESSIONS) | text.is_null(), headings[0])
        return pl.when(split.list.len() == SESSIONS).then(split).alias("written")

    def _check_totals(self) -> None:
        columns = self.mapping.columns
        if "sess_attended" not in columns:
            return
        numbers = {}
        for name in ("sess_possible", "sess_attended"):
            heading = columns[name]
            numbers[name] = pl.col(heading).str.replace(r"\.0+$", "").cast(pl.Int64, strict=False)
            bad = (numbers[name].is_null() & pl.col(heading).is_not_null()) | (numbers[name] < 0)
            self._note("bad_total", bad, heading)
        over = numbers["sess_attended"] > numbers["sess_possible"]
        self._note("attended_above_possible", over, columns["sess_attended"])


def _year_group(text: pl.Expr) -> pl.Expr:
    """Read a year group: a number, or Year and a number, or the letter of a younger year."""
    words = schema_of("words.yaml")
    plain = text.str.strip_prefix("year").str.strip_prefix("yr").str.strip_chars()
    plain = plain.str.replace(r"\.0+$", "")
    named = plain.replace_strict(words["year_groups"], default=None, return_dtype=pl.Int64)
    number = pl.coalesce(named, plain.str.strip_prefix("y").cast(pl.Int64, strict=False))
    bounds = words["year_group"]
    return pl.when(number.is_between(bounds["least"], bounds["most"])).then(number)


def sessions(rows: pl.DataFrame) -> pl.DataFrame:
    """Give a row a session: ``_row``, pupil, on, session (0 morning, 1 afternoon) and written.

    Examples
    --------
    >>> import datetime
    >>> week = pl.DataFrame({"_row": [2], "pupil": [7], "week_on": [datetime.date(2024, 9, 2)],
    ...                      "written": [list("/////////I")]})
    >>> sessions(week).row(-1)
    (2, 7, datetime.date(2024, 9, 6), 1, 'I')
    """
    if "week_on" not in rows.columns:
        return rows
    return (
        rows.drop_nulls("written")
        .with_columns(slot=pl.lit(list(range(SESSIONS)), pl.List(pl.Int64)))
        .explode("written", "slot")
        .with_columns(
            on=pl.col("week_on") + pl.duration(days=pl.col("slot") // 2),
            session=(pl.col("slot") % 2).cast(pl.Int8),
        )
        .select(pl.exclude("week_on", "slot", "written"), "written")
    )
