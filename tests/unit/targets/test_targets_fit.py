"""A fit on schools whose truth is known: what it learns, and what it must not read."""

import dataclasses

import numpy as np
import polars as pl
import pytest

import panelling
from schoolhubs import targets
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
