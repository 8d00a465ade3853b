"""On which days a school is open: its terms, bank holidays, and the days it said it cannot."""

import dataclasses
import datetime
import functools
from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from typing import Any

from govuk_bank_holidays.bank_holidays import BankHolidays

from schoolhubs.vocabulary.calendar import AcademicYear, Term
from schoolhubs.vocabulary.errors import Problem
from schoolhubs.vocabulary.written.stored import read_facts

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
        The school told its half terms; otherwise they are those of ``term_dates.yaml``, and none
        where that has none for the year: it is not known yet when the school is open.
    """

    year: AcademicYear
    half_terms: tuple[HalfTerm, ...]
    cannot: Mapping[datetime.date, str] = dataclasses.field(default_factory=dict)
    is_own: bool = False

    @property
    def is_known(self) -> bool:
        """Tell whether it is known when the terms are."""
        return bool(self.half_terms)


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
        if not year.is_known or on > bank_holidays_known_to():
            return "not known yet whether it is a school day"
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


def bank_holidays_known_to() -> datetime.date:
    """Give the last day for which bank holidays were published: the end of a calendar year.

    >>> bank_holidays_known_to().isoformat()
    '2028-12-31'
    """
    return datetime.date(max(bank_holidays()).year, 12, 31)


def not_known_words(
    schools: Iterable[SchoolDays], starts_on: datetime.date, finishes_on: datetime.date
) -> str:
    """Say which part of a time has no dates yet; blank where all of it has.

    Examples
    --------
    >>> print(not_known_words([SchoolDays(name="Ash School")], datetime.date(2028, 4, 1),
    ...                       datetime.date(2029, 4, 1)))
    Term dates of Ash School for 2028/29 are not known yet, and bank holidays from 2029 on are not \
published yet. No day of that time counts as one on which a date can be set.
    """
    last, faults = finishes_on - DAY, []
    years = [AcademicYear.holding(starts_on)]
    while years[-1].finishes_on <= last:
        years.append(years[-1].plus(1))
    for each in schools:
        lacking = [year for year in years if not each.year_of(year.starts_on).is_known]
        if lacking:
            faults.append(
                f"term dates of {each.name} for {' and '.join(lacking)} are not known yet"
            )
    if last > bank_holidays_known_to():
        from_year = bank_holidays_known_to().year + 1
        faults.append(f"bank holidays from {from_year} on are not published yet")
    if not faults:
        return ""
    told = ", and ".join(faults)
    no_day = "No day of that time counts as one on which a date can be set."
    return f"{told[0].upper()}{told[1:]}. {no_day}"


@functools.cache
def _table() -> Mapping[str, Any]:
    held = resources.files("schoolhubs.delivery.days").joinpath("term_dates.yaml")
    return dict(read_facts(held.read_text("utf-8")))


def usual_terms_words() -> str:
    """Say where the usual term dates come from."""
    return f"{_table()['source']}. {_table()['why']}"


def usual_years() -> tuple[str, ...]:
    """Name the academic years for which term dates are at hand."""
    return tuple(_table()["years"])


@functools.cache
def usual_year(year: str) -> SchoolYear:
    """Give the usual half terms of an academic year; none where none are at hand for it.

    Examples
    --------
    >>> [each.first_on.isoformat() for each in usual_year("2026/27").half_terms][:2]
    ['2026-09-01', '2026-11-02']
    >>> usual_year("2040/41").is_known
    False
    """
    terms: Mapping[str, Iterable[Any]] = _table()["years"].get(year, {})
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
