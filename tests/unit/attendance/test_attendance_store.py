"""A store of weeks: weeks replaced, counters that follow, nothing half changed."""

import datetime as dt
import fcntl
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marking import marks_of, registers, week
from schoolhubs import attendance
from schoolhubs.attendance import counters
from schoolhubs.attendance.storing import store
from schoolhubs.vocabulary.errors import Conflict, DataProblem
from schoolhubs.vocabulary.frames import KEPT_APART, MARKS

MONDAY = dt.date(2025, 1, 6)
LATER = dt.date(2025, 1, 13)


def assert_counters_are_a_scan(held: attendance.MarksStore) -> None:
    kept = held.counters().sort(KEPT_APART).collect()
    scanned = counters.counters_of(held.marks())
    assert kept.select(scanned.columns).equals(scanned)


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    registers(), registers(), st.sampled_from([["school"], ["year", "fsm"], ["term", "sex"], []])
)
def test_counters_equal_a_scan_however_weeks_arrive(
    tmp_path_factory: pytest.TempPathFactory,
    first: pl.DataFrame,
    second: pl.DataFrame,
    by: list[str],
) -> None:
    held = attendance.MarksStore(tmp_path_factory.mktemp("store"))
    for marks in (first, second):
        for (_,), part in marks.group_by("week_on", maintain_order=True):
            held.append(part, replaces=True)
    assert_counters_are_a_scan(held)
    expected = attendance.measure(held.marks(), by=by)
    assert held.measure(by=by).equals(expected)
    held.pack()
    assert held.measure(by=by).equals(expected)
    for short in (["weekday"], ["session", "school"], ["week"]):
        assert held.measure(by=short).equals(attendance.measure(held.marks(), by=short))


def test_a_week_sent_again_is_replaced_and_other_schools_stay(tmp_path: Path) -> None:
    held = attendance.MarksStore(tmp_path)
    other = week(urn="900002", marks="OOOOOOOOOO")
    assert held.append(marks_of([week(), week(week_on=LATER), other])) == 2
    assert held.append(marks_of([week(marks="IIIIIIIIII")])) == 1
    found = held.measure(by=["school"])
    assert found.select("urn", "sess_possible", "sess_overall").rows() == [
        ("900001", 20, 10),
        ("900002", 10, 10),
    ]
    assert held.measure(by=["school"], schools=["900002"])["urn"].to_list() == ["900002"]
    assert [path.name for path in sorted(tmp_path.glob("weeks/*/*/*"))] == [
        "week=2025-01-06",
        "week=2025-01-13",
    ]


def test_a_school_keeps_the_weeks_that_only_another_sends(tmp_path: Path) -> None:
    held = attendance.MarksStore(tmp_path)
    other = {"urn": "900002", "week_on": LATER}
    held.append(marks_of([week(), week(week_on=LATER), week(**other)]))
    held.append(marks_of([week(), week(**other)]))
    assert held.measure(by=["school"])["sess_possible"].to_list() == [20, 10]


# What a second file says beside the first, of two pupils in one week, and what is said of it.
TAKES_AWAY = {
    "a pupil": ([week(pupil=1)], "10 marks of 1 pupil in 1 week from 6 January 2025 would go"),
    "a day": ([week(pupil=p, marks="/\\/\\/\\/\\..") for p in (1, 2)], "4 marks of 2 pupils"),
    "what is said of a pupil": (
        [week(pupil=1, fsm=None), week(pupil=2)],
        "year group, free school meals, need, sex or a recorded reason of 1 pupil",
    ),
    "another half-term": (
        [week(pupil=p, half_term=4) for p in (1, 2)],
        "20 marks of 2 pupils in 1 week from 6 January 2025 stand in another half-term",
    ),
    "another year": (
        [week(pupil=p, year="2023/24") for p in (1, 2)],
        "20 marks of 2 pupils in 1 week from 6 January 2025 stand in another half-term",
    ),
    "other pupils": (
        [week(pupil=p, week_on=LATER) for p in (3, 4, 5)],
        "none of the file's 3 pupils is among those stored of that year",
    ),
}


@pytest.mark.parametrize(("rows", "said"), TAKES_AWAY.values(), ids=TAKES_AWAY)
def test_a_file_that_would_take_away_is_refused_until_it_is_confirmed(
    tmp_path: Path, rows: list[dict[str, object]], said: str
) -> None:
    held = attendance.MarksStore(tmp_path)
    first = marks_of([week(pupil=1, fsm=True), week(pupil=2), week(urn="900002", pupil=7)])
    held.append(first)
    second = marks_of([{"fsm": True if row["pupil"] == 1 else None, **row} for row in rows])
    with pytest.raises(Conflict, match="Nothing was stored") as refused:
        held.append(second)
    assert f"School 900001: {said}" in str(refused.value)
    assert [str(loss) for loss in held.losses(second)] == str(refused.value).splitlines()[:-1]
    assert held.marks().collect().equals(first.sort("urn", "pupil"))
    held.append(second, replaces=True)
    assert held.losses(second) == []
    assert_counters_are_a_scan(held)
    kept = held.marks().filter(pl.col("urn") == "900001").sort("pupil", "week_on").collect()
    now = kept.filter(pl.col("week_on") == second["week_on"][0])
    assert now.equals(second.sort("pupil")), "nothing is left of what was there"
    assert held.marks().filter(pl.col("urn") == "900002").collect().height == 1


def test_what_adds_or_corrects_needs_no_confirming(tmp_path: Path) -> None:
    held = attendance.MarksStore(tmp_path)
    begun = {"marks": "/\\/\\.....", "half_term": 3}
    held.append(marks_of([week(pupil=1), week(pupil=2, **{**begun, "marks": "/\\/......."})]))
    rest = week(pupil=2, half_term=4, marks="......./\\/"[:10])
    for rows in (
        [week(pupil=1, marks="IIIIIIIIII"), week(pupil=2, marks="/\\/I......")],
        [week(pupil=1, week_on=LATER), week(pupil=3, week_on=LATER)],
        [rest],
        [week(pupil=1, year="2025/26", week_on=dt.date(2025, 9, 8), half_term=1, term="autumn")],
    ):
        assert held.losses(marks_of(rows)) == []
        held.append(marks_of(rows))
    assert held.measure()["sess_possible"].to_list() == [10 + 4 + 20 + 3 + 10]
    assert held.measure()["sess_overall"].to_list() == [11]


def test_who_is_interrupted_leaves_what_is_there_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = attendance.MarksStore(tmp_path)
    held.append(marks_of([week()]))
    held.pack()

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    again = marks_of([week(marks="IIIIIIIIII")])
    monkeypatch.setattr(counters, "counters_of", stop)
    with pytest.raises(KeyboardInterrupt):
        held.append(again)
    monkeypatch.undo()
    assert held.measure()["sess_overall"][0] == 10, "the week was renamed; its counters were not"
    assert_counters_are_a_scan(held)
    stale = list(tmp_path.glob("counters/*/*.stale"))
    assert stale, "without the mark of what is stale the old counters would have answered"
    for path in stale:
        path.unlink()
    assert held.measure(schools=["900001"])["sess_overall"][0] == 0, "the guard is what helped"


def test_packed_half_terms_are_not_used_once_a_week_changed(tmp_path: Path) -> None:
    held = attendance.MarksStore(tmp_path)
    held.append(marks_of([week()]))
    assert (held.pack(), held.pack()) == (1, 0)
    held.append(marks_of([week(marks="IIIIIIIIII")]))
    assert held.measure(by=["weekday"])["sess_overall"].to_list() == [2] * 5
    assert held.pack() == 1


def test_erasing_takes_a_pupil_out_of_weeks_counters_and_packed(tmp_path: Path) -> None:
    held = attendance.MarksStore(tmp_path)
    held.append(marks_of([week(pupil=1), week(pupil=2), week(pupil=1, week_on=LATER)]))
    held.pack()
    assert held.erase((pl.col("urn") == "900001") & (pl.col("pupil") == 1)) == 2
    assert held.marks().collect()["pupil"].to_list() == [2]
    assert_counters_are_a_scan(held)
    for path in tmp_path.rglob("*.parquet"):
        assert 1 not in pl.read_parquet(path)["pupil"], path
    assert held.erase(pl.col("pupil") == 2) == 1
    assert held.measure()["sess_possible"].to_list() == [0]


def test_what_breaks_the_contract_stores_nothing(tmp_path: Path) -> None:
    held = attendance.MarksStore(tmp_path)
    for bad in (week(marks="H/////////"), week(marks="/"), week(week_on=dt.date(2025, 1, 7))):
        with pytest.raises(DataProblem):
            held.append(marks_of([week(pupil=2), bad]))
    with pytest.raises(DataProblem):
        held.append(pl.concat([marks_of([week()])] * 2))
    assert not list(tmp_path.rglob("*.parquet"))
    assert held.marks().collect().equals(MARKS.empty())


def test_two_at_once_are_told_apart(tmp_path: Path) -> None:
    held = attendance.MarksStore(tmp_path)
    with (tmp_path / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(Conflict, match="Somebody else"):
            held.append(marks_of([week()]))
    assert held.append(marks_of([week()])) == 1


def test_no_row_group_holds_too_many_schools(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "FEWEST_ROWS_A_GROUP", 2)
    rows = [week(urn=str(900_000 + k), pupil=p) for k in range(4) for p in range(2)]
    held = attendance.MarksStore(tmp_path)
    held.append(marks_of(rows))
    assert held.measure(schools=["900002"])["sess_possible"].to_list() == [20]


def test_another_schools_file_is_found_out_in_the_first_weeks_of_a_year_too(
    tmp_path: Path,
) -> None:
    """Nobody is stored of the new year yet; most pupils are known from the year before."""
    held = attendance.MarksStore(tmp_path)
    held.append(marks_of([week(pupil=n) for n in range(4)]))
    new = {"week_on": dt.date(2025, 9, 8), "year": "2025/26", "term": "autumn", "half_term": 1}
    theirs = marks_of([week(pupil=100 + n, **new) for n in range(4)])
    ours = marks_of([week(pupil=n, **new) for n in (3, 100)])
    assert [loss.kind for loss in held.losses(theirs)] == ["strangers"]
    assert held.losses(ours) == []
    with pytest.raises(Conflict, match="another school's file"):
        held.append(theirs)
    held.append(ours)
    # Known from the year before is not enough where the new year has pupils of its own.
    later = {**new, "week_on": dt.date(2025, 9, 15)}
    assert [loss.kind for loss in held.losses(marks_of([week(pupil=0, **later)]))] == ["strangers"]
