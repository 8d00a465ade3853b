"""A fit on schools whose truth is known: what it learns, and what it must not read."""

import dataclasses
import json
from typing import Any

import numpy as np
import polars as pl
import pytest

import panelling
from schoolhubs import targets
from schoolhubs.targets.constants import constants
from schoolhubs.targets.model import parts
from schoolhubs.targets.model.arrays import Lesson
from schoolhubs.targets.model.record import Part, model_from
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.errors import DataProblem, UsageError

MADE = panelling.make()
LAST = MADE.years[-1]
MODEL = targets.fit(MADE.panel, until=MADE.years[-2])
FOUND = targets.expect(MODEL, MADE.panel, year=LAST)


def actual(panel: panelling.SchoolPanel, year: str) -> pl.Series:
    """Give the absence of a year in order of URN."""
    return panel.years.filter(pl.col("year") == year).sort("urn")["sess_overall_percent"]


def test_the_expectation_is_nearer_than_last_year() -> None:
    came = actual(MADE.panel, LAST)
    ours = (FOUND["expected_percent"] - came).abs().mean()
    raw = (FOUND["last_year_percent"] - came).abs().mean()
    assert ours < 0.9 * raw


def test_the_baseline_is_nearer_the_truth_than_the_published_figure() -> None:
    truth = 100 / (1 + np.exp(-MADE.truth[:, -2]))
    published = np.abs(actual(MADE.panel, MADE.years[-2]).to_numpy() - truth).mean()
    assert np.abs(FOUND["baseline_percent"].to_numpy() - truth).mean() < 0.85 * published


def test_the_interval_holds_what_it_says() -> None:
    came = actual(MADE.panel, LAST)
    held = ((came >= FOUND["low_percent"]) & (came <= FOUND["high_percent"])).mean()
    assert 0.74 <= held <= 0.88


def test_nothing_of_the_year_itself_is_read() -> None:
    later = panelling.make(shift=0.7)
    scrambled = dataclasses.replace(
        MADE.panel,
        years=MADE.panel.years.with_columns(
            pl.when(pl.col("year") == LAST)
            .then(99.0)
            .otherwise("sess_overall_percent")
            .alias("sess_overall_percent")
        ),
        national=later.panel.national,
    )
    assert targets.fit(scrambled, until=MADE.years[-2]).as_json() == MODEL.as_json()
    assert targets.expect(MODEL, scrambled, year=LAST).equals(FOUND)
    before = targets.expect(
        MODEL, panelling.refigured(MADE.panel, MADE.urns[0], MADE.years[-2], 12.0), year=LAST
    )
    assert not before.equals(FOUND), "the year before is read"


def test_a_model_read_back_is_the_same(tmp_path: object) -> None:
    path = tmp_path / "model.json"  # type: ignore[operator]
    path.write_text(MODEL.as_json())
    again = targets.read_model(path)
    assert again.as_json() == MODEL.as_json() == path.read_text()
    assert targets.expect(again, MADE.panel, year=LAST).equals(FOUND)


@pytest.mark.parametrize(
    "text", ["", "{}", "[1]", '{"layout_version": 99}', '{"layout_version": 1}']
)
def test_a_file_that_is_no_model_is_told(tmp_path: object, text: str) -> None:
    path = tmp_path / "model.json"  # type: ignore[operator]
    path.write_text(text)
    with pytest.raises(DataProblem, match=r"model\.json"):
        targets.read_model(path)


def test_a_year_without_figures_cannot_be_learned_from() -> None:
    with pytest.raises(DataProblem, match="no absence figures of 2030/31"):
        targets.fit(MADE.panel, until="2030/31")


def test_one_year_alone_cannot_tell_what_lasts() -> None:
    first = MADE.years[0]
    with pytest.raises(DataProblem, match="and of a year before"):
        targets.fit(MADE.panel, until=first)


def test_a_year_before_all_figures_is_refused() -> None:
    with pytest.raises(UsageError, match="Nothing is known of primary schools before 2001/02"):
        targets.expect(MODEL, MADE.panel, year="2001/02")


def test_a_missing_national_row_leaves_the_model_s_own() -> None:
    nothing = dataclasses.replace(MADE.panel, national=MADE.panel.national.clear())
    assert targets.expect(MODEL, nothing, year=LAST).equals(FOUND)


def test_who_has_a_figure_in_the_year_told_changes_nothing() -> None:
    closed = MADE.urns[3]
    shut = pl.when(pl.col("urn") == closed).then(pl.lit(value=False)).otherwise("is_open")
    panel = dataclasses.replace(MADE.panel, context=MADE.panel.context.with_columns(is_open=shut))
    gone = dataclasses.replace(
        panel, years=panel.years.filter((pl.col("urn") != closed) | (pl.col("year") < LAST))
    )
    none = dataclasses.replace(panel, years=panel.years.filter(pl.col("year") < LAST))
    found = [targets.expect(MODEL, each, year=LAST) for each in (panel, gone, none)]
    assert found[0].equals(found[1])
    assert found[0].equals(found[2])
    assert closed in found[0]["urn"], "it had a figure in the year before"


def test_a_school_of_neither_the_year_before_nor_now_is_told_when_asked_for_only() -> None:
    closed = MADE.urns[3]
    shut = pl.when(pl.col("urn") == closed).then(pl.lit(value=False)).otherwise("is_open")
    panel = dataclasses.replace(
        MADE.panel,
        context=MADE.panel.context.with_columns(is_open=shut),
        years=MADE.panel.years.filter(
            (pl.col("urn") != closed) | (pl.col("year") < MADE.years[-2])
        ),
    )
    assert closed not in targets.expect(MODEL, panel, year=LAST)["urn"]
    assert targets.expect(MODEL, panel, year=LAST, urns=(closed,)).height == 1


def test_the_roll_of_the_year_that_is_learned_from_is_not_read() -> None:
    """A new school has no roll but its first year's, which nobody knew before."""
    until, new = MADE.years[-2], pl.col("urn") == MADE.urns[5]
    years = MADE.panel.years.filter(~new | (pl.col("year") >= until))
    context = MADE.panel.context.with_columns(
        n_pupils=pl.when(new).then(None).otherwise("n_pupils")
    )
    plain = dataclasses.replace(MADE.panel, years=years, context=context)
    swollen = dataclasses.replace(
        plain,
        years=years.with_columns(
            enrolments=pl.when(new & (pl.col("year") == until)).then(9_000).otherwise("enrolments")
        ),
    )
    assert targets.fit(plain, until=until).as_json() == targets.fit(swollen, until=until).as_json()


def test_the_interval_is_made_of_schools_whose_authority_was_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    codes: list[set[str]] = []
    seen: dict[float, set[str]] = {}
    used: list[set[str]] = []
    learned, predicted, scored = parts._learned, parts.predict, parts._scores

    def watched(name: str, lessons: list[Lesson], *more: Any) -> Any:
        part = learned(name, lessons, *more)
        codes.append(set(lessons[0].la_codes.tolist()))
        seen[part.intercept] = codes[-1]
        return part

    def told(name: str, part: Part, *more: Any) -> Any:
        used.append(seen[part.intercept])
        return predicted(name, part, *more)

    def checked(name: str, each: Lesson, *more: Any) -> Any:
        assert not used[-1] & set(each.la_codes.tolist())
        return scored(name, each, *more)

    monkeypatch.setattr(parts, "_learned", watched)
    monkeypatch.setattr(parts, "predict", told)
    monkeypatch.setattr(parts, "_scores", checked)
    targets.fit(MADE.panel, until=MADE.years[-2])
    assert max(len(each) for each in codes) == 20
    assert min(len(each) for each in codes) < 20
    assert used


TWO_BEFORE = MADE.years[-3]
EARLY = targets.fit(MADE.panel, until=TWO_BEFORE)
KNOWN = dataclasses.replace(
    MADE.panel,
    years=MADE.panel.years.filter(pl.col("year") <= TWO_BEFORE),
    national=MADE.panel.national.filter(pl.col("year") <= TWO_BEFORE),
)


def test_two_years_ahead_the_interval_is_that_of_schools_told_two_years_ahead() -> None:
    came = actual(MADE.panel, LAST)
    found = targets.expect(EARLY, KNOWN, year=LAST)
    held = ((came >= found["low_percent"]) & (came <= found["high_percent"])).mean()
    assert 0.74 <= held <= 0.88
    next_year = targets.expect(EARLY, KNOWN, year=MADE.years[-2])
    wide, narrow = (
        (each["high_percent"] - each["low_percent"]).mean() for each in (found, next_year)
    )
    assert wide > 1.05 * narrow  # type: ignore[operator]


def test_its_spread_is_measured_with_the_year_before_hidden(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    part = EARLY.phases["primary"].parts["full"]
    assert part.spread_without_last.keys() == part.spread.keys()
    assert part.spread_without_last != part.spread
    monkeypatch.setattr(Lesson, "without_last", lambda each: each)
    shown = targets.fit(MADE.panel, until=TWO_BEFORE).phases["primary"].parts["full"]
    assert shown.spread_without_last == shown.spread


def test_two_years_ahead_it_is_said_and_comparators_are_of_the_newest_year() -> None:
    found = targets.explain(EARLY, KNOWN, urn=MADE.urns[0], year=LAST)
    assert any(f"looks two years ahead, from {TWO_BEFORE}" in note for note in found.notes)
    assert len(found.comparators) == constants().comparators
    next_year = targets.explain(EARLY, KNOWN, urn=MADE.urns[0])
    assert not any("two years ahead" in note for note in next_year.notes)
    assert found.margin_above_percent > next_year.margin_above_percent  # type: ignore[operator]


def test_what_a_model_keeps_no_spread_for_is_refused() -> None:
    later = str(AcademicYear(LAST).plus(1))
    with pytest.raises(UsageError, match="How unsure"):
        targets.expect(EARLY, KNOWN, year=later)
    told = json.loads(EARLY.as_json()) | {"layout_version": 2}
    for of in told["phases"].values():
        del of["shift_in_two_log_odds"]
        for part in of["parts"].values():
            del part["spread_without_last"]
    earlier = model_from(json.dumps(told))
    with pytest.raises(UsageError, match="fit the model again"):
        targets.expect(earlier, KNOWN, year=LAST)
    same = (targets.expect(each, KNOWN, year=MADE.years[-2]) for each in (EARLY, earlier))
    assert next(same).equals(next(same))
