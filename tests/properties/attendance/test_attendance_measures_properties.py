"""The kernel and a plain count agree on marks holding every code of both tables."""

import datetime as dt
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marking import BEFORE, SINCE, marks_of, plainly, registers, week
from schoolhubs import attendance
from schoolhubs.attendance import measuring
from schoolhubs.vocabulary.frames import COUNTED, CUTS

COUNTS = ("enrolments", *COUNTED)
PERSISTENT = ("enrolments_pa_10_exact", "enrolments_pa_50_exact")


def agree(marks: pl.DataFrame, by: list[str]) -> None:
    found = attendance.measure(marks, by=by)
    plain = plainly(marks, by)
    names = [CUTS[word].name for word in by]
    assert found.select(names).is_unique().all() if by else found.height == 1
    short = bool({"week", "weekday", "session"} & set(by))
    if by:
        assert set(found.select(names).rows()) == set(plain)
    for row in found.iter_rows(named=True):
        expected = plain.get(tuple(row[name] for name in names), {})
        assert {name: row[name] for name in COUNTS} == {
            name: expected.get(name, 0) for name in COUNTS
        }
        for name in PERSISTENT:
            assert row[name] == (None if short else expected.get(name, 0))


@settings(max_examples=60, deadline=None)
@given(registers(), st.lists(st.sampled_from(sorted(CUTS)), unique=True, max_size=5))
def test_the_kernel_counts_as_a_plain_count_does(marks: pl.DataFrame, by: list[str]) -> None:
    agree(marks, by)


@pytest.mark.parametrize("by", [[], ["school"], ["term", "fsm"], ["week"], ["weekday", "session"]])
def test_every_code_of_both_tables_is_counted(by: list[str]) -> None:
    def year(letters: str, monday: dt.date, **values: Any) -> list[dict[str, Any]]:
        padded = letters + "/" * (-len(letters) % 10)
        return [
            week(week_on=monday + dt.timedelta(days=7 * k), marks=padded[10 * k :][:10], **values)
            for k in range(len(padded) // 10)
        ]

    marks = marks_of(
        year(BEFORE, dt.date(2024, 6, 3), year="2023/24", term="summer", half_term=6)
        + year(SINCE, dt.date(2024, 9, 2), term="autumn", half_term=1, fsm=True)
    )
    agree(marks, by)
    assert set(BEFORE) | set(SINCE) == set("".join(marks["marks"]))
    assert set(BEFORE) == set(attendance.coding.codes(dt.date(2024, 8, 18)).all_letters)
    assert set(SINCE) == set(attendance.coding.codes(dt.date(2024, 8, 19)).all_letters)


@settings(max_examples=15, deadline=None)
@given(registers())
def test_batches_of_schools_change_nothing(marks: pl.DataFrame) -> None:
    by = ["school", "year", "fsm"]
    whole = attendance.measure(marks, by=by)
    patched = pytest.MonkeyPatch()
    with patched.context() as small:
        small.setattr(measuring, "FEWEST_ROWS", 1)
        assert attendance.measure(marks.sample(fraction=1, shuffle=True, seed=1), by=by).equals(
            whole
        )
