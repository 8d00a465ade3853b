"""Funnel limits hold what chance explains; groups divide only who can be told apart."""

import numpy as np
import polars as pl
import pytest

from schoolhubs.standing.apart import told_apart
from schoolhubs.standing.funnel import funnel
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.errors import UsageError

YEAR = AcademicYear("2018/19")
SD = 6.0  # of primary pupils in 2018/19


def schools(n: int, *, between: float, seed: int = 1, worst: float = 0.0) -> pl.DataFrame:
    """Draw schools whose true figures spread by ``between`` points, and add chance by size."""
    rng = np.random.default_rng(seed)
    size = rng.integers(40, 700, n)
    value = 10 + rng.normal(0, between, n) + rng.normal(0, 1, n) * SD / np.sqrt(size)
    value[: n // 50] += worst
    urns = [f"{900000 + at}" for at in range(n)]
    return pl.DataFrame({"urn": urns, "size": size, "value": value, "phase": "primary"})


def share_beyond(table: pl.DataFrame, *names: str) -> float:
    return float(table["lies"].is_in(names).mean())  # type: ignore[arg-type]


def test_with_chance_alone_one_in_twenty_lies_beyond_the_inner_limit() -> None:
    drawn = funnel(schools(4_000, between=0.0), phase="primary", year=YEAR)
    assert drawn.between_sd_percent == pytest.approx(0, abs=0.1)
    assert 0.03 < 1 - share_beyond(drawn.schools, "within") < 0.07
    assert share_beyond(drawn.schools, "above_998", "below_998") < 0.006


def test_the_spread_of_schools_is_measured_and_widens_the_limits() -> None:
    drawn = funnel(schools(4_000, between=0.8), phase="primary", year=YEAR)
    # Held in at both ends, the measure is a little low on purpose.
    assert 0.55 < (drawn.between_sd_percent or 0) < 0.85
    assert (drawn.overdispersion or 0) > 2
    assert 1 - share_beyond(drawn.schools, "within") < 0.13


def test_limits_of_chance_alone_would_flag_far_more() -> None:
    """The negative control: without overdispersion a third of ordinary schools would stand out."""
    table = schools(4_000, between=0.8)
    chance = 1.96 * SD / table["size"].to_numpy() ** 0.5
    off = np.abs(table["value"].to_numpy() - 10) > chance
    assert off.mean() > 0.3


def test_a_few_extreme_schools_do_not_excuse_each_other() -> None:
    drawn = funnel(schools(1_000, between=0.3, worst=8.0), phase="primary", year=YEAR)
    extreme = drawn.schools.head(20)
    assert share_beyond(extreme, "above_998") == 1.0
    assert (drawn.between_sd_percent or 0) < 0.6


def test_with_few_schools_the_spread_is_not_guessed() -> None:
    drawn = funnel(schools(19, between=0.8), phase="primary", year=YEAR)
    assert drawn.between_sd_percent is None
    assert drawn.overdispersion is None


def test_a_school_without_a_figure_takes_no_part_and_lies_nowhere() -> None:
    table = schools(100, between=0.3)
    holes = table.with_columns(
        value=pl.when(pl.int_range(pl.len()) < 3).then(None).otherwise(pl.col("value"))
    )
    drawn = funnel(holes, phase="primary", year=YEAR)
    assert drawn.n_schools == 97
    assert drawn.schools["lies"].head(3).to_list() == [None, None, None]
    assert drawn.schools.height == 100


def test_a_phase_without_a_spread_is_refused_in_words() -> None:
    with pytest.raises(UsageError, match="alternative_provision"):
        funnel(schools(50, between=0.3), phase="alternative_provision", year=YEAR)


def test_schools_of_different_groups_always_differ() -> None:
    levels = pl.Series([4.0, 9.0, 9.0, 14.0] * 10)
    drawn = schools(40, between=0.2).with_columns(value=pl.col("value") - 10 + levels)
    table = told_apart(drawn, year=YEAR)
    groups = table["group"].to_list()
    assert [groups.count(each) for each in "abc"] == [10, 20, 10]
    for at, group in enumerate(groups):
        for other in range(at):
            if groups[other] != group:
                gap = table["value"][at] - table["value"][other]
                chance = SD * np.hypot(*(table["size"][each] ** -0.5 for each in (at, other)))
                assert gap > 1.96 * chance


def test_schools_that_differ_by_chance_alone_are_one_group() -> None:
    """No division in 19 of 20 such trusts or more: the error is held over all pairs together."""
    divided = [
        told_apart(schools(25, between=0.0, seed=seed), year=YEAR)["group"].n_unique() > 1
        for seed in range(200)
    ]
    assert sum(divided) <= 10


def test_dividing_at_every_gap_would_split_them() -> None:
    """The negative control: neighbours alone, without all pairs, are divided by chance."""
    n_split = 0
    for seed in range(200):
        table = schools(25, between=0.0, seed=seed).sort("value")
        low = table["value"] - 1.96 * SD / table["size"].sqrt()
        high = table["value"] + 1.96 * SD / table["size"].sqrt()
        n_split += bool((low.gather([24]) > high.gather([0])).item())
    assert n_split > 30


def test_a_school_without_a_figure_comes_last_and_in_no_group() -> None:
    table = schools(3, between=3.0).with_columns(
        value=pl.Series([5.0, None, 9.0]), phase=pl.Series(["primary", "primary", "other"])
    )
    placed = told_apart(table, year=YEAR)
    assert placed["group"].to_list() == ["a", None, None]
    assert placed["low"].null_count() == 2


def test_a_chain_of_near_schools_is_one_group_though_its_ends_differ() -> None:
    rows = {"urn": list("abcde"), "phase": "primary", "size": 400}
    table = told_apart(pl.DataFrame({**rows, "value": [4.0, 4.9, 5.8, 6.7, 7.6]}), year=YEAR)
    assert set(table["group"]) == {"a"}
    assert table["n_lower"].to_list() == [0, 0, 1, 2, 3]
    assert table["n_higher"].to_list() == [3, 2, 1, 0, 0]


def test_no_schools_are_no_groups() -> None:
    assert told_apart(schools(3, between=1.0).clear(), year=YEAR).is_empty()
