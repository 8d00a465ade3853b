"""Weekdays, year groups and causes are told apart only beyond chance, and never ranked."""

import dataclasses
import datetime
import sys

import numpy as np
import polars as pl
import pytest

from schoolhubs.attendance import patterns
from schoolhubs.attendance.patterns import standing
from schoolhubs.vocabulary.frames import MARKS

MONDAY = datetime.date(2025, 1, 6)
N_PUPILS, N_WEEKS = 150, 6


def school(
    chance: np.random.Generator, *, fridays: float = 1, year_8: float = 1, other: float = 0.5
) -> pl.DataFrame:
    """Mark pupils who differ for good; ``other`` is how much of absence is O, the rest is G."""
    year_group = 7 + np.arange(N_PUPILS) % 3
    rate = chance.beta(1.5, 20, N_PUPILS) * np.where(year_group == 8, year_8, 1)
    of_day = rate[:, None, None] * np.array([1, 1, 1, 1, fridays])
    is_away = chance.random((N_PUPILS, N_WEEKS, 5)) < of_day
    cause = np.where(chance.random((N_PUPILS, 1, 1)) < other, "OO", "GG")
    days = np.where(is_away, cause, "/\\")
    marks = ["".join(week) for pupil in days for week in pupil]
    return MARKS.fill(
        pl.DataFrame(
            {
                "urn": "900001", "pupil": np.repeat(np.arange(N_PUPILS), N_WEEKS),
                "week_on": [MONDAY + datetime.timedelta(7 * k) for k in range(N_WEEKS)] * N_PUPILS,
                "year": "2024/25", "term": "spring", "half_term": 3, "sen": False, "marks": marks,
                "year_group": np.repeat(year_group, N_WEEKS),
            }
        )
    )  # fmt: skip


@pytest.fixture(scope="module")
def alike() -> list[pl.DataFrame]:
    chance = np.random.default_rng(11)
    return [school(chance) for _ in range(60)]


def test_a_school_in_which_nothing_differs_has_nothing_named(alike: list[pl.DataFrame]) -> None:
    assert sum(len(patterns.standing_out(each)) > 0 for each in alike) <= 8


def test_looked_at_one_by_one_something_would_stand_out_too_often(
    monkeypatch: pytest.MonkeyPatch, alike: list[pl.DataFrame]
) -> None:
    """Negative control: without regard to how much is compared, chance is named."""
    plain = standing.changed
    monkeypatch.setattr(
        standing, "changed", lambda before, now, **_: plain(before, now, n_compared=1)
    )
    assert sum(len(patterns.standing_out(each)) > 0 for each in alike) > 12


def test_what_differs_is_named_with_an_interval_in_the_order_of_the_week() -> None:
    found = patterns.standing_out(school(np.random.default_rng(12), fridays=2.5, year_8=3))
    assert [(each.kind, each.name) for each in found if each.finding == "more"] == [
        ("weekday", "5"), ("year_group", "8"),
    ]  # fmt: skip
    assert all(0 < each.low < each.high for each in found)


@pytest.mark.parametrize(("other", "is_named"), [(0.5, False), (0.9, True)])
def test_a_cause_is_named_only_if_it_has_more_than_any_other_beyond_chance(
    other: float, is_named: bool
) -> None:
    marks = school(np.random.default_rng(13), other=other)
    found = [each.name for each in patterns.prompts(marks, least_pupils=10) if each.kind == "cause"]
    assert found == (["other_unauthorised"] if is_named else [])


def test_without_the_interval_the_larger_of_two_like_causes_would_be_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Negative control."""
    prompts = sys.modules["schoolhubs.attendance.patterns.prompts"]
    plain = prompts.changed
    monkeypatch.setattr(
        prompts, "changed", lambda *given, **_: dataclasses.replace(plain(*given), finding="rose")
    )
    marks = school(np.random.default_rng(13), other=0.5)
    assert [each.kind for each in patterns.prompts(marks, least_pupils=10)][:1] == ["cause"]
