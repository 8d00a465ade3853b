"""A school's own term dates: when it was open to pupils, half-term by half-term."""

import dataclasses
import datetime
import itertools
from pathlib import Path

import polars as pl

from schoolhubs.attendance.reading.documents import day, read_document, refused
from schoolhubs.attendance.weeks import earliest_day
from schoolhubs.vocabulary.calendar import AcademicYear, Term


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class HalfTerm:
    """One half-term: its first and its last day, both open to pupils."""

    year: AcademicYear
    term: Term
    half_term: int
    first_on: datetime.date
    last_on: datetime.date


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TermDates:
    """The half-terms of a school, earliest first, and the days in them on which it was closed."""

    half_terms: tuple[HalfTerm, ...]
    closed_on: frozenset[datetime.date] = frozenset()

    def days(self) -> pl.DataFrame:
        """Give a row for each weekday of every half-term: on, year, term, half_term, is_closed."""
        rows = [
            (on, str(each.year), str(each.term), each.half_term, on in self.closed_on)
            for each in self.half_terms
            for n in range((each.last_on - each.first_on).days + 1)
            if (on := each.first_on + datetime.timedelta(n)).weekday() < 5
        ]
        schema = {
            "on": pl.Date(),
            "year": pl.String(),
            "term": pl.String(),
            "half_term": pl.Int8(),
            "is_closed": pl.Boolean(),
        }
        return pl.DataFrame(rows, schema=schema, orient="row")


def read_terms(path: Path) -> TermDates:
    r"""Read a school's term dates, YAML or JSON.

    Raises
    ------
    DataProblem
        If a key is missing or not of its kind, half-terms overlap or lie outside their year, or
        a closed day lies outside every half-term.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "terms.yaml"
    ...     _ = path.write_text(
    ...         "half_terms:\n"
    ...         "- {year: 2024/25, term: autumn, half_term: 1, first_on: 2024-09-04,"
    ...         " last_on: 2024-10-25}\nclosed_on: [2024-10-25]\n"
    ...     )
    ...     terms = read_terms(path)
    >>> terms.days().height, terms.days()["is_closed"].sum()
    (38, 1)
    """
    said = read_document(path, "terms_schema.yaml")
    half_terms = tuple(
        HalfTerm(
            year=AcademicYear.parse(each["year"]),
            term=Term(each["term"]),
            half_term=int(each["half_term"]),
            first_on=day(path, f"half_terms.{n}.first_on", each["first_on"]),
            last_on=day(path, f"half_terms.{n}.last_on", each["last_on"]),
        )
        for n, each in enumerate(said["half_terms"])
    )
    for n, each in enumerate(half_terms):
        _check(path, n, each)
    ordered = tuple(sorted(half_terms, key=lambda each: each.first_on))
    for before, after in itertools.pairwise(ordered):
        if after.first_on <= before.last_on or (before.year, before.half_term) >= (
            after.year,
            after.half_term,
        ):
            text = f"has half-terms that overlap or are out of order around {after.first_on}"
            raise refused(path, "half_terms", text)
    closed = frozenset(day(path, "closed_on", text) for text in said.get("closed_on", ()))
    for on in sorted(closed):
        if not any(each.first_on <= on <= each.last_on for each in ordered):
            raise refused(path, "closed_on", f"holds {on}, a day outside every half-term")
    return TermDates(half_terms=ordered, closed_on=closed)


def _check(path: Path, n: int, each: HalfTerm) -> None:
    if each.last_on < each.first_on:
        raise refused(path, f"half_terms.{n}", "ends before it begins")
    if each.first_on < earliest_day(each.year) or each.last_on >= each.year.finishes_on:
        raise refused(path, f"half_terms.{n}", f"does not lie in {each.year}")
