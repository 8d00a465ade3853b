"""Definitions of the official measures, case by case."""

import datetime as dt
import re
from pathlib import Path

import polars as pl
import pytest

from marking import marks_of, week
from schoolhubs import attendance
from schoolhubs.vocabulary.errors import DataProblem, UsageError
from schoolhubs.vocabulary.frames import MARKS

MONDAY = dt.date(2025, 1, 6)


def weeks(text: str, **values: object) -> list[dict[str, object]]:
    """Give a pupil's marks in weeks of ten."""
    return [
        week(marks=text[k : k + 10], week_on=MONDAY + dt.timedelta(days=7 * (k // 10)), **values)
        for k in range(0, len(text), 10)
    ]


def one(text: str, **values: object) -> dict[str, object]:
    """Measure one pupil."""
    return attendance.measure(marks_of(weeks(text, **values))).row(0, named=True)


@pytest.mark.parametrize(
    ("missed", "possible", "persistent", "severe"),
    [(1, 10, 1, 0), (1, 11, 0, 0), (3, 29, 1, 0), (3, 31, 0, 0), (2, 20, 1, 0), (19, 191, 0, 0),
     (19, 190, 1, 0), (38, 380, 1, 0), (37, 380, 0, 0), (5, 10, 1, 1), (4, 9, 1, 0), (0, 10, 0, 0),
     (190, 380, 1, 1), (189, 380, 1, 0)],
)  # fmt: skip
def test_reaching_a_tenth_exactly_is_persistent_and_half_severe(
    missed: int, possible: int, persistent: int, severe: int
) -> None:
    text = ("I" * missed + "/" * (possible - missed)).ljust(-(-possible // 10) * 10, ".")
    found = one(text)
    assert (found["sess_overall"], found["sess_possible"]) == (missed, possible)
    assert found["enrolments_pa_10_exact"] == persistent
    assert found["enrolments_pa_50_exact"] == severe


def test_a_joiner_counts_over_their_own_possible_sessions() -> None:
    found = one("." * 18 + "/I")
    assert found["sess_possible"] == 2
    assert found["enrolments_pa_50_exact"] == 1


def test_who_had_no_possible_session_is_no_enrolment() -> None:
    found = one("DDDDDDDDDD")
    assert (found["enrolments"], found["sess_possible"], found["sess_dual"]) == (0, 0, 10)
    assert found["sess_overall_percent"] is None


def test_a_dual_registration_is_counted_once() -> None:
    there, here = weeks("/\\/\\DDDDDD", urn="900001"), weeks("DDDD/\\/\\II", urn="900002", pupil=99)
    found = attendance.measure(marks_of(there + here)).row(0, named=True)
    assert found["sess_possible"] == 10
    assert found["sess_overall"] == 2


def test_recoding_absence_shows_in_the_time_in_school() -> None:
    before, measures = one("OOOO/\\/\\/\\"), {}
    for code in "BKDXpEC":
        measures[code] = one(f"{code * 4}/\\/\\/\\")
        assert measures[code]["time_in_school_percent"] == before["time_in_school_percent"] == 60
    better = {c for c, m in measures.items() if m["sess_overall_percent"] < 40}
    assert better == set("BKDX"), "the absence rate falls for these; time in school does not rise"


def test_suspension_and_part_time_stay_in_headline_and_addressable_rate() -> None:
    before = one("OOOO/\\/\\/\\")
    for code in "Ep":
        after = one(f"{code * 4}/\\/\\/\\", has_reason=True)
        for rate in ("sess_overall_percent", "addressable_percent"):
            assert after[rate] == before[rate] == 40


@pytest.mark.parametrize(("reason", "addressable"), [(None, 30), (False, 30), (True, 10)])
def test_protected_absence_is_left_out_of_the_addressable_rate(
    reason: bool | None, addressable: int
) -> None:
    found = one("MRICp/\\/\\/", has_reason=reason)
    assert found["sess_overall_percent"] == 50
    assert found["addressable_percent"] == pytest.approx(addressable)


def test_only_unauthorised_letters_may_stand_beside_a_penalty() -> None:
    never = {"I", "M", "C", "C1", "C2", "R", "E", "X", "Y", *(f"Y{k}" for k in range(1, 8))}
    for table in attendance.coding.regimes():
        allowed = set(table.sanction_letters)
        assert allowed == set("GNOU")
        assert not allowed & {table.packed[code] for code in never if code in table.packed}
        assert allowed == set(table.letters("sess_unauthorised"))


def test_by_week_and_weekday_nobody_is_called_persistently_absent() -> None:
    marks = marks_of(weeks("IIIIIIIIII"))
    for word in ("week", "weekday", "session"):
        found = attendance.measure(marks, by=[word])
        assert found["enrolments_pa_10_exact"].null_count() == found.height
        assert set(found["persistent_absence_mark"]) == {"z"}
    assert attendance.measure(marks, by=["half_term"])["persistent_absence_mark"][0] is None


def test_two_years_are_two_enrolments_and_two_schools_too() -> None:
    rows = weeks("/" * 10) + weeks("/" * 10, urn="900002")
    rows += [week(week_on=dt.date(2025, 9, 8), year="2025/26", term="autumn", half_term=1)]
    assert attendance.measure(marks_of(rows))["enrolments"][0] == 3


@pytest.mark.parametrize(
    ("marks", "monday", "said"),
    [("H/////////", MONDAY, "'H' stands in weeks from 2024-08-19"),
     ("K/////////", dt.date(2024, 7, 1), "'K' stands in weeks from 2013-09-01 before 2024-08-19"),
     ("?/////////", MONDAY, "a sign that is no code"),
     ("/////////", MONDAY, "1 of 1 weeks are not ten letters"),
     ("//////////", dt.date(2012, 7, 2), "weeks before 2013")],
)  # fmt: skip
def test_marks_that_mean_nothing_are_refused(marks: str, monday: dt.date, said: str) -> None:
    with pytest.raises(DataProblem, match=re.escape(said)):
        attendance.measure(marks_of([week(marks=marks, week_on=monday)]))


def test_a_strange_cut_and_an_absent_column_are_named() -> None:
    with pytest.raises(UsageError, match="cannot be cut by colour"):
        attendance.measure(MARKS.empty(), by=["colour"])
    with pytest.raises(DataProblem, match="no column fsm"):
        attendance.measure(marks_of([week()]).drop("fsm"), by=["fsm"])


def test_no_marks_give_no_rows_and_a_total_of_nothing() -> None:
    assert attendance.measure(MARKS.empty(), by=["school"]).is_empty()
    assert attendance.measure(MARKS.empty())["sess_possible"].to_list() == [0]


def test_a_letter_means_the_same_in_both_tables() -> None:
    first, second = (
        {code.code: code for code in table.codes} for table in attendance.coding.regimes()
    )
    assert {code for code in first.keys() & second.keys() if first[code] != second[code]} == set()
    for table in attendance.coding.regimes():
        assert len(set(table.all_letters)) == len(table.codes)


def test_a_schools_own_codes_are_mapped_and_official_ones_stay() -> None:
    table = attendance.coding.codes(MONDAY, own={"I9": "I", "LL": "L"})
    assert (table.packed["I9"], table.packed["LL"]) == ("I", "L")
    for own in ({"I": "L"}, {"A": "H"}, {"A": "?"}):
        with pytest.raises(DataProblem):
            attendance.coding.codes(MONDAY, own=own)


def test_null_rows_are_a_cell_of_their_own() -> None:
    rows = weeks("/" * 10, fsm=None) + weeks("/" * 10, fsm=True, pupil=2)
    found = attendance.measure(marks_of(rows), by=["fsm"])
    assert found.select("fsm", "enrolments").rows() == [(None, 1), (True, 1)]
    assert isinstance(found, pl.DataFrame)


def test_a_file_a_folder_and_csv_give_the_same(tmp_path: Path) -> None:
    frame = marks_of(weeks("/" * 9 + "I", fsm=True) + weeks("O" * 10, pupil=2, has_reason=True))
    (tmp_path / "folder" / "week=1").mkdir(parents=True)
    frame.write_parquet(tmp_path / "folder" / "week=1" / "marks.parquet")
    frame.write_csv(tmp_path / "marks.csv")
    expected = attendance.measure(frame, by=["school", "week"])
    for path in ("folder", "folder/week=1/marks.parquet", "marks.csv"):
        assert attendance.measure(tmp_path / path, by=["school", "week"]).equals(expected)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [("broken.parquet", "PAR1 Jane Doe", "cannot be read"),
     ("list.txt", "urn", "no Parquet or CSV"),
     ("names.csv", "urn,pupil,week_on,marks,year\n1,Jane Doe,2025-01-06,//////////,2024/25\n",
      "cannot be read")],
)  # fmt: skip
def test_what_is_no_file_of_marks_is_refused_without_quoting_it(
    tmp_path: Path, name: str, text: str, said: str
) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(DataProblem, match=said) as refused:
        attendance.measure(tmp_path / name)
    assert "Jane" not in str(refused.value)
    assert refused.value.__cause__ is None
