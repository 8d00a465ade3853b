"""Pupils and marks of a synthetic England: the contract, the same each time, nobody twice."""

import datetime
import functools

import numpy as np
import polars as pl
import pytest

from schoolhubs import attendance, synthetic
from schoolhubs.synthetic import pupils
from schoolhubs.synthetic.pupils.checks import share_between_schools
from schoolhubs.synthetic.pupils.constants import Numbers
from schoolhubs.synthetic.pupils.rates import sessions_missed
from schoolhubs.synthetic.pupils.rolls import draw_pupils
from schoolhubs.synthetic.pupils.term_dates import school_year
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.frames import MARKS


@functools.cache
def made(year: str = "2024/25", seed: int = 5) -> tuple[pupils.MarkMaker, pl.DataFrame]:
    """Give what makes marks, and forty schools of every phase."""
    england = synthetic.imagine(seed=seed, n_schools=300, year=AcademicYear(year))
    schools = pupils.schools_with_marks(england)
    some = [schools.filter(pl.col("group") == g).head(n) for g, n in ((0, 25), (1, 10), (2, 5))]
    return pupils.maker_of(england), pl.concat(some)


@functools.cache
def frame(year: str = "2024/25") -> pl.DataFrame:
    maker, schools = made(year)
    return pupils.marks_frame(maker.mark(schools), maker)


def test_the_marks_keep_the_contract() -> None:
    marks = frame()
    assert MARKS.check(marks).height == marks.height > 100_000
    assert marks["marks"].str.len_bytes().unique().to_list() == [10]
    assert marks["week_on"].dt.weekday().unique().to_list() == [1]
    assert marks.select(MARKS.key).is_duplicated().sum() == 0
    assert (marks["marks"] == "." * 10).sum() == 0
    assert marks["urn"].str.starts_with("9").all(), "numbers that no school in England has"


@pytest.mark.parametrize("year", ["2018/19", "2023/24", "2024/25"])
def test_every_letter_is_one_of_the_codes_of_its_day(year: str) -> None:
    marks = frame(year)
    used = set("".join(marks["marks"].unique()))
    table = attendance.coding.codes(marks["week_on"].min())
    assert used <= set(table.all_letters) | {"."}
    newer = set("pjcK")
    assert bool(used & newer) == (year == "2024/25")
    assert {"I", "O", "G", "M", "L", "V", "U", "C"} <= used


def test_a_pupil_misses_just_the_sessions_drawn_for_them() -> None:
    maker, schools = made()
    marked = maker.mark(schools)
    absent = np.isin(marked.marks, maker.spells.letter)
    assert np.array_equal(absent.sum(axis=1), marked.missed)
    possible = (marked.marks != ord(".")).sum(axis=1)
    assert np.array_equal(possible, marked.pupils.until - marked.pupils.first)


def test_official_measures_of_the_marks_are_the_absence_file_s() -> None:
    _, schools = made()
    found = attendance.measure(frame(), by=("school",))
    both = found.join(schools, on="urn", validate="1:1")
    assert both.height == schools.height
    assert both["enrolments"].to_list() == both["enrolments_right"].to_list()
    apart = (both["sess_overall_percent"] - 100 * both["absent_share"]).abs()
    assert apart.max() < 0.3


@pytest.mark.parametrize("at_a_time", [1, 5_000, 10**9])
def test_it_does_not_matter_how_many_are_made_at_a_time(at_a_time: int) -> None:
    maker, schools = made()
    some = [
        pupils.marks_frame(maker.mark(part), maker) for part in pupils.parts(schools, at_a_time)
    ]
    assert len(some) == {1: schools.height, 10**9: 1}.get(at_a_time, len(some))
    assert pl.concat(some).equals(frame())


def test_another_seed_gives_other_marks() -> None:
    _, schools = made()
    other, _ = made(seed=6)
    assert not pupils.marks_frame(other.mark(schools), other).equals(frame())


def test_shares_of_a_school_are_those_of_its_pupils() -> None:
    maker, schools = made("2018/19")
    drawn = draw_pupils(schools, maker.seed, maker.constants, maker.laid)
    n = np.bincount(drawn.school)
    girls = np.bincount(drawn.school, drawn.is_girl) - n * schools["girls_percent"].to_numpy()
    assert np.abs(girls).max() <= 1
    low, high = schools["age_low"].to_numpy() - 4, schools["age_high"].to_numpy() - 5
    assert (drawn.year_group >= np.maximum(low, 1)[drawn.school]).all()
    assert (drawn.year_group <= np.clip(high, np.maximum(low, 1), 11)[drawn.school]).all()
    assert (drawn.until - drawn.first >= 10).all()
    assert (sessions_missed(drawn, schools, maker.constants) <= drawn.until - drawn.first).all()


def test_every_year_has_190_days_and_no_week_in_two_half_terms() -> None:
    for first in (*range(2012, 2019), 2022, 2023, 2024):
        laid = school_year(AcademicYear.holding(datetime.date(first, 9, 1)))
        assert len(laid.column) == 380
        assert len(set(laid.week_on)) == len(laid.week_on)
        assert laid.half_term.tolist() == sorted(laid.half_term.tolist())


def test_marks_of_another_england_are_not_left_among_its_files(tmp_path) -> None:
    (tmp_path / "marks.parquet").write_bytes(b"of another")
    with pytest.raises(Conflict, match="whose pupils would not be this England's"):
        synthetic.england(tmp_path, seed=3, n_schools=200)


def test_the_luck_of_few_schools_is_how_far_the_share_moves_without_one_of_them() -> None:
    rng = np.random.default_rng(3)
    rates = [rng.normal(rng.normal(0.08, 0.03), 0.1, n) for n in rng.integers(20, 90, 30)]

    def share(of: list[Numbers]) -> tuple[float, float]:
        columns = zip(*((len(r), r.sum(), (r**2).sum()) for r in of), strict=True)
        names = ("enrolments", "rate", "rate_squared")
        return share_between_schools(dict(zip(names, map(np.array, columns), strict=True)))

    found, chance = share(rates)
    without = np.array([share(rates[:k] + rates[k + 1 :])[0] for k in range(30)])
    assert found == pytest.approx(100 * 0.03**2 / (0.03**2 + 0.1**2), abs=2.5 * chance)
    assert chance == pytest.approx((29 / 30 * ((without - without.mean()) ** 2).sum()) ** 0.5)
