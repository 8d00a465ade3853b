"""A pupil, and whatever is too old, can be let go of: marks, counters, and all copies of them."""

import datetime
from pathlib import Path

import polars as pl
import pytest

from all_codes import every_code
from schoolhubs import attendance
from schoolhubs.attendance import MarksStore, erasing


@pytest.fixture
def store(tmp_path: Path) -> MarksStore:
    """Give a store with marks of two years."""
    made = MarksStore(tmp_path / "marks")
    made.append(every_code(7))
    made.pack()
    return made


def n_marks(rows: pl.DataFrame) -> int:
    """Count marks one by one."""
    return sum(letter != "." for week in rows["marks"] for letter in week)


def test_a_pupil_is_erased_from_marks_and_counters_and_counted(store: MarksStore) -> None:
    before = store.marks().collect()
    urn, pupil = before.row(0, named=True)["urn"], before.row(0, named=True)["pupil"]
    is_theirs = (pl.col("urn") == urn) & (pl.col("pupil") == pupil)
    theirs, others = before.filter(is_theirs), before.filter(~is_theirs)
    n_counters = store.counters().filter(is_theirs).collect().height

    erased = erasing.erase_pupil(store, urn=urn, pupil=pupil)

    assert (erased.n_weeks, erased.n_marks) == (theirs.height, n_marks(theirs))
    assert erased.n_counters == n_counters > 0
    assert store.marks().collect().sort(pl.all()).equals(others.sort(pl.all()))
    assert store.counters().filter(is_theirs).collect().is_empty()
    assert store.measure(by=["school"]).equals(attendance.measure(others, by=["school"]))
    for path in store.folder.rglob("*.parquet"):
        assert pl.read_parquet(path, hive_partitioning=False).filter(is_theirs).is_empty(), path


def test_the_same_number_in_another_school_is_another_pupil(store: MarksStore) -> None:
    held = store.marks().select("urn", "pupil").unique().collect()
    pupil = held.group_by("pupil").len().filter(pl.col("len") > 1)["pupil"][0]
    erasing.erase_pupil(store, urn="900001", pupil=pupil)
    left = store.marks().filter(pl.col("pupil") == pupil).select("urn").unique().collect()
    assert left["urn"].to_list() == ["900002"]


def test_what_is_too_old_is_erased(store: MarksStore) -> None:
    before = store.marks().collect()
    day = datetime.date(2024, 9, 1)
    old = before.filter(pl.col("week_on") < day)
    assert 0 < old.height < before.height
    erased = erasing.erase_before(store, before=day)
    assert (erased.n_weeks, erased.n_marks) == (old.height, n_marks(old))
    assert store.marks().collect()["week_on"].min() >= day
    assert store.counters().collect()["year"].unique().to_list() == ["2024/25"]
    assert erasing.erase_before(store, before=day) == erasing.Erased(
        n_weeks=0, n_marks=0, n_counters=0
    )


@pytest.mark.parametrize(
    ("on", "since"),
    [
        (datetime.date(2027, 8, 31), datetime.date(2023, 8, 1)),
        (datetime.date(2027, 9, 1), datetime.date(2024, 8, 1)),
    ],
)
def test_marks_are_kept_for_whole_academic_years(
    store: MarksStore, on: datetime.date, since: datetime.date
) -> None:
    assert erasing.kept_since(on) == since
    erasing.erase_expired(store, on=on)
    assert store.marks().collect()["week_on"].min() >= since
    assert store.marks().collect().height > 0
