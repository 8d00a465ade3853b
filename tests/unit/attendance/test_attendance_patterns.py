"""Patterns of one school's marks: one cause an absence, totals counted, chance told."""

import datetime

import numpy as np
import polars as pl
import pytest

from marking import AUTHORISED, UNAUTHORISED, marks_of, week
from schoolhubs import attendance
from schoolhubs.attendance import patterns
from schoolhubs.attendance.coding import regimes
from schoolhubs.attendance.patterns import changing
from schoolhubs.attendance.patterns.causes import said
from schoolhubs.vocabulary.frames import MARKS

MONDAY = datetime.date(2025, 1, 6)
LEAST = 30


def test_every_absence_has_exactly_one_cause() -> None:
    found = "".join(each.letters for each in patterns.causes.causes())
    assert sorted(found) == sorted(AUTHORISED + UNAUTHORISED)


def test_a_row_for_each_mark() -> None:
    rows = [
        week(pupil=1, marks="/I......\\O"),
        week(pupil=2, marks=".........."),
        week(pupil=3, marks="p........."),
    ]
    found = patterns.sessions_of(marks_of(rows))
    assert found["pupil", "weekday", "slot", "letter"].rows() == [
        (1, 1, 0, "/"), (1, 1, 1, "I"), (1, 5, 8, "\\"), (1, 5, 9, "O"), (3, 1, 0, "p"),
    ]  # fmt: skip
    assert patterns.sessions_of(MARKS.empty()).is_empty()


def test_tables_say_what_the_measures_say() -> None:
    chance = np.random.default_rng(3)
    table = regimes()[-1]
    rows = [
        week(pupil=n, year_group=7 + n % 3,
             marks="".join(chance.choice(list(table.all_letters + "/" * 40 + "."), 10)))
        for n in range(60)
    ]  # fmt: skip
    marks = marks_of(rows)
    sessions = patterns.sessions_of(marks)
    missed, possible = patterns.tables.missed(sessions), patterns.tables.possible(sessions)
    for by, column in ((["year_group"], "year_group"), (["weekday"], "weekday")):
        measured = attendance.measure(marks, by=by)
        days = {
            str(k): name
            for k, name in enumerate(["", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday"])
        }
        for row in measured.iter_rows(named=True):
            name = str(row[column])
            other = "weekday" if column == "year_group" else "year_group"
            cell = (pl.col(column) == (days[name] if column == "weekday" else name)) & (
                pl.col(other) == "all"
            )
            assert possible.filter(cell)["sessions"].item() == row["sess_possible"]
            assert (
                missed.filter(cell, pl.col("cause") == "all")["sessions"].item()
                == row["sess_overall"]
            )
            illness = missed.filter(cell, pl.col("cause") == "illness")["sessions"].sum()
            assert illness == row["sess_auth_illness"]


def test_totals_are_counted_and_not_added_up() -> None:
    rows = [week(pupil=1, marks="I.I.I.I.I.", year_group=7)]
    found = patterns.tables.missed(patterns.sessions_of(marks_of(rows)))
    whole = found.filter(pl.all_horizontal(pl.col("year_group", "weekday", "cause") == "all"))
    assert whole["pupils", "sessions"].rows() == [(1, 5)]


def test_first_weeks_of_each_term_stand_apart() -> None:
    rows = [
        week(pupil=1, week_on=MONDAY + datetime.timedelta(7 * k), marks="I///" if k < 2 else "////")
        for k in range(4)
    ]
    for row in rows:
        row["marks"] = row["marks"].ljust(10, ".")
    found = patterns.tables.first_weeks(patterns.sessions_of(marks_of(rows)))
    assert found.rows() == [
        ("spring", "first weeks", "missed", 1, 2),
        ("spring", "first weeks", "possible", 1, 8),
        ("spring", "rest", "possible", 1, 8),
    ]


def test_weeks_without_a_day_of_school_are_none_of_the_first() -> None:
    rows = [
        week(pupil=1, week_on=MONDAY + datetime.timedelta(7 * k), marks=marks * 10)
        for k, marks in enumerate("##//I")
    ]
    found = patterns.tables.first_weeks(patterns.sessions_of(marks_of(rows)))
    assert found.filter(pl.col("what") == "missed").rows() == [("spring", "rest", "missed", 1, 10)]
    first = found.filter(pl.col("part") == "first weeks")
    assert first["what", "sessions"].rows() == [("possible", 20)]


def by_pupil(missed: np.ndarray, possible: int = 60) -> pl.DataFrame:
    return pl.DataFrame(
        {"pupil": np.arange(len(missed)), "possible": [possible] * len(missed), "missed": missed}
    )


def test_the_interval_of_a_change_holds_the_truth_as_often_as_it_says() -> None:
    """Pupils differ for good; nothing changes; 95 in 100 intervals hold nought, give or take."""
    chance = np.random.default_rng(5)
    n_held, n_tries = 0, 600
    for _ in range(n_tries):
        rate = chance.beta(0.8, 9, 120)
        found = changing.changed(
            by_pupil(chance.binomial(60, rate)), by_pupil(chance.binomial(60, rate))
        )
        n_held += found.finding == "cannot_tell"
    assert 0.92 < n_held / n_tries < 0.98


def test_treating_sessions_as_units_would_be_too_sure() -> None:
    """Negative control: with each session drawn by itself, the interval is far narrower."""
    chance = np.random.default_rng(6)
    spelled = chance.binomial(6, 0.08, 120) * 10  # away for five days or not at all
    single = chance.binomial(60, 0.08, 120)
    wide, narrow = (
        changing.changed(by_pupil(each), by_pupil(np.roll(each, 1))) for each in (spelled, single)
    )
    assert wide.high - wide.low > 2 * (narrow.high - narrow.low)


def test_too_few_pupils_are_no_change() -> None:
    few, more = by_pupil(np.full(20, 1)), by_pupil(np.full(20, 40))
    found = changing.changed(few, more)
    assert (found.finding, found.points) == ("cannot_tell", None)
    assert found.now_percent == pytest.approx(100 * 40 / 60)


@pytest.mark.parametrize("n_few", [1, 5, 30, 60])
def test_a_small_group_beside_many_is_not_told_too_surely(n_few: int) -> None:
    """With nothing between them one group in twenty seems to differ; a group of one never may."""
    chance = np.random.default_rng(7)
    n_told, n_tries = 0, 400
    for _ in range(n_tries):
        rate = chance.beta(0.8, 9, 200 + n_few)
        drawn = by_pupil(chance.binomial(60, rate))
        n_told += changing.changed(drawn[:200], drawn[200:]).finding != "cannot_tell"
    assert n_told / n_tries < (0.1 if n_few >= LEAST else 0.001)


def test_asked_of_fewer_it_would_be_told_too_surely(monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control of the number that is asked of either side."""
    chance = np.random.default_rng(8)
    monkeypatch.setitem(said()["least_pupils_for_an_interval"], "value", 2)
    n_told = 0
    for _ in range(400):
        drawn = by_pupil(chance.binomial(60, chance.beta(0.8, 9, 205)))
        n_told += changing.changed(drawn[:200], drawn[200:]).finding != "cannot_tell"
    assert n_told / 400 > 0.1


def test_joiners_part_all_pupils_from_the_same_ones() -> None:
    before = by_pupil(np.full(50, 6))
    came = pl.DataFrame({"pupil": range(100, 120), "possible": [60] * 20, "missed": [30] * 20})
    found = changing.changed(before, pl.concat([before, came], how="vertical_relaxed"))
    assert found.same_pupils_points == 0
    assert found.is_parted


def school(friday: str, cause: str = "O") -> pl.DataFrame:
    """Give forty pupils over six weeks, of whom many are away on Fridays."""
    rows = [
        week(pupil=n, week_on=MONDAY + datetime.timedelta(7 * k), sen=False, year_group=7 + n % 2,
             marks=("/\\" * 4 + (friday if (n + k) % 3 == 0 else "/\\")
                    if n % 7 else cause * 2 + "/\\" * 4))
        for n in range(40) for k in range(6)
    ]  # fmt: skip
    return marks_of(rows)


def test_a_weekday_that_stands_out_is_named_and_one_that_does_not_is_not() -> None:
    found = {each.kind: each for each in patterns.prompts(school("OO"), least_pupils=10)}
    assert found["weekday"].name == "5"
    assert found["cause"].name == "other_unauthorised"
    assert "year_group" not in found
    assert all(round(each.share * 100) % 5 == 0 for each in found.values())
    assert patterns.prompts(school("II"), least_pupils=10) == ()


def test_a_prompt_is_never_made_of_few_pupils_nor_where_needs_are_not_known() -> None:
    assert patterns.prompts(school("OO"), least_pupils=60) == ()
    unknown = school("OO").with_columns(sen=pl.lit(None, pl.Boolean))
    assert patterns.prompts(unknown, least_pupils=10) == ()
