"""``attendance erase`` lets go of a school's marks, or of weeks, only when it is confirmed."""

import datetime
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from commands import schoolhubs
from marking import marks_of, week
from schoolhubs import attendance
from schoolhubs.vocabulary.errors import UsageError

LATER = datetime.date(2025, 1, 13)


@pytest.fixture
def store(tmp_path: Path) -> attendance.MarksStore:
    """Store two weeks of one school and one of another."""
    held = attendance.MarksStore(tmp_path / "marks")
    held.append(marks_of([week(), week(week_on=LATER), week(urn="900002")]))
    return held


def left(store: attendance.MarksStore) -> list[tuple[str, int]]:
    return store.marks().group_by("urn").len().sort("urn").collect().rows()


def test_a_school_goes_once_it_is_confirmed_and_others_stay(store: attendance.MarksStore) -> None:
    asked = ("attendance", "erase", "--marks", str(store.folder), "--urn", "900001")
    command = [sys.executable, "-m", "schoolhubs", *asked]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "20 marks" in done.stderr
    assert "Nothing was erased" in done.stderr
    assert left(store) == [("900001", 2), ("900002", 1)]
    answer = schoolhubs(*asked, "--confirm")
    assert (answer["weeks"], answer["marks"], answer["urn"]) == (2, 20, "900001")
    assert left(store) == [("900002", 1)]
    assert store.counters().filter(pl.col("urn") == "900001").collect().is_empty()


def test_weeks_before_a_day_go_of_a_school_or_of_all(store: attendance.MarksStore) -> None:
    erasing = attendance.erasing
    assert erasing.held(store, urn="900001", before=LATER).n_weeks == 1
    assert erasing.erase(store, urn="900001", before=LATER).n_marks == 10
    assert left(store) == [("900001", 1), ("900002", 1)]
    assert erasing.erase(store, before=LATER).n_weeks == 1
    assert left(store) == [("900001", 1)]


def test_without_a_school_or_a_day_nothing_goes(store: attendance.MarksStore) -> None:
    for act in (attendance.erasing.erase, attendance.erasing.held):
        with pytest.raises(UsageError, match="Say a school or a day"):
            act(store)
    assert left(store) == [("900001", 2), ("900002", 1)]
