"""Bounds, monotony and steadiness of targets, over many schools at once (T5, T6, T7)."""

import dataclasses

import numpy as np
import polars as pl
import pytest

import panelling
from schoolhubs import targets
from schoolhubs.targets.constants import constants
from schoolhubs.targets.expecting import work_out
from schoolhubs.targets.model import context
from schoolhubs.targets.model.predicting import around_context
from schoolhubs.targets.model.scale import points
from schoolhubs.vocabulary.records.school.history import SchoolPanel

N = 10_000
TAUGHT = panelling.make(n=1_500, seed=5)
YEAR, BEFORE = TAUGHT.years[-1], TAUGHT.years[-2]
MODEL = targets.fit(TAUGHT.panel, until=BEFORE)
HELD = constants()


def odd_schools(seed: int = 9) -> SchoolPanel:
    """Give 10,000 schools of any context and history, likely or not."""
    made = panelling.make(n=N, seed=seed, years=8)
    rng = np.random.default_rng(seed)
    columns = {
        name: pl.Series(rng.uniform(0, 100, N))
        for name in ("fsm_ever_percent", "sen_support_percent", "ehc_plan_percent", "eal_percent")
    }
    figures = pl.Series(100 * rng.beta(0.6, 8, N * 8))
    return dataclasses.replace(
        made.panel,
        years=made.panel.years.with_columns(sess_overall_percent=figures),
        context=made.panel.context.with_columns(**columns),
    )


ODD = odd_schools()
FOUND = targets.expect(MODEL, ODD, year=YEAR)


def test_targets_keep_their_bounds_in_ten_thousand_schools() -> None:
    start = pl.min_horizontal("expected_percent", "baseline_percent")
    ask = pl.col("expected_percent") - pl.col("target_percent")
    tiny = 1e-9
    broken = FOUND.filter(
        (pl.col("target_percent") > start + tiny)
        | (pl.col("target_percent") > pl.col("baseline_percent") + tiny)
        | (ask < -tiny)
        | (
            (ask > HELD.most_ask_percent + tiny)
            & (pl.col("target_percent") < start - tiny)
            & (pl.col("expected_percent") <= pl.col("baseline_percent"))
        )
        | ~pl.col("chance_unaided").is_between(0, 1)
        | (pl.col("low_percent") >= pl.col("high_percent"))
        | ~pl.col("low_percent").is_between(0, 100)
        | ~pl.col("high_percent").is_between(0, 100)
    )
    assert FOUND.height == N
    assert broken.height == 0
    assert FOUND["target_percent"].null_count() == 0


def test_the_ask_the_frontier_and_the_floor_are_what_they_say() -> None:
    """Away from the baseline the ask is a share of the gap within its limits, down to the floor."""
    (worked,) = work_out(MODEL, ODD, year=YEAR)
    part, at, said = worked.part, worked.at, worked.said
    assert part.frontier[0] > part.floor[0], "a quarter of schools is further out than a tenth"
    frontier, floor = (
        points(worked.level + said.of_context + around_context(at, slopes), said.kept.variance)
        for slopes in (part.frontier, part.floor)
    )
    rows = worked.frame.with_columns(floor=floor).with_columns(
        ask=pl.col("expected_percent") - pl.col("target_percent"),
        gap=pl.col("expected_percent") - pl.col("frontier_percent"),
    )
    assert np.allclose(rows["frontier_percent"], frontier)
    free = rows.filter(
        (pl.col("target_percent") < pl.col("baseline_percent") - 1e-9)
        & (pl.col("target_percent") > pl.col("floor") + 1e-9)
    )
    assert free.height > 1_000
    asked = (HELD.ask_share * free["gap"]).clip(HELD.least_ask_percent, HELD.most_ask_percent)
    assert np.allclose(free["ask"], asked)
    below = rows.filter(pl.col("target_percent") < pl.col("floor") - 1e-9)
    there = (pl.col("expected_percent") <= pl.col("floor") + 1e-9) | (
        pl.col("target_percent") >= pl.col("baseline_percent") - 1e-9
    )
    assert below.filter(~there).is_empty(), "past the floor only who is there already"


@pytest.mark.parametrize(("quantile", "name"), [(0.25, "frontier"), (0.10, "floor")])
def test_as_many_schools_lie_below_the_frontier_and_the_floor_as_they_say(
    quantile: float, name: str
) -> None:
    (worked,) = work_out(MODEL, TAUGHT.panel, year=YEAR)
    level = worked.said.baseline - worked.said.of_context
    below = level < around_context(worked.at, getattr(worked.part, name))
    assert below.mean() == pytest.approx(quantile, abs=0.03)


@pytest.mark.parametrize(
    ("name", "more"),
    [("fsm_ever_percent", 10.0), ("sen_support_percent", 10.0), ("ehc_plan_percent", 5.0)],
)
def test_more_need_never_gets_a_harder_target(name: str, more: float) -> None:
    assert harder(MODEL, name, more) == 0


def harder(model: targets.fit, name: str, more: float) -> int:  # type: ignore[valid-type]
    """Count the schools whose target is harder with more need."""
    raised = pl.min_horizontal(pl.col(name) + more, pl.lit(100.0)).alias(name)
    panel = dataclasses.replace(ODD, context=ODD.context.with_columns(raised))
    plain = targets.expect(model, ODD, year=YEAR)["target_percent"]
    return int((targets.expect(model, panel, year=YEAR)["target_percent"] < plain - 1e-9).sum())


def test_without_the_bound_on_slopes_more_need_would(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "RISING", ())
    years = TAUGHT.panel.years.join(
        TAUGHT.panel.context.select("urn", "sen_support_percent"), on="urn", maintain_order="left"
    ).with_columns(
        sess_overall_percent=pl.col("sess_overall_percent")
        * (1 - pl.col("sen_support_percent") / 100)
    )
    panel = dataclasses.replace(TAUGHT.panel, years=years.drop("sen_support_percent"))
    assert harder(targets.fit(panel, until=BEFORE), "sen_support_percent", 10.0) > 0


def test_a_worse_last_year_never_gets_a_lower_target() -> None:
    raised = (
        pl.when(pl.col("year") == BEFORE)
        .then(pl.min_horizontal(pl.col("sess_overall_percent") + 0.5, pl.lit(99.0)))
        .otherwise("sess_overall_percent")
    )
    panel = dataclasses.replace(ODD, years=ODD.years.with_columns(sess_overall_percent=raised))
    worse = targets.expect(MODEL, panel, year=YEAR)
    assert int((worse["target_percent"] < FOUND["target_percent"] - 1e-9).sum()) == 0
    assert int((worse["expected_percent"] < FOUND["expected_percent"] - 1e-9).sum()) == 0


def test_no_row_order_changes_anything() -> None:
    shuffled = dataclasses.replace(
        TAUGHT.panel,
        years=TAUGHT.panel.years.sample(fraction=1, shuffle=True, seed=3),
        context=TAUGHT.panel.context.sample(fraction=1, shuffle=True, seed=4),
    )
    again = targets.fit(shuffled, until=BEFORE)
    assert targets.expect(again, shuffled, year=YEAR).equals(
        targets.expect(MODEL, TAUGHT.panel, year=YEAR)
    )


def test_with_no_effect_the_worst_do_not_seem_to_beat_their_target() -> None:
    came = TAUGHT.panel.years.filter(pl.col("year") == YEAR).select(
        "urn", came="sess_overall_percent"
    )
    level = dict(TAUGHT.panel.national.select("year", "sess_overall_percent").iter_rows())
    rebased = pl.col("came") - level[YEAR] + level[BEFORE]
    rows = (
        targets.expect(MODEL, TAUGHT.panel, year=YEAR)
        .join(came, on="urn")
        .with_columns(
            met=rebased <= pl.col("target_percent"),
            met_raw=rebased <= pl.col("last_year_percent") - 0.15,
            tenth=(10 * (pl.col("last_year_percent").rank("ordinal") - 1) / pl.len())
            .floor()
            .cast(pl.Int64),
        )
    )
    worst, middle = rows.filter(pl.col("tenth") == 9), rows.filter(pl.col("tenth").is_in([4, 5]))
    assert worst["met"].mean() <= middle["met"].mean() + 0.05  # type: ignore[operator]
    raw = worst["met_raw"].mean() - middle["met_raw"].mean()  # type: ignore[operator]
    assert raw > 0.05, "a target off last year's raw figure would let them seem to"


def test_a_fresh_draw_of_the_same_pupils_hardly_moves_a_target() -> None:
    rng = np.random.default_rng(11)
    rolls = TAUGHT.panel.context.filter(pl.col("n_pupils") >= 200).select("urn", "n_pupils")
    sessions, tied = 380, 2  # mornings and afternoons of a day go together
    drawn: list[dict[str, float]] = [{}, {}]
    for urn, roll in rolls.iter_rows():
        high = rng.random(int(roll)) < 0.1
        rates = np.where(high, rng.beta(0.7, 3.2, int(roll)), rng.beta(1.5, 26.0, int(roll)))
        for one in drawn:
            one[urn] = 100 * rng.binomial(sessions // tied, rates).sum() * tied / sessions / roll
    found = []
    for one in drawn:
        new = pl.col("urn").replace_strict(one, default=None, return_dtype=pl.Float64)
        figure = pl.when(pl.col("year") == BEFORE).then(new)
        panel = dataclasses.replace(
            TAUGHT.panel,
            years=TAUGHT.panel.years.with_columns(
                sess_overall_percent=pl.coalesce(figure, "sess_overall_percent")
            ),
        )
        found.append(targets.expect(MODEL, panel, year=YEAR, urns=tuple(one))["target_percent"])
    moved = (found[0] - found[1]).abs()
    assert (moved < 0.15).mean() >= 0.9  # type: ignore[operator]
