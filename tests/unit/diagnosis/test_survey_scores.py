"""Scores of people, weights, finite staffs, kinds of schools, and items groups read differently."""

import numpy as np
import polars as pl
import pytest

from schoolhubs import diagnosis
from schoolhubs.diagnosis.scoring.statistics import weighting
from schoolhubs.diagnosis.scoring.tables import itemwise, people
from surveying import answered, school

PUPILS, STAFF = diagnosis.instrument("pupil-survey"), diagnosis.instrument("staff-survey")


def test_a_scale_needs_three_of_its_four_items_and_turns_reversed_ones() -> None:
    names = [item.name for item in PUPILS.of_scale("routines")]
    assert [PUPILS.item(name).is_reversed for name in names] == [False, False, False, True]
    rows = [[4, 4, 4, 1], [4, 4, 4, None], [4, 4, None, None], [1, 1, 1, 4]]
    blank = {item.name: [None] * 4 for item in PUPILS.items}
    given = {name: [row[k] for row in rows] for k, name in enumerate(names)}
    answers = pl.DataFrame(blank | given, schema_overrides=dict.fromkeys(blank, pl.Int64))

    scored = people.persons(answers, PUPILS, {})
    assert scored["scale:routines"].to_list() == [100, 100, None, 0]
    assert scored[f"item:{names[3]}"].to_list() == [100, None, None, 0]


def test_no_weight_is_beyond_the_limits_and_what_it_cannot_carry_is_spread() -> None:
    label = np.array([0] * 95 + [1] * 5)
    margin = weighting.Margin(label=label, share=np.array([0.5, 0.5]))
    weight = weighting.rake(100, [margin], limits=(0.33, 3.0))

    assert weight.max() == pytest.approx(3.0)
    assert weight.min() >= 0.33
    assert weight.mean() == pytest.approx(1.0)


def test_several_margins_are_met_at_once() -> None:
    rng = np.random.default_rng(1)
    labels = [rng.integers(0, 2, 400), rng.integers(0, 3, 400)]
    shares = [np.array([0.4, 0.6]), np.array([0.25, 0.35, 0.4])]
    margins = [
        weighting.Margin(label=label, share=share)
        for label, share in zip(labels, shares, strict=True)
    ]
    weight = weighting.rake(400, margins, limits=(0.33, 3.0))
    for margin in margins:
        found = np.bincount(margin.label, weight) / weight.sum()
        assert found == pytest.approx(margin.share, abs=1e-6)


def test_intervals_of_a_staff_narrow_as_more_of_it_answers() -> None:
    answers = answered(
        STAFF, np.random.default_rng(1).normal(size=30), seed=2, role=["teacher"] * 30
    )

    def width(n_asked: int) -> float:
        asked = pl.DataFrame({"urn": ["900001"], "role": ["teacher"], "n_asked": [n_asked]})
        found = diagnosis.score(answers, STAFF, population=asked).scores
        row = found.filter(measure="safety", cut="all").row(0, named=True)
        return float(row["high"] - row["low"])

    assert width(32) < 0.5 * width(300)


def test_many_schools_are_shrunk_and_placed_and_a_low_response_is_not() -> None:
    rng = np.random.default_rng(3)
    urns = [f"{900000 + k}" for k in range(24)]
    parts = [
        school(PUPILS, 15, seed=k, level=rng.normal(0, 0.6), urn=urn).drop(
            "year_group", "sex", "fsm"
        )
        for k, urn in enumerate(urns)
    ]
    n_asked = [20] * 23 + [100]
    asked = pl.DataFrame({"urn": urns, "fsm": ["no"] * 24, "n_asked": n_asked})
    found = diagnosis.score(pl.concat(parts), PUPILS, population=asked, by=[])
    rows = found.scores.filter(measure="safety").sort("urn")

    assert (rows["shrunk"] - rows["shrunk"].mean()).abs().sum() < (
        rows["value"] - rows["value"].mean()
    ).abs().sum()
    assert rows["rank_low"].null_count() == 1
    assert rows["rank_low"][-1] is None
    assert (rows["rank_low"] <= rows["rank_high"]).drop_nulls().all()
    assert any(each.startswith("900023") and "low response" in each for each in found.warnings)


def test_an_item_that_one_phase_reads_differently_is_found() -> None:
    rng = np.random.default_rng(7)
    phase = ["primary"] * 400 + ["secondary"] * 400
    answers = answered(PUPILS, rng.normal(size=800), seed=8, skipped=0.0, phase=phase)
    better = (pl.col("break_felt_safe") + 1).clip(1, 4)
    bent = answers.with_columns(
        break_felt_safe=pl.when(pl.col("phase") == "primary")
        .then(better)
        .otherwise("break_felt_safe")
    )

    def sizes(frame: pl.DataFrame) -> dict[str, str]:
        found = itemwise.item_differences(frame, PUPILS, {})
        return dict(found.select("item", "size").iter_rows())

    assert sizes(bent)["break_felt_safe"] == "large"
    assert set(sizes(answers).values()) <= {"negligible", "moderate"}
