"""When a school is open: its own terms before the usual ones, bank holidays, days it cannot."""

import datetime

import pytest

from schoolhubs.delivery.days import school_days
from schoolhubs.delivery.days.school_days import HalfTerm, SchoolDays, SchoolYear
from schoolhubs.vocabulary.calendar import AcademicYear, Term

DATE = datetime.date
ASH = SchoolDays(name="Ash School")


@pytest.mark.parametrize(
    ("on", "because"),
    [
        (DATE(2026, 11, 21), "a Saturday"),
        (DATE(2026, 10, 28), "outside term"),
        (DATE(2027, 5, 3), "a bank holiday (Early May bank holiday)"),
        (DATE(2026, 8, 3), "outside term"),
    ],
)
def test_why_a_school_is_not_open(on: DATE, because: str) -> None:
    assert ASH.why_not(on) == because


@pytest.mark.parametrize("year", school_days.usual_years())
def test_usual_years_are_whole_and_about_39_weeks(year: str) -> None:
    held = school_days.usual_year(year)
    days = list(ASH.between(held.year.starts_on, held.year.finishes_on))
    assert not school_days.check_half_terms(held.year, held.half_terms)
    assert [each.term for each in held.half_terms] == [each for each in Term for _ in (1, 2)]
    assert 186 <= len(days) <= 196
    assert not set(days) & set(school_days.bank_holidays())


def test_a_school_that_told_its_own_dates_goes_by_them() -> None:
    own = SchoolYear(
        year=AcademicYear("2026/27"), is_own=True,
        half_terms=(HalfTerm(term=Term.AUTUMN, first_on=DATE(2026, 9, 7),
                             last_on=DATE(2026, 10, 16)),),
        cannot={DATE(2026, 9, 8): "staff training"},
    )  # fmt: skip
    ash = SchoolDays(name="Ash School", years={"2026/27": own})
    assert ash.why_not(DATE(2026, 9, 2)) == "outside term"
    assert ash.why_not(DATE(2026, 9, 8)) == "a day it cannot (staff training)"
    assert ash.is_open(DATE(2026, 9, 9))
    assert ash.is_open(DATE(2027, 9, 9)), "of another year the usual dates hold"


def test_a_year_without_dates_is_not_known_yet_and_no_fault() -> None:
    assert ASH.why_not(DATE(2040, 9, 3)) == "not known yet whether it is a school day"
    assert not list(ASH.between(DATE(2040, 9, 1), DATE(2041, 9, 1)))
    told = school_days.not_known_words([ASH], DATE(2040, 9, 1), DATE(2041, 9, 1))
    assert told.startswith("Term dates of Ash School for 2040/41 are not known yet")
    assert not school_days.not_known_words([ASH], DATE(2026, 9, 1), DATE(2028, 9, 1))


def test_bank_holidays_that_are_not_published_are_no_school_days() -> None:
    year = AcademicYear("2028/29")
    terms = (
        HalfTerm(term=Term.AUTUMN, first_on=DATE(2028, 9, 4), last_on=DATE(2028, 12, 15)),
        HalfTerm(term=Term.SPRING, first_on=DATE(2029, 1, 3), last_on=DATE(2029, 3, 23)),
    )  # fmt: skip
    own = SchoolDays(name="Ash", years={year: SchoolYear(year=year, half_terms=terms, is_own=True)})
    assert own.is_open(DATE(2028, 12, 1))
    assert "not known yet" in own.why_not(DATE(2029, 1, 10))
    told = school_days.not_known_words([own], year.starts_on, year.finishes_on)
    assert "bank holidays from 2029 on are not published yet" in told.lower()


def test_half_terms_out_of_order_are_told_by_number() -> None:
    year = AcademicYear("2026/27")
    terms = [
        HalfTerm(term=Term.AUTUMN, first_on=DATE(2026, 9, 7), last_on=DATE(2026, 9, 1)),
        HalfTerm(term=Term.AUTUMN, first_on=DATE(2026, 8, 1), last_on=DATE(2026, 9, 20)),
        HalfTerm(term=Term.SPRING, first_on=DATE(2026, 9, 20), last_on=DATE(2026, 9, 30)),
    ]
    found = school_days.check_half_terms(year, terms)
    assert [each.row for each in found] == [1, 2, 3]
    assert "before it begins" in found[0].fault
    assert "not within 2026/27" in found[1].fault
    assert "before half term 2 has ended" in found[2].fault
