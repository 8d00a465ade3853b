"""On which days a school is open: its terms, bank holidays, and the days it said it cannot."""

import dataclasses
import datetime
import functools
from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from typing import Any

import yaml
from govuk_bank_holidays.bank_holidays import BankHolidays

from schoolhubs.vocabulary.calendar import AcademicYear, Term
from schoolhubs.vocabulary.errors import DataProblem, Problem

SATURDAY = 5
DAY = datetime.timedelta(days=1)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class HalfTerm:
    """A stretch of school days, both ends included."""

    term: Term
    first_on: datetime.date
    last_on: datetime.date

    @property
    def title(self) -> str:
        """Name the term that it is part of.

        >>> HalfTerm(term=Term.SPRING, first_on=datetime.date(2027, 1, 4),
        ...          last_on=datetime.date(2027, 2, 12)).title
        'spring term 2027'
        """
        return f"{self.term.value} term {self.first_on.year}"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SchoolYear:
    """A school's dates of one academic year: those it told, or those that are usual.

    Parameters
    ----------
    half_terms
        In order of time.
    cannot
        Days on which the school takes nobody, each with the reason it gave.
    is_own
        The school told its half terms; otherwise they are those of ``term_dates.yaml``.
    """

    year: AcademicYear
    half_terms: tuple[HalfTerm, ...]
    cannot: Mapping[datetime.date, str] = dataclasses.field(default_factory=dict)
    is_own: bool = False


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SchoolDays:
    """When one school is open, for as many years as were told.

    Examples
    --------
    >>> ash = SchoolDays(name="Ash School")
    >>> ash.why_not(datetime.date(2026, 12, 25))
    'a bank holiday (Christmas Day)'
    >>> ash.is_open(datetime.date(2026, 11, 20))
    True
    """

    name: str
    years: Mapping[str, SchoolYear] = dataclasses.field(default_factory=dict)

    def year_of(self, on: datetime.date) -> SchoolYear:
        """Give the school's dates of the year that a day falls in."""
        year = AcademicYear.holding(on)
        return self.years.get(year) or usual_year(year)

    def why_not(self, on: datetime.date) -> str:
        """Say why the school is not open on a day, to follow "it is"; blank where it is open."""
        if on.weekday() >= SATURDAY:
            return f"a {on:%A}"
        if on in bank_holidays():
            return f"a bank holiday ({bank_holidays()[on]})"
        year = self.year_of(on)
        if not any(each.first_on <= on <= each.last_on for each in year.half_terms):
            return "outside term"
        if on in year.cannot:
            return f"a day it cannot ({year.cannot[on]})" if year.cannot[on] else "a day it cannot"
        return ""

    def is_open(self, on: datetime.date) -> bool:
        """Tell whether somebody can be received on a day."""
        return not self.why_not(on)

    def between(self, first_on: datetime.date, until_on: datetime.date) -> Iterator[datetime.date]:
        """Give the school days from a first day to the day before another."""
        on = first_on
        while on < until_on:
            if self.is_open(on):
                yield on
            on += DAY


@functools.cache
def bank_holidays() -> Mapping[datetime.date, str]:
    """Give the bank holidays of England and Wales that GOV.UK published, 2012 to 2028."""
    known = BankHolidays(use_cached_holidays=True).get_holidays(division="england-and-wales")
    return {each["date"]: each["title"] for each in known}


@functools.cache
def _table() -> Mapping[str, Any]:
    held = resources.files("schoolhubs.delivery.days").joinpath("term_dates.yaml")
    return dict(yaml.safe_load(held.read_text("utf-8")))


def usual_terms_words() -> str:
    """Say where the usual term dates come from."""
    return f"{_table()['source']}. {_table()['why']}"


def usual_years() -> tuple[str, ...]:
    """Name the academic years for which term dates are at hand."""
    return tuple(_table()["years"])


@functools.cache
def usual_year(year: str) -> SchoolYear:
    """Give the usual half terms of an academic year.

    Raises
    ------
    DataProblem
        Where none are at hand for it.

    Examples
    --------
    >>> [each.first_on.isoformat() for each in usual_year("2026/27").half_terms][:2]
    ['2026-09-01', '2026-11-02']
    """
    if year not in _table()["years"]:
        known = usual_years()
        raise DataProblem([Problem(
            code="no_term_dates", value=str(year), fault=f"no term dates are at hand for {year}",
            remedy=f"Tell the school's own, or choose a day from {known[0]} to {known[-1]}.",
        )])  # fmt: skip
    terms: Mapping[str, Iterable[Any]] = _table()["years"][year]
    return SchoolYear(
        year=AcademicYear(year),
        half_terms=tuple(
            HalfTerm(term=Term(term), first_on=first, last_on=last)
            for term, held in terms.items()
            for first, last in held
        ),
    )


def check_half_terms(year: AcademicYear, half_terms: Iterable[HalfTerm]) -> tuple[Problem, ...]:
    """List what is wrong with a school's own half terms: order, overlap, another year."""
    faults, before = [], None
    for n, each in enumerate(half_terms, start=1):
        if each.last_on < each.first_on:
            faults.append((n, f"half term {n} ends on {each.last_on}, before it begins"))
        elif not year.starts_on <= each.first_on <= each.last_on < year.finishes_on:
            faults.append((n, f"half term {n} is not within {year}"))
        elif before and each.first_on <= before.last_on:
            faults.append((n, f"half term {n} begins before half term {n - 1} has ended"))
        before = each
    return tuple(
        Problem(code="half_term", row=n, fault=fault, remedy="Enter its first and its last day.")
        for n, fault in faults
    )
