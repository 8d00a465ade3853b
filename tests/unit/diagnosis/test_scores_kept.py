"""Scores and what was released come back from JSON as they were."""

import json

import polars as pl
import pytest

import surveying
from schoolhubs import diagnosis, disclosure
from schoolhubs.vocabulary.records.diagnosis.surveys import TABLES, SurveyScores

PUPILS = diagnosis.instrument("pupil-survey")


@pytest.fixture(scope="module")
def scored() -> SurveyScores:
    """Score a school with a group of nine, so that something is hidden."""
    answers = surveying.school(PUPILS, 130, seed=4)
    small = surveying.school(PUPILS, 9, seed=5).with_columns(year_group=pl.lit("5"))
    first = diagnosis.score(pl.concat([answers, small]), PUPILS)
    again = surveying.school(PUPILS, 120, seed=6, wave="2027-03")
    return diagnosis.score(again, PUPILS, earlier=first.scores, released=first.releases)


def test_every_table_comes_back_as_it_was(scored: SurveyScores) -> None:
    back = SurveyScores.from_dict(json.loads(json.dumps(scored.as_dict())))
    assert all(getattr(back, name).equals(getattr(scored, name)) for name in TABLES)
    assert back.warnings == scored.warnings
    assert scored.changes.height > 0


def test_releases_are_attacked_alike_once_they_come_back(scored: SurveyScores) -> None:
    back = SurveyScores.from_dict(json.loads(json.dumps(scored.as_dict())))
    assert [each.name for each in back.releases] == [each.name for each in scored.releases]
    assert len(back.releases) == 2
    assert disclosure.audit(back.releases) == disclosure.audit(scored.releases) == ()
    hidden = back.releases[0].table.filter(pl.col("n_mark") == "c")
    assert hidden.height > 0
    assert hidden["n"].null_count() == hidden.height


def test_the_order_of_columns_outlives_a_database_that_keeps_none(scored: SurveyScores) -> None:
    back = SurveyScores.from_dict(json.loads(json.dumps(scored.as_dict(), sort_keys=True)))
    for ours, theirs in zip(back.releases, scored.releases, strict=True):
        assert ours.table.equals(theirs.table)
    assert back.scores.equals(scored.scores)


def test_a_table_with_a_figure_that_is_none_is_refused(scored: SurveyScores) -> None:
    told = scored.as_dict()
    told["scores"] = [{**told["scores"][0], "said": None}]
    with pytest.raises(Exception, match="said is missing"):
        SurveyScores.from_dict(told)
