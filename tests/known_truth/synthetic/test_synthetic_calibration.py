"""A full synthetic England is as England is published; one without its causes is not.

The figures and how far the generator may be off stand in ``synthetic/data/targets.yaml``, what
chance does to each from one England to another in ``synthetic/data/draws.csv``.
"""

import dataclasses

import numpy as np
import polars as pl
import pytest

from schoolhubs import synthetic
from schoolhubs.synthetic.calibration import Calibration, calibration, read_csv
from schoolhubs.synthetic.england import intake_of
from schoolhubs.synthetic.figures.absence import simulate
from schoolhubs.vocabulary.calendar import AcademicYear

pytestmark = pytest.mark.national
SEED = 2025  # as `make run`; any other would do, see `Finding.allowed`
# With 133 figures, one lies so many spreads from its mean once in some 1,000 Englands.
FURTHEST = 4.5


@pytest.fixture(scope="session")
def england() -> synthetic.England:
    """Give a full England up to 2018/19, in memory."""
    return synthetic.imagine(seed=SEED)


def with_other_absence(england: synthetic.England, constants: Calibration) -> synthetic.England:
    """Give the same schools with absence drawn from other constants."""
    rng = np.random.default_rng([SEED, 3])
    panel = simulate(intake_of(england.history.schools), england.panel.years, constants, rng)
    return dataclasses.replace(england, panel=panel)


def with_dynamics(**changes: float) -> Calibration:
    constants = calibration()
    dynamics = {
        group: dataclasses.replace(of, **changes) for group, of in constants.dynamics.items()
    }
    return dataclasses.replace(constants, dynamics=dynamics)


def drawn() -> pl.DataFrame:
    return read_csv("draws.csv")


def failed(england: synthetic.England) -> set[tuple[str, str]]:
    return {(found.figure, found.phase_group) for found in synthetic.failures(england)}


def test_a_full_england_is_as_published_in_2018_19(england: synthetic.England) -> None:
    assert [str(found) for found in synthetic.failures(england)] == []
    assert len(synthetic.measure(england)) == 108


@pytest.fixture(scope="session")
def later() -> list[synthetic.Finding]:
    """Give the figures of 2022/23 of a full England up to that year."""
    england = synthetic.imagine(seed=SEED, year=AcademicYear("2022/23"))
    return [found for found in synthetic.measure(england) if found.year == "2022/23"]


def test_a_full_england_is_as_published_in_2022_23(later: list[synthetic.Finding]) -> None:
    assert [str(one) for one in later if not one.is_met] == []
    assert len(later) == 25


def test_the_generator_itself_is_within_every_tolerance(
    england: synthetic.England, later: list[synthetic.Finding]
) -> None:
    """No allowance for chance: the means of many Englands are as near as is asked."""
    mean = {tuple(row[:3]): row[3] for row in drawn().drop("n_draws", "sd").iter_rows()}
    found = [*synthetic.measure(england), *later]
    off = [
        one.figure
        for one in found
        if abs(mean[one.figure, one.phase_group, one.year] - one.published) > one.within
    ]
    assert off == []
    assert len(found) == len(mean) == 133
    assert drawn()["n_draws"].min() >= 40


def test_an_england_is_like_those_whose_chance_was_measured(
    england: synthetic.England, later: list[synthetic.Finding]
) -> None:
    """A changed generator needs ``scripts/draw_synthetic_england.py`` again."""
    known = {tuple(row[:3]): row[4:] for row in drawn().iter_rows()}
    strange = []
    for one in [*synthetic.measure(england), *later]:
        mean, sd = known[one.figure, one.phase_group, one.year]
        # Figures that are drawn to fit exactly have no spread but rounding.
        if abs(one.measured - mean) > FURTHEST * sd + 0.01 * one.within:
            strange.append(f"{one}; before {mean}, spread {sd}")
    assert strange == []


def test_the_fewer_schools_the_more_is_chance(england: synthetic.England) -> None:
    small = synthetic.imagine(seed=SEED, n_schools=5_500)
    chance = {(one.figure, one.phase_group): one.chance for one in synthetic.measure(small)}
    for one in synthetic.measure(england):
        assert chance[one.figure, one.phase_group] == pytest.approx(2 * one.chance)
        assert one.allowed == pytest.approx(one.within + 2.5 * one.chance)


def test_drawing_the_absence_again_from_the_same_constants_changes_nothing(
    england: synthetic.England,
) -> None:
    again = with_other_absence(england, calibration())
    assert np.array_equal(again.panel.percent, england.panel.percent, equal_nan=True)


def test_london_is_high_in_primary_and_low_in_secondary(england: synthetic.England) -> None:
    of = {
        (found.phase_group, found.figure.removeprefix("persistent_pupils, ")): found.measured
        for found in synthetic.measure(england)
        if found.figure.startswith("persistent_pupils, ")
    }
    primary = {region: rate for (group, region), rate in of.items() if group == "primary"}
    secondary = {region: rate for (group, region), rate in of.items() if group == "secondary"}
    assert sorted(secondary, key=secondary.__getitem__)[:2] in (
        ["Inner London", "Outer London"],
        ["Outer London", "Inner London"],
    )
    assert sorted(primary, key=primary.__getitem__).index("Inner London") >= 5


def test_without_a_school_effect_the_checks_fail(england: synthetic.England) -> None:
    """Negative control: schools that differ by chance and context alone."""
    none = with_dynamics(spread_level=0.0, fresh_of_level=1.0, fresh_of_chance=1.0)
    found = failed(with_other_absence(england, none))
    for phase in ("primary", "secondary"):
        assert ("lag_1_r", phase) in found
        assert ("lag_3_r", phase) in found


def test_with_one_component_of_spread_the_checks_fail(england: synthetic.England) -> None:
    """Negative control: all that differs between schools lasts for ever."""
    one = with_dynamics(permanent_share=1.0, fresh_of_level=0.0, fresh_of_chance=0.0)
    found = failed(with_other_absence(england, one))
    for phase in ("primary", "secondary", "special"):
        assert {("lag_1_r", phase), ("lag_6_r", phase)} & found
        assert ("lag_5_r", phase) in found
    assert ("worst_tenth_falls_more", "primary") in found


def test_with_a_single_beta_of_pupils_the_checks_fail(england: synthetic.England) -> None:
    """Negative control: pupils without the high part of the mixture (one beta a group)."""
    # One beta each, fitted to the bands of 2018/19: it puts persistent absence far too high.
    single = pl.DataFrame(
        {
            "phase_group": ["primary", "primary", "secondary", "secondary", "special", "special"],
            "is_fsm": [True, False] * 3,
            "low_a": [0.76307, 0.66536, 0.56907, 0.46348, 0.53998, 0.4609],
            "low_b": [11.25789, 17.86369, 5.28792, 9.19846, 3.97236, 4.57088],
        }
    ).with_columns(high_share=0.0, high_a=1.0, high_b=1.0)
    mixtures = pl.concat(
        [single.with_columns(year=pl.lit(year)) for year in ("201819", "202223")]
    ).select(calibration().mixtures.columns)
    found = failed(
        with_other_absence(england, dataclasses.replace(calibration(), mixtures=mixtures))
    )
    for phase in ("primary", "secondary", "special"):
        assert ("persistent_pupils", phase) in found


def test_without_context_the_checks_fail(england: synthetic.England) -> None:
    """Negative control: absence that has nothing to do with free school meals."""
    nothing = with_dynamics(context={})  # type: ignore[arg-type]
    found = failed(with_other_absence(england, nothing))
    assert {("context_r_squared", "primary"), ("context_r_squared", "secondary")} <= found
    assert {("fsm_slope", "primary"), ("fsm_slope_secondary", "secondary")} <= found
