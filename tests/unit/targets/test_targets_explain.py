"""One school's target explained: pieces that add up, comparators that make sense, guards."""

import dataclasses
import json
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.special import logit

import panelling
from schoolhubs import targets
from schoolhubs.targets import comparing
from schoolhubs.targets.constants import constants
from schoolhubs.targets.model import predicting
from schoolhubs.targets.model.record import model_from
from schoolhubs.vocabulary.errors import DataProblem, UsageError
from schoolhubs.vocabulary.records.school.history import SchoolPanel
from schoolhubs.vocabulary.records.school.target import (
    AttendanceTarget,
    OfficialFigure,
    Replacement,
)

MADE = panelling.make(n=240)
YEAR, BEFORE = MADE.years[-1], MADE.years[-2]
MODEL = targets.fit(MADE.panel, until=BEFORE)
ONE = MADE.urns[7]
SECONDARY = panelling.make(n=240, phase="secondary", level=-2.8, seed=3)


def with_context(panel: SchoolPanel, **columns: pl.Expr) -> SchoolPanel:
    """Give the panel with columns of its context written anew."""
    return dataclasses.replace(panel, context=panel.context.with_columns(**columns))


def minutes(panel: SchoolPanel, value: float = 30.0) -> pl.DataFrame:
    """Put every school as many minutes away."""
    return panel.context.select("urn", minutes=pl.lit(value))


def test_contributions_add_up_exactly_in_every_school() -> None:
    for urn in MADE.urns[:40]:
        found = targets.explain(MODEL, MADE.panel, urn=urn)
        total = sum(each.points for each in found.contributions)
        assert total == pytest.approx(found.expected_percent - found.phase_mean_percent, abs=1e-9)
        assert len(found.contributions) <= 6
        sizes = [abs(each.points) for each in found.contributions]
        assert sizes == sorted(sizes, reverse=True)
        assert all(each.said for each in found.contributions)


def test_a_school_is_never_set_beside_itself_or_one_it_grew_out_of() -> None:
    twin = MADE.urns[8]
    panel = with_context(
        MADE.panel,
        context_urn=pl.when(pl.col("urn") == twin).then(pl.lit(ONE)).otherwise("context_urn"),
        **{
            name: pl.when(pl.col("urn") == twin)
            .then(MADE.panel.context.filter(pl.col("urn") == ONE)[name].item())
            .otherwise(name)
            for name in ("fsm_ever_percent", "sen_support_percent", "eal_percent")
        },
    )
    found = targets.explain(MODEL, panel, urn=ONE, preferred=(ONE, twin))
    assert {ONE, twin}.isdisjoint(each.urn for each in found.comparators)


def test_without_the_guard_a_school_would_be_its_own_likest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(comparing, "_apart_from", lambda pool, *_: pool)
    found = targets.explain(MODEL, MADE.panel, urn=ONE)
    assert found.comparators[0].urn == ONE


def test_no_comparator_comes_twice_and_preferences_add_none() -> None:
    plain = targets.explain(MODEL, MADE.panel, urn=ONE).comparators
    wish = (plain[3].urn, plain[3].urn, plain[0].urn)
    found = targets.explain(MODEL, MADE.panel, urn=ONE, preferred=wish).comparators
    urns = [each.urn for each in found]
    assert len(urns) == len(set(urns)) == len(plain)
    assert set(urns[:2]) == set(wish)


def selective(panel: SchoolPanel) -> SchoolPanel:
    """Make authority 201 a selective area, with a selective school in it."""
    area = pl.col("la_code") == "201"
    return with_context(
        panel,
        selective_share=pl.when(area).then(0.35).otherwise(0.0),
        is_selective=pl.col("urn") == SECONDARY.urns[0],
    )


def like(panel: SchoolPanel, urn: str) -> set[str]:
    """Name the comparators of a secondary school."""
    found = comparing.comparators(
        panel, urn, phase="secondary", year_before=BEFORE, held=constants()
    )
    return {each.urn for each in found.comparators}


def test_selective_areas_are_set_beside_selective_areas_only() -> None:
    panel = selective(SECONDARY.panel)
    areas = dict(panel.context.select("urn", "la_code").iter_rows())
    inside, outside = SECONDARY.urns[20], SECONDARY.urns[21]
    assert areas[inside] == "201"
    assert areas[outside] != "201"
    assert {areas[urn] for urn in like(panel, inside)} == {"201"}
    assert SECONDARY.urns[0] not in like(panel, inside), "nor a school beside one that selects"
    assert "201" not in {areas[urn] for urn in like(panel, outside)}


def test_without_the_guard_selective_areas_would_be_mixed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "_like_admission", lambda pool, *_: pool)
    panel = selective(SECONDARY.panel)
    areas = dict(panel.context.select("urn", "la_code").iter_rows())
    assert {areas[urn] for urn in like(panel, SECONDARY.urns[20])} != {"201"}


def middle(panel: SchoolPanel) -> SchoolPanel:
    """Make every third school of a panel one of pupils of 9 to 13."""
    is_middle = pl.int_range(pl.len()) % 3 == 0
    ages = {"age_low": (9, 11), "age_high": (13, 16)}
    context = panel.context.with_columns(
        pl.when(is_middle).then(of_middle).otherwise(other).alias(name)
        for name, (of_middle, other) in ages.items()
    )
    return dataclasses.replace(panel, context=context)


def test_schools_are_set_beside_schools_of_much_the_same_ages_only() -> None:
    panel = middle(SECONDARY.panel)
    ages = dict(panel.context.select("urn", "age_low").iter_rows())
    high = next(urn for urn, low in ages.items() if low == 11)
    lower = next(urn for urn, low in ages.items() if low == 9)
    assert {ages[urn] for urn in like(panel, high)} == {11}
    assert {ages[urn] for urn in like(panel, lower)} == {9}


def test_without_the_guard_ages_would_be_mixed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "_like_ages", lambda pool, *_: pool)
    panel = middle(SECONDARY.panel)
    ages = dict(panel.context.select("urn", "age_low").iter_rows())
    high = next(urn for urn, low in ages.items() if low == 11)
    assert {ages[urn] for urn in like(panel, high)} == {9, 11}


def test_a_comparator_says_its_ages_and_what_is_not_published_is_said() -> None:
    told = {"phase": "primary", "year_before": BEFORE, "held": constants()}
    found = comparing.comparators(MADE.panel, ONE, **told)
    assert all(each.why.startswith("ages 4 to 11 beside 4 to 11") for each in found.comparators)
    unknown = panelling.changed(MADE.panel, ONE, age_low=None, age_high=None)
    again = comparing.comparators(unknown, ONE, **told)
    assert again.comparators
    assert any("which ages" in note for note in again.notes)


def test_too_few_comparators_are_said() -> None:
    panel = selective(SECONDARY.panel)
    found = comparing.comparators(
        panel, SECONDARY.urns[0], phase="secondary", year_before=BEFORE, held=constants()
    )
    assert not found.comparators
    assert any("too few to lean on" in note for note in found.notes)


def test_missing_context_is_neither_zero_nor_the_usual_figure() -> None:
    whole = targets.explain(MODEL, MADE.panel, urn=ONE)
    gone = dict.fromkeys(("fsm_ever_percent", "fsm_percent", "sen_support_percent", "eal_percent"))
    missing = targets.explain(MODEL, panelling.changed(MADE.panel, ONE, **gone), urn=ONE)
    median = {name: MADE.panel.context[name].median() for name in gone}
    filled = targets.explain(MODEL, panelling.changed(MADE.panel, ONE, **median), urn=ONE)
    zero = targets.explain(
        MODEL, panelling.changed(MADE.panel, ONE, **dict.fromkeys(gone, 0.0)), urn=ONE
    )
    assert missing.expected_percent not in (filled.expected_percent, zero.expected_percent)
    assert {each.kind for each in missing.contributions} == {
        "last_year",
        "earlier_years",
        "size_region",
    }
    assert any("not taken as zero" in note for note in missing.notes)
    assert any("Likeness leaves out" in note for note in missing.notes)
    assert log_width(missing) >= log_width(whole)


def log_width(found: AttendanceTarget) -> float:
    """Give the width of an interval in log-odds, which does not hang on where it lies."""
    return float(logit(found.high_percent / 100) - logit(found.low_percent / 100))


def narrower(*gone: str) -> tuple[int, int]:
    """Count the schools whose interval is narrower, and wider, without some of their context."""
    nothing = with_context(MADE.panel, **{name: pl.lit(None, pl.Float64) for name in gone})
    odds = [(pl.col(f"{end}_percent") / (100 - pl.col(f"{end}_percent"))).log()
            for end in ("high", "low")]  # fmt: skip
    widths = [
        targets.expect(MODEL, panel, year=YEAR).select(width=odds[0] - odds[1])["width"]
        for panel in (MADE.panel, nothing)
    ]
    by = widths[1] - widths[0]
    return int((by < -1e-9).sum()), int((by > 1e-9).sum())


@pytest.mark.parametrize("gone", [("sen_support_percent",), ("fsm_ever_percent", "fsm_percent")])
def test_with_context_missing_no_interval_is_narrower(gone: tuple[str, ...]) -> None:
    n_narrower, n_wider = narrower(*gone)
    assert n_narrower == 0
    assert n_wider > 0


def test_without_the_guard_some_would_be_narrower(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(predicting, "widened", lambda reach, *_: reach)
    assert narrower("fsm_ever_percent", "fsm_percent")[0] > 0


def width(found: AttendanceTarget) -> float:
    """Give the width of an interval in points."""
    return found.high_percent - found.low_percent


def test_a_school_without_history_or_context_has_a_wider_interval() -> None:
    whole = targets.explain(MODEL, MADE.panel, urn=ONE)
    years = MADE.panel.years.filter((pl.col("urn") != ONE) | (pl.col("year") == YEAR))
    new = targets.explain(MODEL, dataclasses.replace(MADE.panel, years=years), urn=ONE)
    assert width(new) > 1.2 * width(whole)
    assert any("only its context speaks" in note for note in new.notes)


def test_small_rolls_widen_the_interval() -> None:
    found = targets.expect(MODEL, MADE.panel, year=YEAR).with_columns(
        relative=(pl.col("high_percent") - pl.col("low_percent")) / pl.col("expected_percent")
    )
    small = found.filter(pl.col("chance_size_percent") > 0.6)["relative"].mean()
    large = found.filter(pl.col("chance_size_percent") < 0.3)["relative"].mean()
    assert small > 1.3 * large  # type: ignore[operator]


def test_special_schools_get_trend_and_interval_and_no_target() -> None:
    made = panelling.make(n=120, phase="special", level=-2.2)
    panel = with_context(made.panel, need_types=pl.lit("autism; speech and language"))
    model = targets.fit(panel, until=BEFORE)
    table = targets.expect(model, panel, year=YEAR)
    assert table["target_percent"].null_count() == table.height
    assert table["chance_unaided"].null_count() == table.height
    assert table["low_percent"].null_count() == 0
    found = targets.explain(model, panel, urn=ONE, minutes=minutes(panel))
    assert found.target_percent is None
    assert found.trend
    assert found.need_types == "autism; speech and language"
    assert not found.comparators
    assert not found.visits
    text = targets.said.told(found)
    assert "a person sets a goal" in text
    assert "Target:" not in text


def test_an_alternative_provision_counted_with_secondary_gets_none_either() -> None:
    panel = with_context(MADE.panel, is_special_or_ap=pl.col("urn") == ONE)
    row = targets.expect(MODEL, panel, year=YEAR, urns=(ONE,)).row(0, named=True)
    assert row["target_percent"] is None
    assert "a person sets a goal" in row["reason"]


def test_visits_are_near_better_alike_and_of_another_trust() -> None:
    panel = with_context(MADE.panel, trust_id=pl.lit(None, pl.String))
    every = targets.explain(MODEL, panel, urn=ONE, minutes=minutes(panel)).visits
    assert every
    assert ONE not in {each.urn for each in every}
    assert all(each.better_percent >= 0.3 for each in every)
    best = every[0].urn
    shared = pl.when(pl.col("urn").is_in([ONE, best])).then(pl.lit("T1"))
    own_trust = with_context(MADE.panel, trust_id=shared)
    again = targets.explain(MODEL, own_trust, urn=ONE, minutes=minutes(panel)).visits
    assert best not in {each.urn for each in again}


@pytest.mark.parametrize(("away", "n"), [(59.9, True), (60.0, True), (60.1, False)])
def test_a_visit_is_within_the_limit(away: float, n: bool) -> None:
    found = targets.explain(MODEL, MADE.panel, urn=ONE, minutes=minutes(MADE.panel, away))
    assert bool(found.visits) is n


def test_a_visit_is_no_comparator_and_has_less_absence_than_the_school() -> None:
    panel = MADE.panel
    found = targets.explain(MODEL, panel, urn=ONE, minutes=minutes(panel))
    own = found.last_year_percent
    assert own is not None
    assert found.visits
    assert not {each.urn for each in found.visits} & {each.urn for each in found.comparators}
    assert all((each.absence_percent or own) < own for each in found.visits)
    # The negative control: without the school's own figure some have more.
    held = comparing.comparators(
        panel, ONE, phase="primary", year_before=found.national_year, held=constants()
    )
    better = held.pool.select("urn", better_percent=pl.lit(1.0))
    limits: dict[str, Any] = {"trust_id": None, "held": constants()}
    away = minutes(panel)
    free = comparing.visits(held, better, away, own_percent=None, **limits)
    none = comparing.visits(held, better, away, own_percent=0.0, **limits)
    assert (bool(free), none) == (True, ())


def test_an_unreachable_school_is_no_visit_and_no_travel_is_said() -> None:
    nowhere = MADE.panel.context.select("urn", minutes=pl.lit(None, pl.Float64))
    found = targets.explain(MODEL, MADE.panel, urn=ONE, minutes=nowhere)
    assert not found.visits
    assert any("lies within 60 minutes" in note for note in found.notes)
    assert any(
        "No travel times" in note for note in targets.explain(MODEL, MADE.panel, urn=ONE).notes
    )


def test_a_challenge_keeps_both_versions_and_the_reason() -> None:
    held = MADE.panel.years.filter((pl.col("urn") == ONE) & (pl.col("year") == BEFORE))
    was = held["sess_overall_percent"].item()
    beside = targets.explain(MODEL, MADE.panel, urn=ONE).comparators[0].urn
    replaced = (
        Replacement(
            kind="figure",
            name=BEFORE,
            before=was,
            after=was - 1.5,
            reason="Two weeks were counted twice.",
            decided_by="Officer A",
        ),
        Replacement(
            kind="comparator",
            name=beside,
            before=None,
            after=None,
            reason="It has a resourced unit.",
            decided_by="Officer A",
        ),
    )
    found = targets.recompute(MODEL, MADE.panel, urn=ONE, year=YEAR, replacements=replaced)
    assert found.after.expected_percent < found.before.expected_percent
    assert found.after.last_year_percent == pytest.approx(was - 1.5)
    assert beside in {each.urn for each in found.before.comparators}
    assert beside not in {each.urn for each in found.after.comparators}
    assert found.as_dict()["replacements"][0]["reason"] == "Two weeks were counted twice."
    others = targets.expect(MODEL, MADE.panel, year=YEAR).filter(pl.col("urn") != ONE)
    assert others.height == len(MADE.urns) - 1


def test_a_challenge_of_a_context_value_moves_the_target() -> None:
    was = MADE.panel.context.filter(pl.col("urn") == ONE)["fsm_ever_percent"].item()
    one = Replacement(
        kind="context",
        name="fsm_ever_percent",
        before=was,
        after=was + 20,
        reason="A count of another school.",
        decided_by="Officer B",
    )
    found = targets.recompute(MODEL, MADE.panel, urn=ONE, year=YEAR, replacements=(one,))
    assert found.after.expected_percent > found.before.expected_percent


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"reason": " "}, "needs a reason"),
        ({"decided_by": ""}, "who decided"),
        ({"before": 99.0}, "is there now"),
        ({"kind": "weather"}, "nothing that can be replaced"),
        ({"kind": "context", "name": "colour"}, "no context figure"),
        ({"name": "1999/00"}, "nothing is there now"),
    ],
)
def test_a_challenge_that_cannot_be_is_refused(change: dict[str, object], said: str) -> None:
    held = MADE.panel.years.filter((pl.col("urn") == ONE) & (pl.col("year") == BEFORE))
    one = Replacement(
        kind="figure",
        name=BEFORE,
        before=held["sess_overall_percent"].item(),
        after=3.0,
        reason="It was wrong.",
        decided_by="Officer A",
    )
    bad = dataclasses.replace(one, **change)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=said):
        targets.recompute(MODEL, MADE.panel, urn=ONE, year=YEAR, replacements=(bad,))


def test_an_official_figure_stands_beside_ours() -> None:
    official = OfficialFigure(percent=5.2, issued_by="The Department", issued_on="2025-11-12")
    found = targets.explain(MODEL, MADE.panel, urn=ONE, official=official)
    plain = targets.explain(MODEL, MADE.panel, urn=ONE)
    assert found.target_percent == plain.target_percent
    assert "The Department issued 5.2 %" in targets.said.told(found)


def test_the_page_says_the_chance_and_what_it_is_not() -> None:
    found = targets.explain(MODEL, MADE.panel, urn=ONE, minutes=minutes(MADE.panel))
    text = targets.said.told(found)
    assert f"{100 * found.chance_unaided:.0f} %" in text  # type: ignore[operator]
    assert "never a ground for a sanction" in text
    assert "moves with the national figure" in text
    for word in ("penalty", "fine", "prosecution"):
        assert word not in text


def test_an_unknown_school_is_told() -> None:
    with pytest.raises(DataProblem, match="nothing can be expected of school 999999"):
        targets.explain(MODEL, MADE.panel, urn="999999")


def test_distances_do_not_hang_on_one_extreme_school() -> None:
    far = panelling.changed(MADE.panel, MADE.urns[0], eal_percent=100.0, n_pupils=9000.0)
    plain = comparing.comparators(
        MADE.panel, ONE, phase="primary", year_before=BEFORE, held=constants()
    )
    moved = comparing.comparators(far, ONE, phase="primary", year_before=BEFORE, held=constants())
    likest = [[each.distance for each in one.comparators[:5]] for one in (plain, moved)]
    assert np.allclose(*likest, rtol=0.1)


def test_a_model_of_another_definition_is_explained_by_its_own() -> None:
    told = json.loads(MODEL.as_json())
    own = {"comparators": 7, "one_year_chance_percent": 0.01, "interval_share": 0.9,
           "judging_share": 0.6}  # fmt: skip
    for name, value in own.items():
        told["definition"]["constants"][name]["value"] = value
    model = model_from(json.dumps(told))
    found = targets.explain(model, MADE.panel, urn=ONE)
    plain = targets.explain(MODEL, MADE.panel, urn=ONE)
    assert (len(found.comparators), len(plain.comparators)) == (7, 20)
    assert (found.is_small, plain.is_small) == (True, False)
    assert width(found) > width(plain)
    assert found.margin_below_percent < plain.margin_below_percent  # type: ignore[operator]
    assert "About 9 in 10 schools like it" in targets.said.told(found)
    assert "About 8 in 10 schools like it" in targets.said.told(plain)


def test_the_side_of_earlier_years_is_the_one_their_piece_adds() -> None:
    for urn in MADE.urns[:60]:
        found = targets.explain(MODEL, MADE.panel, urn=urn)
        piece = next(each for each in found.contributions if each.kind == "earlier_years")
        assert ("above" in piece.said) == (piece.points > 0)
