"""What happens to surveys by the clock: opened, closed, read for safeguarding, erased in time."""

import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from peopled import person_at
from polled import scored
from schoolhubs.service.accounts.models import Organisation
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.audit.chain import faults
from schoolhubs.service.audit.models import AuditEntry
from schoolhubs.service.letters.models import Letter
from schoolhubs.service.surveys import queries, rules, tasks
from schoolhubs.service.surveys.doing import closing, erasing, making, reading
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
from watchful import log_lines

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


WHO_GETS_LETTERS = {
    Role.PARTNER_SCHOOL_HEAD: "head", Role.PARTNER_SCHOOL_ATTENDANCE: "attendance",
    Role.SCHOOL_SAFEGUARDING: "dsl", Role.PARTNER_SCHOOL_GOVERNOR: "governor",
}  # fmt: skip


def two_that_pupils_write_in() -> tuple[tuple[Survey, str], tuple[Survey, str]]:
    """Open a survey of each of two schools; the first is the first to have its turn."""
    both = []
    for urn in (URN, "900002"):
        survey, (code,) = opened(urn=urn, asks_text=True, safeguarding_lead="dsl")
        answer(code, answered(words=f"Words of {urn}"))
        both.append((survey, code))
    first, second = sorted(both, key=lambda each: each[0].pk)
    return first, second


def test_a_survey_whose_key_is_lost_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    (broken, _), (whole, _) = two_that_pupils_write_in()
    over, _ = opened("staff-survey")
    close(over)  # its key is still there, as after a power cut
    lost = keys.opener(broken.pk)
    keys.destroy(broken.pk)
    afternoon = AT.replace(hour=15)
    with log_lines() as lines:
        assert reading.make_texts_ready(at=afternoon) == 1
    assert queries.texts_for_safeguarding(whole, "dsl") == (f"Words of {whole.urn}",)
    assert f"a survey is stuck: {broken.pk}" in "".join(lines)
    assert f"Words of {broken.urn}" not in "".join(lines)
    at_clock(monkeypatch, AT + datetime.timedelta(days=15))
    tasks.turn(0)
    assert (state(broken), state(whole)) == (State.OPEN, State.CLOSED)
    assert over.pk not in keys.kept()
    assert len(lost) == 32


def test_a_lost_key_is_told_within_the_hour(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    school = Organisation.objects.create(sign_in_id="one", kind="school", name="One", urn=URN)
    for role, name in WHO_GETS_LETTERS.items():
        person_at(school, [role], name)
    survey, _ = opened(asks_text=True, safeguarding_lead="dsl")
    staff, _ = opened("staff-survey")
    at_clock(monkeypatch, AT)
    tasks.turn(0)
    assert not Letter.objects.exists()
    assert "\nschoolhubs_surveys_stuck 0.0\n" in client.get("/metrics").content.decode()
    for each in (survey, staff):
        keys.destroy(each.pk)
    for hours in (1, 2, 30):
        at_clock(monkeypatch, AT + datetime.timedelta(hours=hours))
        with log_lines() as lines:
            tasks.turn(0)
        assert sum("the key of a survey cannot be read" in line for line in lines) == 2
    told = sorted(Letter.objects.values_list("kind", "to"))
    assert {(kind, to.split("@")[0]) for kind, to in told} == {
        *(("survey_stuck", each) for each in ("head", "attendance")), ("survey_words_stuck", "dsl"),
    }  # fmt: skip
    assert len(told) == 2 * 2 + 1  # of each survey once, however often the hour strikes
    assert "\nschoolhubs_surveys_stuck 2.0\n" in client.get("/metrics").content.decode()
    at_clock(monkeypatch, AT + datetime.timedelta(days=7))
    tasks.turn(0)
    assert Letter.objects.count() == 2 * len(told)  # a week later it is as urgent


def test_a_damaged_answer_stops_no_other_survey(monkeypatch: pytest.MonkeyPatch) -> None:
    (broken, _), (whole, _) = two_that_pupils_write_in()
    real = closing.unseal

    def unseal(survey: Survey, opener: bytes) -> None:
        if survey.pk == broken.pk:
            raise ValueError("Words of a pupil")
        real(survey, opener)

    monkeypatch.setattr(closing, "unseal", unseal)
    at_clock(monkeypatch, AT + datetime.timedelta(days=15))
    with log_lines() as lines:
        tasks.turn(0)
    assert (state(broken), state(whole)) == (State.OPEN, State.CLOSED)
    assert "ValueError" in "".join(lines)
    assert "Words of a pupil" not in "".join(lines)
    assert Letter.objects.filter(kind="survey_stuck").count() == 1
