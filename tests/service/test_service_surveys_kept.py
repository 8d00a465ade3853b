"""What happens to surveys by the clock: opened, closed, read for safeguarding, erased in time."""

import datetime
from typing import Any

import pytest
from django.utils import timezone

from polled import scored
from schoolhubs.service.audit.chain import faults
from schoolhubs.service.audit.models import AuditEntry
from schoolhubs.service.surveys import queries, rules, tasks
from schoolhubs.service.surveys.doing import erasing, making, reading
from schoolhubs.service.surveys.models import (
    SealedText,
    State,
    Survey,
    SurveyAnswer,
    SurveyText,
)
from schoolhubs.service.surveys.sealing import keys
from schoolhubs.vocabulary.errors import Conflict
from surveyed import AT, ON, URN, WHO, answer, answered, close, made, opened

pytestmark = pytest.mark.django_db
BY: dict[str, Any] = {"by": "schoolhubs", "place": "surveys.erase"}


def at_clock(monkeypatch: pytest.MonkeyPatch, at: datetime.datetime) -> None:
    monkeypatch.setattr(timezone, "now", lambda: at)


def state(survey: Survey) -> str:
    return Survey.objects.get(pk=survey.pk).state


def test_a_survey_opens_and_closes_by_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    survey, without_codes = made(), made("staff-survey")
    (code,) = making.invite(survey, 1, **WHO)
    for days, wanted in ((-1, State.MADE), (0, State.OPEN), (14, State.OPEN), (15, State.CLOSED)):
        at_clock(monkeypatch, AT + datetime.timedelta(days=days))
        tasks.turn(0)
        assert state(survey) == wanted
        if days == 0:
            answer(code)
    assert state(without_codes) == State.MADE  # nobody could have answered it
    assert SurveyAnswer.objects.count() == 1
    told = list(AuditEntry.objects.values_list("action", flat=True))
    assert told[-2:] == ["survey.open", "survey.close"]


def test_a_key_left_by_a_power_cut_is_destroyed() -> None:
    survey, _ = opened()
    close(survey)  # in this test nothing is committed, so the key is still there
    assert survey.pk in keys.kept()
    tasks.turn(0)
    assert survey.pk not in keys.kept()


def test_an_open_survey_keeps_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    survey, (code,) = opened()
    answer(code)
    at_clock(monkeypatch, AT)
    tasks.turn(0)
    assert survey.pk in keys.kept()
    keys.destroy(survey.pk)
    with pytest.raises(Conflict, match="data folder"):
        close(survey)
    assert state(survey) == State.OPEN


def test_what_pupils_write_is_readable_once_a_day_for_one_person_alone() -> None:
    survey, (code,) = opened(asks_text=True, safeguarding_lead="dsl")
    afternoon = AT.replace(hour=15)
    assert reading.make_texts_ready(at=AT) == 0  # not before the hour
    for n in range(3):
        answer(code, answered(words=f"Words {n}" if n else ""))
    assert SealedText.objects.count() == 3  # one for who wrote nothing, too
    assert reading.make_texts_ready(at=afternoon) == 1
    assert set(queries.texts_for_safeguarding(survey, "dsl")) == {"Words 1", "Words 2"}
    assert queries.texts_for_safeguarding(survey, "head") == ()
    assert queries.texts_for_safeguarding(survey, "") == ()
    assert queries.texts_of(survey) == ()
    answer(code, answered(words="Late"))
    assert reading.make_texts_ready(at=afternoon + datetime.timedelta(hours=1)) == 0
    assert "Late" not in queries.texts_for_safeguarding(survey, "dsl")
    assert reading.make_texts_ready(at=afternoon + datetime.timedelta(days=1)) == 1
    assert "Late" in queries.texts_for_safeguarding(survey, "dsl")
    reading.note_reading(survey, on=ON)
    answer(code, answered(words="Last"))
    closed = close(Survey.objects.get(pk=survey.pk))
    assert len(queries.texts_for_safeguarding(closed, "dsl")) == 4
    assert queries.texts_of(closed) == ()
    assert closed.texts_read_on == ON


def test_answers_are_erased_in_time_and_scores_stay() -> None:
    survey, (code,) = opened("staff-survey", asks_text=True)
    points = {each.name: 2 for each in queries.instrument_of(survey).items}
    for _ in range(9):
        answer(code, answered(points, groups={}, words="Corridors"))
    closed = close(survey)
    scored(closed)
    texts = datetime.timedelta(weeks=rules.rule("texts_kept_weeks"))
    answers = datetime.timedelta(weeks=rules.rule("answers_kept_weeks"))
    day = datetime.timedelta(days=1)
    for after, n_texts, n_answers in (
        (texts - day, 9, 9), (texts, 0, 9), (answers - day, 0, 9), (answers, 0, 0),
    ):  # fmt: skip
        erasing.erase_expired(on=ON + after, at=AT + after, **BY)
        assert (SurveyText.objects.count(), SurveyAnswer.objects.count()) == (n_texts, n_answers)
    assert state(survey) == State.ERASED
    assert queries.scores_of(closed) is not None
    assert queries.closed_surveys(URN) == [closed]
    (step,) = queries.audit_steps(URN, ON)
    assert (step.step, step.finished_on) == ("staff_survey", ON)
    assert queries.audit_steps(URN, ON + day) == ()
    assert AuditEntry.objects.filter(action="survey.erase").count() == 1
    # Anchors lie outside the database, where those of other tests stay: the chain by itself.
    assert list(faults([row.as_record() for row in AuditEntry.objects.all()], [])) == []
    assert erasing.erase_expired(on=ON + 2 * answers, at=AT, **BY) == 0


def test_a_school_may_have_answers_erased_at_once() -> None:
    survey, (code,) = opened()
    answer(code)
    close(survey)
    assert erasing.erase(survey, reason="The governors asked", **WHO)
    assert not erasing.erase(survey, reason="Again", **WHO)
    assert not SurveyAnswer.objects.exists()
    assert queries.audit_steps(URN, ON) == ()  # it was never scored
