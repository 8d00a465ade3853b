"""DuckDB gives the measures of the native kernel, to the last row, over every code and cut."""

from pathlib import Path

import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from all_codes import every_code
from schoolhubs.attendance import measure
from schoolhubs.attendance.engines import expressions, measure_with_duckdb
from schoolhubs.vocabulary.errors import DataProblem, UsageError
from schoolhubs.vocabulary.frames import CUTS

CUTS_TRIED = st.lists(st.sampled_from(list(CUTS)), unique=True, max_size=4)


@settings(max_examples=6, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(seed=st.integers(0, 10**6), by=CUTS_TRIED)
def test_duckdb_measures_as_the_kernel_does(seed: int, by: list[str]) -> None:
    marks = every_code(seed)
    assert_frame_equal(measure_with_duckdb(marks, by=by, threads=1), measure(marks, by=by))


@pytest.mark.parametrize("by", [[], ["weekday", "session"], ["school", "term", "fsm"], list(CUTS)])
def test_duckdb_measures_as_the_kernel_does_by(by: list[str]) -> None:
    marks = every_code(7)
    assert_frame_equal(measure_with_duckdb(marks, by=by, threads=1), measure(marks, by=by))


def test_a_letter_that_is_counted_elsewhere_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: one letter counted otherwise, and the two no longer agree."""
    right = expressions._letters

    def wrong(column: str, **options: bool) -> str:
        return right(column, **options).replace("p", "")

    marks = every_code(7)
    expected = measure(marks)
    monkeypatch.setattr(expressions, "_letters", wrong)
    with pytest.raises(AssertionError):
        assert_frame_equal(measure_with_duckdb(marks, threads=1), expected)


@pytest.mark.parametrize("n_rows", [0, 1])
@pytest.mark.parametrize("by", [[], ["school"], ["weekday"]])
def test_few_marks_and_none(n_rows: int, by: list[str]) -> None:
    marks = every_code(7).head(n_rows)
    assert_frame_equal(measure_with_duckdb(marks, by=by, threads=1), measure(marks, by=by))


def test_files_and_folders_are_read(tmp_path: Path) -> None:
    marks = every_code(7)
    expected = measure(marks, by=["school", "year"])
    for (year, week), part in marks.group_by("year", "week_on"):
        folder = tmp_path / "marks" / f"year={str(year).replace('/', '-')}" / f"week={week}"
        folder.mkdir(parents=True)
        part.write_parquet(folder / "marks.parquet")
        part.write_parquet(folder / ".half-written.parquet")
    marks.write_csv(tmp_path / "marks.csv")
    for path in (tmp_path / "marks", tmp_path / "marks.csv"):
        assert_frame_equal(measure_with_duckdb(path, by=["school", "year"], threads=1), expected)


@pytest.mark.parametrize(
    "bad", ["/////////", "///////////", "//////////I", "?/////////", "c........."]
)
def test_what_the_kernel_refuses_duckdb_refuses(bad: str) -> None:
    marks = every_code(7).sort("week_on")
    first = pl.int_range(pl.len()) == 0
    marks = marks.with_columns(marks=pl.when(first).then(pl.lit(bad)).otherwise("marks"))
    codes = []
    for engine in (measure, measure_with_duckdb):
        with pytest.raises(DataProblem) as caught:
            engine(marks)
        codes.append([each.code for each in caught.value.problems])
    assert codes[0] == codes[1]


def test_a_file_that_duckdb_cannot_read_is_refused_in_our_words(tmp_path: Path) -> None:
    path = tmp_path / "marks.parquet"
    path.write_bytes(b"PAR1 Zzquimby PAR1")
    with pytest.raises(DataProblem, match="cannot be read") as caught:
        measure_with_duckdb(path)
    assert caught.value.__context__ is None
    every_code(7).with_columns(pupil=pl.lit("Zzquimby")).write_parquet(path)
    with pytest.raises(DataProblem, match="cannot be read") as caught:
        measure_with_duckdb(path)
    assert "Zzquimby" not in repr(caught.value.problems)


def test_marks_without_a_needed_column_are_refused() -> None:
    with pytest.raises(DataProblem, match="no column fsm"):
        measure_with_duckdb(every_code(7).drop("fsm"), by=["fsm"])
    with pytest.raises(UsageError, match="cannot be cut by"):
        measure_with_duckdb(every_code(7), by=["shoe"])
