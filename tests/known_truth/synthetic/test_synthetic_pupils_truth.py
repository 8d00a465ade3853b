"""Synthetic pupils and marks are as published ones are; those of a bad generator are not.

The figures and tolerances stand in ``synthetic/data/pupil_targets.yaml``. What needs more pupils
than a test may take (regions, the rarer year groups) is asked of a whole England by
``benchmarks.pupils``.
"""

import dataclasses
from collections.abc import Iterable

import numpy as np
import polars as pl
import pytest

from schoolhubs import synthetic
from schoolhubs.synthetic import pupils
from schoolhubs.synthetic.calibration import calibration
from schoolhubs.synthetic.pupils.constants import pupil_constants, rate_tables
from schoolhubs.vocabulary.calendar import AcademicYear

SEED, N_SCHOOLS = 2025, 800
# Of a figure of fewer pupils chance takes more than the tolerance leaves.
ENOUGH, ENOUGH_SCHOOLS = 25_000, 500


@dataclasses.dataclass(frozen=True)
class World:
    maker: pupils.MarkMaker
    schools: pl.DataFrame
    found: tuple[pupils.PupilFinding, ...]


def world(year: str) -> World:
    england = synthetic.imagine(seed=SEED, n_schools=N_SCHOOLS, year=AcademicYear(year))
    maker, schools = pupils.maker_of(england), pupils.schools_with_marks(england)
    return World(maker, schools, measured(maker, schools))


def measured(maker: pupils.MarkMaker, schools: pl.DataFrame) -> tuple[pupils.PupilFinding, ...]:
    return pupils.measure_pupils(maker, pupils.parts(schools, 100_000))


@pytest.fixture(scope="module")
def later() -> World:
    return world("2022/23")


def judged(found: Iterable[pupils.PupilFinding]) -> list[pupils.PupilFinding]:
    """Give the figures that enough pupils, spells or schools stand behind."""
    return [
        one
        for one in found
        if one.n >= {"T31": ENOUGH, "T32": ENOUGH_SCHOOLS, "T34": 0}[one.test]
        and not one.source.startswith("Absence distributions, persistent absence by authority")
    ]


def failed(found: Iterable[pupils.PupilFinding]) -> set[str]:
    return {f"{one.figure}, {one.of}" for one in judged(found) if not one.is_met_but_for_chance}


def test_pupils_and_marks_of_2022_23_are_as_published(later: World) -> None:
    assert sorted(failed(later.found)) == []
    tests = [one.test for one in judged(later.found)]
    assert (tests.count("T31") >= 40, tests.count("T34")) == (True, 13)


@pytest.fixture(scope="module")
def earlier() -> World:
    return world("2018/19")


def test_pupils_and_marks_of_2018_19_are_as_published(earlier: World) -> None:
    assert sorted(failed(earlier.found)) == []
    assert [one.test for one in judged(earlier.found)].count("T32") == 6


def test_a_schools_marks_give_its_published_absence_back(later: World) -> None:
    (apart,) = [one for one in later.found if one.figure == "furthest from the absence file"]
    assert apart.is_met
    assert apart.n == later.schools.height


def test_with_a_single_beta_of_pupils_the_checks_fail(later: World) -> None:
    """Negative control (T36): one beta for each phase and free meals, fitted to the same bands."""
    single = pl.DataFrame(
        {
            "phase_group": ["primary", "primary", "secondary", "secondary", "special", "special"],
            "is_fsm": [True, False] * 3,
            "low_a": [0.9673, 0.85631, 0.68995, 0.5955, 0.66561, 0.58445],
            "low_b": [10.02283, 16.24684, 3.9248, 7.42614, 3.78385, 4.57299],
        }
    ).with_columns(high_share=0.0, high_a=1.0, high_b=1.0, year=pl.lit("202223"))
    usual = pupil_constants("2022/23")
    tables = rate_tables("2022/23", single.select(calibration().mixtures.columns), usual.fit)
    constants = dataclasses.replace(usual, rates=tables)
    maker = dataclasses.replace(later.maker, constants=constants)

    found = failed(measured(maker, later.schools))

    assert {"persistent, primary", "persistent, secondary", "severe, secondary"} <= found
    assert sum(name.startswith("band") for name in found) >= 10


def test_without_a_school_effect_the_checks_fail(earlier: World) -> None:
    """Negative control (T36): every school of a phase misses the same."""
    of_phase = pl.col("absent_share").mean().over("group")
    found = measured(earlier.maker, earlier.schools.with_columns(absent_share=of_phase))

    spread = {"absence_sd, primary", "absence_p10, primary", "absence_p90, primary"}
    assert spread | {"absence_and_persistent_r, primary"} <= failed(found)


def test_without_a_school_effect_schools_are_too_little_of_the_variance(later: World) -> None:
    """Negative control (T36): phases alone are left, and luck does not excuse it."""
    of_phase = pl.col("absent_share").mean().over("group")
    none = measured(later.maker, later.schools.with_columns(absent_share=of_phase))
    assert "variance between schools, all phases" in failed(none)


def test_without_seasons_and_weekdays_the_checks_of_time_fail(later: World) -> None:
    """Negative control: spells that start on any day alike."""
    spells = later.maker.spells
    level = np.tile([1.0, 0.2], spells.start.shape[1] // 2)[None].repeat(3, axis=0)
    ahead = np.concatenate([np.cumsum(level[:, ::-1], axis=1)[:, ::-1], np.zeros((3, 1))], axis=1)
    flat = dataclasses.replace(later.maker, spells=spells._replace(start=level, ahead=ahead))

    found = failed(measured(flat, later.schools))

    assert {"week, level of the daily series, last of autumn", "Friday gap, secondary"} <= found
