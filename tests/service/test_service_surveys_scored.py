"""A closed survey is scored once, as the command line scores the same answers."""

import datetime
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction

from polled import by_command, poll, pupils, scored, staff
from schoolhubs import diagnosis, disclosure
from schoolhubs.service.jobs.models import Work
from schoolhubs.service.surveys import queries
from schoolhubs.service.surveys.models import KeptScores, Survey
from schoolhubs.service.surveys.results import asked
from schoolhubs.service.surveys.scores import scoring, working
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.records.diagnosis.surveys import TABLES
from schoolhubs.vocabulary.tables import csv_text
from surveyed import AT, ON, WHO, opened

pytestmark = pytest.mark.django_db


def test_the_scores_are_those_of_the_command_line_wave_after_wave(tmp_path: Path) -> None:
    june, november = pupils(90, seed=1, wave="2026-06"), pupils(110, seed=2, level=0.3)
    folders: list[Path] = []
    for frame in (june, november):
        survey = poll(frame)
        kept = scored(survey)
        bare = frame.drop("urn")
        out = by_command(
            bare, survey, tmp_path / survey.wave, earlier=folders[-1] if folders else None
        )
        folders.append(out)
        found = scoring.read(kept)
        for name in TABLES:
            assert (out / f"{name}.csv").read_text() == csv_text(getattr(found, name)), name
        released = disclosure.read_releases(out / "releases")
        assert [each.name for each in released] == [each.name for each in found.releases]
        for ours, theirs in zip(found.releases, released, strict=True):
            assert ours.table.columns == theirs.table.columns
            assert sorted(ours.table.rows(), key=str) == sorted(theirs.table.rows(), key=str)
    assert found.changes.height > 0
    assert len(found.releases) == 2


def test_staff_beside_pupils_is_the_gap_of_the_command_line(tmp_path: Path) -> None:
    pupils_said, staff_said = pupils(90, seed=3, level=-0.5), staff(45, seed=4, level=0.6)
    of_pupils, of_staff = poll(pupils_said), poll(staff_said, "staff-survey")
    ours = [scoring.read(scored(each)).scores for each in (of_staff, of_pupils)]
    first = by_command(pupils_said.drop("urn"), of_pupils, tmp_path / "pupils")
    out = by_command(staff_said.drop("urn"), of_staff, tmp_path / "staff", beside=first)
    gaps = diagnosis.scoring.gap(ours[0], ours[1])
    assert (out / "gaps.csv").read_text() == csv_text(gaps)
    assert "staff higher" in gaps["verdict"].to_list()


def test_what_is_kept_is_kept_once_and_never_changes() -> None:
    survey = poll(pupils(30, seed=5))
    kept = scored(survey)
    assert scored(survey).pk == kept.pk
    assert KeptScores.objects.count() == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        KeptScores.objects.update(record={})


def test_a_survey_that_is_open_is_not_scored() -> None:
    survey, _ = opened()
    with pytest.raises(Conflict, match="not closed"):
        scoring.scored(survey)


def test_a_survey_that_nobody_answered_shows_nothing_and_says_so() -> None:
    kept = scored(poll(pupils(1, seed=6).clear(), wave="2026-11"))
    found = scoring.read(kept)
    assert found.scores.is_empty()
    assert "nobody answered" in found.warnings[0]


def test_a_pool_of_two_small_waves_is_scored_as_one() -> None:
    first = poll(pupils(7, seed=7, wave="2026-06"))
    kept = scoring.read(scored(first))
    assert kept.scores["value"].null_count() == kept.scores.height
    second = poll(pupils(8, seed=8), pooled_with=first.pk)
    found = scoring.read(scored(second))
    whole = found.scores.filter(kind="scale", cut="all")
    assert set(whole["wave"]) == {"2026-06+2026-11"}
    assert whole["n_answered"].min() >= 10
    (response,) = found.response.iter_rows(named=True)
    assert response["n_answered"] == 15
    assert response["n_asked"] == 2 * sum(each["n_asked"] for each in second.asked)


def test_scores_that_went_out_meanwhile_are_a_conflict() -> None:
    june, november = poll(pupils(40, seed=9, wave="2026-06")), poll(pupils(40, seed=10))
    found = scoring.scored(november)  # it knows nothing of June
    scored(june)
    with pytest.raises(Conflict, match="another wave"):
        scoring.keep(november, found, at=AT)
    assert queries.scores_of(november) is None


def test_the_hour_asks_for_what_was_missed_and_only_once() -> None:
    survey = poll(pupils(20, seed=11))
    working.score_left(0)
    working.score_left(0)
    (work,) = Work.objects.filter(kind=working.SCORE)
    assert work.order == {"survey": str(survey.pk)}
    scored(survey)
    assert working.ask_to_score(survey, **WHO) is None


def steps_of(survey: Survey) -> list[str]:
    return [each.reference for each in queries.audit_steps(survey.urn, ON)]


@pytest.mark.parametrize(("n", "is_step"), [(0, False), (9, False), (12, True)])
def test_a_survey_is_a_step_of_the_audit_only_where_enough_answered(n: int, is_step: bool) -> None:
    survey = poll(pupils(n, seed=11))
    assert steps_of(survey) == []  # it is not scored yet
    scored(survey)
    assert steps_of(survey) == [f"survey:{survey.pk}"] * is_step


def test_a_wave_of_which_all_was_hidden_is_pooled_and_one_that_was_shown_never() -> None:
    few, many = poll(pupils(8, seed=11, wave="2026-06")), poll(pupils(60, seed=3, wave="2026-07"))
    marks = {each: set(scoring.read(scored(each)).scores["value_mark"]) for each in (few, many)}
    assert marks[few] == {"c"}
    assert None in marks[many]
    assert (queries.is_poolable(few), queries.is_poolable(many)) == (True, False)


def test_two_small_waves_are_a_step_once_they_are_pooled() -> None:
    june = poll(pupils(6, seed=13, wave="2026-06"))
    scored(june)
    assert steps_of(june) == []
    november = poll(pupils(7, seed=14), pooled_with=june.pk)
    scored(november)
    assert steps_of(november) == [f"survey:{november.pk}"]


def test_staff_stand_beside_the_usual_questionnaire_whichever_was_scored_first() -> None:
    usual = pupils(60, seed=15)
    easy = diagnosis.instrument("pupil-survey-easy")
    names = {
        old.name: new.name
        for old, new in zip(diagnosis.instrument("pupil-survey").items, easy.items, strict=True)
    }
    first = poll(usual.rename(names), easy.instrument_id)
    scored(first, at=AT - datetime.timedelta(days=1))
    second = poll(usual)
    kept = scored(second)
    of_staff = poll(staff(45, seed=16), "staff-survey")
    beside = asked.sides(of_staff, scored(of_staff))
    assert beside is not None
    assert beside.pupils.instrument_id == scoring.read(kept).instrument_id == "pupil-survey"
