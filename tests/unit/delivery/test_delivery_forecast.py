"""Whether the days that are left still fit, and what coaching waits for."""

import datetime

import pytest

from schoolhubs.delivery.days import coaching, forecasting
from schoolhubs.delivery.days.coaching import Session
from schoolhubs.delivery.days.ledger import Part, SupportDay, ledger
from schoolhubs.delivery.days.school_days import SchoolDays
from schoolhubs.vocabulary.records.support import CoachingRules

DATE = datetime.date
BEGAN, ENDS = DATE(2026, 9, 1), DATE(2027, 9, 1)
OPEN = list(SchoolDays(name="Ash").between(BEGAN, ENDS))
RULES = CoachingRules(
    half_days_a_meeting=1, meetings_a_term=3, review_after_days=90, missed_after_days=42
)


def days(n: int, state: str, first: DATE, every: int = 14) -> list[SupportDay]:
    return [
        SupportDay(on=first + datetime.timedelta(days=every * each), part=Part.DAY, state=state,
                   leaders=("Ada",))
        for each in range(n)
    ]  # fmt: skip


def told(held: list[SupportDay], on: DATE) -> forecasting.Forecast:
    return forecasting.forecast(ledger(held, entitled_days=10), held, OPEN, on=on)


def test_an_even_pace_is_on_track() -> None:
    found = told(days(4, "agreed", DATE(2026, 9, 8), 21), DATE(2026, 12, 14))
    assert found.verdict == "on_track"
    assert found.steps == ()
    assert [each.title for each in found.terms] == ["autumn 2026", "spring 2027", "summer 2027"]
    assert sum(each.share for each in found.terms) == pytest.approx(20)


def test_two_days_less_than_an_even_pace_is_behind_and_says_what_to_do() -> None:
    found = told(days(1, "agreed", DATE(2026, 9, 8)), DATE(2026, 12, 14))
    assert found.verdict == "behind"
    assert "a proposal of dates" in found.steps[0]


def test_what_no_longer_fits_is_counted() -> None:
    found = told([], DATE(2027, 6, 7))
    assert found.verdict == "overrun"
    assert (found.room, found.undated, found.overrun) == (14, 20, 6)
    assert found.terms[0].room == 0, "what is over has no room"


def test_a_planned_day_takes_its_week() -> None:
    planned = days(3, "planned", DATE(2027, 6, 8), 7)
    found = told(planned, DATE(2027, 6, 7))
    assert (found.room, found.undated, found.overrun) == (8, 14, 6)


def test_all_given_is_done() -> None:
    assert told(days(10, "agreed", DATE(2026, 9, 8)), DATE(2027, 3, 1)).verdict == "done"


@pytest.mark.parametrize(
    ("sessions", "on", "kinds"),
    [
        ([("2026-10-01", "agreed")], DATE(2026, 10, 20), []),
        ([("2026-10-01", "agreed")], DATE(2026, 11, 13), ["silent"]),
        ([("2026-10-01", "agreed"), ("2026-11-20", "planned")], DATE(2026, 11, 13), []),
        ([("2026-10-01", "agreed"), ("2026-10-08", "missed")], DATE(2026, 10, 9), ["missed"]),
        ([("2026-10-08", "missed"), ("2026-10-15", "agreed")], DATE(2026, 10, 16), []),
        ([("2026-10-08", "planned")], DATE(2026, 10, 9), ["missed"]),
        ([("2026-11-30", "agreed")], DATE(2026, 12, 7), ["review"]),
    ],
)
def test_what_a_coaching_cycle_waits_for(
    sessions: list[tuple[str, str]], on: DATE, kinds: list[str]
) -> None:
    found = coaching.alerts(
        [Session(on=DATE.fromisoformat(day), state=state) for day, state in sessions], RULES,
        starts_on=DATE(2026, 9, 7), review_on=DATE(2026, 12, 6), on=on,
    )  # fmt: skip
    assert [each.kind.value for each in found] == kinds


def test_days_that_are_disputed_are_not_all_given() -> None:
    on = [datetime.date(2026, 9, 7) + datetime.timedelta(weeks=n) for n in range(5)]
    held = [
        SupportDay(on=each, part=Part.DAY, state="disputed", leaders=("Ada", "Ben")) for each in on
    ]
    told = forecasting.forecast(
        ledger(held, entitled_days=10), held, on, on=datetime.date(2026, 12, 1)
    )
    assert told.verdict is not forecasting.Verdict.DONE
    assert told.done == 0
