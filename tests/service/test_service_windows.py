"""Windows to apply leave four weeks of school before the start, by term dates that are known."""

import datetime
from collections.abc import Iterator

import pytest

from invented import PROGRAMME
from schoolhubs import programmes
from schoolhubs.service.cohorts.proposing import ProposedIntake, proposed

# Holidays, first and last day, as schools published them on their own pages (read 2026-11-22).
PUBLISHED = {
    "https://www.lonsdale.staffs.sch.uk/term-dates": (
        "2025-10-27/2025-10-31 2025-12-22/2026-01-02 2026-02-16/2026-02-20 2026-03-30/2026-04-10"
        " 2026-05-25/2026-05-29 2026-07-18/2026-08-31"
    ),
    "https://www.criftins.shropshire.sch.uk/terms-dates-holidays": (
        "2025-10-27/2025-10-31 2025-12-20/2026-01-05 2026-02-12/2026-02-20 2026-03-28/2026-04-12"
        " 2026-05-25/2026-05-29 2026-07-18/2026-08-31"
    ),
    "https://poolegrammar.com/students-parents/diary-dates/term-dates-holidays": (
        "2025-10-27/2025-10-31 2025-12-22/2026-01-02 2026-02-16/2026-02-20 2026-03-30/2026-04-10"
        " 2026-05-25/2026-05-29 2026-07-20/2026-08-31"
    ),
    "https://www.owps.org.uk/page/?pid=405": (
        "2026-10-26/2026-10-30 2026-12-19/2027-01-03 2027-02-15/2027-02-19 2027-03-26/2027-04-11"
        " 2027-05-31/2027-06-04 2027-07-22/2027-08-31"
    ),
    "https://www.saintgregorys.org.uk/newsevents/term-dates": (
        "2026-10-26/2026-10-30 2026-12-21/2027-01-01 2027-02-15/2027-02-19 2027-03-26/2027-04-09"
        " 2027-05-31/2027-06-04 2027-07-21/2027-08-31"
    ),
}
SCHOOL_DAYS = 20
RULES = programmes.load(PROGRAMME).as_at(datetime.date(2026, 1, 29))


def days(first: datetime.date, after: datetime.date) -> Iterator[datetime.date]:
    """Give each day from the first until before the other."""
    return (first + datetime.timedelta(days=n) for n in range((after - first).days))


def open_days(holidays: str, first: datetime.date, after: datetime.date) -> int:
    """Count the days from Monday to Friday that are no holiday."""
    shut = [
        [datetime.date.fromisoformat(day) for day in each.split("/")] for each in holidays.split()
    ]
    return sum(
        day.weekday() < 5 and not any(begins <= day <= ends for begins, ends in shut)
        for day in days(first, after)
    )


def known() -> list[tuple[ProposedIntake, str]]:
    """Give the intakes of two school years, each beside the schools that published its dates."""
    found = proposed(RULES, on=datetime.date(2025, 10, 1)) + proposed(
        RULES, on=datetime.date(2026, 10, 1)
    )
    return [
        (each, holidays)
        for each in found
        for holidays in PUBLISHED.values()
        if holidays[:10] <= str(each.closes_on) and str(each.starts_on) <= _after(holidays)
    ]


def _after(holidays: str) -> str:
    return str(datetime.date.fromisoformat(holidays[-10:]) + datetime.timedelta(days=1))


@pytest.mark.parametrize(("intake", "holidays"), known())
def test_four_weeks_of_school_lie_between_the_window_and_the_start(
    intake: ProposedIntake, holidays: str
) -> None:
    assert open_days(holidays, intake.closes_on, intake.starts_on) >= SCHOOL_DAYS
    # It does not run out in a holiday: schools are open in its last three days.
    assert open_days(holidays, intake.closes_on - datetime.timedelta(days=3), intake.closes_on)


def test_every_term_of_both_years_is_held_against_published_dates() -> None:
    assert list(dict.fromkeys(each.title for each, _ in known())) == [
        "Spring term 2026", "Summer term 2026", "Autumn term 2026",
        "Spring term 2027", "Summer term 2027", "Autumn term 2027",
    ]  # fmt: skip


def test_four_weeks_before_1_september_are_all_holiday() -> None:
    """The control: with the same four weeks for every term, schools would be asked in August."""
    holidays = PUBLISHED["https://www.lonsdale.staffs.sch.uk/term-dates"]
    start = datetime.date(2026, 9, 1)
    assert open_days(holidays, start - datetime.timedelta(days=28), start) == 0
