"""Surveys: fixed for good, answered once, opened once, and nothing of it any other way by SQL."""

import datetime
from collections import Counter
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from schoolhubs.service.audit.models import AuditEntry
from schoolhubs.service.surveys import queries
from schoolhubs.service.surveys.doing import answering, making
from schoolhubs.service.surveys.models import (
    FIXED,
    Invitation,
    Route,
    SealedAnswer,
    SealedText,
    State,
    Survey,
    SurveyAnswer,
    SurveyText,
)
from schoolhubs.service.surveys.sealing import codes, keys
from schoolhubs.vocabulary.errors import Conflict, UsageError
from surveyed import AT, ON, URN, WHO, answer, answered, close, design, made, opened

pytestmark = pytest.mark.django_db


def refused(command: str, *values: Any) -> str:
    """Give what the database says to a command that it must refuse."""
    with pytest.raises(DatabaseError) as raised, transaction.atomic():
        connection.cursor().execute(command, values)
    return str(raised.value).partition("\n")[0]


def test_answers_are_sealed_while_open_and_shuffled_at_the_end() -> None:
    survey, (code,) = opened()
    for n in range(12):
        assert answer(code, answered({"felt_safe": 1 + n % 4}, groups={"year_group": "8"}))
    assert SealedAnswer.objects.count() == 12
    assert not SurveyAnswer.objects.exists()
    assert b"felt_safe" not in b"".join(
        map(bytes, SealedAnswer.objects.values_list("box", flat=True))
    )
    closed = close(survey)
    assert (closed.state, closed.is_unsealed, closed.closed_on) == (State.CLOSED, True, ON)
    assert not SealedAnswer.objects.exists()
    assert not Invitation.objects.exists()
    found = SurveyAnswer.objects.all()
    assert Counter(each.points["felt_safe"] for each in found) == dict.fromkeys(range(1, 5), 3)
    assert {each.groups["year_group"] for each in found} == {"8"}
    frame = queries.answers_frame(closed)
    assert frame.height == 12
    assert frame["felt_safe"].sum() == 3 * (1 + 2 + 3 + 4)
    assert set(frame["wave"]) == {"2026-11"}


def test_the_key_is_gone_once_the_survey_is_closed(
    django_capture_on_commit_callbacks: Any,
) -> None:
    survey, (code,) = opened()
    answer(code)
    assert survey.pk in keys.kept()
    with django_capture_on_commit_callbacks(execute=True):
        close(survey)
    assert survey.pk not in keys.kept()
    with pytest.raises(Conflict, match="data folder"):
        keys.opener(survey.pk)


def test_boxes_are_of_one_size_whatever_was_answered() -> None:
    survey, (code,) = opened("staff-survey", asks_text=True)
    instrument = queries.instrument_of(survey)
    answer(code, answered({"school_calm": 1}, groups={}))
    everything = {each.name: 4 for each in instrument.items}
    answer(code, answered(everything, groups={"role": "support"}, words="ß" * 1000))
    for kind in (SealedAnswer, SealedText):
        boxes = [bytes(each) for each in kind.objects.values_list("box", flat=True)]
        assert len(boxes) == 2
        assert len({len(each) for each in boxes}) == 1


def test_a_form_that_is_sent_twice_counts_once() -> None:
    _, (code,) = opened()
    assert answer(code, form="a-form")
    assert not answer(code, form="a-form")
    assert answer(code, form="another")
    assert SealedAnswer.objects.count() == 2


def test_a_link_is_good_once_and_leaves_no_mark() -> None:
    _, links = opened(route=Route.ONE_TIME_LINKS, n_codes=3)
    assert answer(links[1], form="a-form")
    assert Invitation.objects.count() == 2
    assert not answer(links[1], form="a-form")  # the same form again: it is in
    with pytest.raises(answering.NotLetIn):
        answer(links[1], form="another")
    assert SealedAnswer.objects.count() == 1


@pytest.mark.parametrize("typed", ["{}", " {} ", "no-such-code", ""])
def test_a_code_is_known_however_it_is_typed(typed: str) -> None:
    survey, (code,) = opened()
    found = answering.survey_of(typed.format(code.lower().replace("-", " ")), on=ON)
    assert found == (survey if "{}" in typed else None)


def test_nobody_answers_before_the_first_day_or_after_the_last() -> None:
    survey, (code,) = opened()
    for days, is_let_in in ((-1, False), (0, True), (14, True), (15, False)):
        on = ON + datetime.timedelta(days=days)
        assert (answering.survey_of(code, on=on) == survey) is is_let_in
    with pytest.raises(answering.NotLetIn):
        answering.answer(code, answered(), form="x", on=ON + datetime.timedelta(days=15))
    close(survey)
    with pytest.raises(answering.NotLetIn):
        answer(code)


CHANGED: dict[str, Any] = {
    "is_anonymous": False, "is_supported": True, "asks_text": True, "least_answers": 1,
    "groups": "[]", "route": "one_time_links", "respondents": "staff", "wave": "2026-12",
    "key": "00000000-0000-4000-8000-000000000000", "pooled_with_id": "self",
}  # fmt: skip


@pytest.mark.parametrize("name", FIXED)
@pytest.mark.parametrize("has_answers", [False, True])
def test_what_a_survey_is_cannot_be_changed_in_the_database(name: str, has_answers: bool) -> None:
    survey, (code,) = opened()
    if has_answers:
        answer(code)
    value = CHANGED.get(name, "other"[:3])
    said = refused(
        f'UPDATE surveys_survey SET "{name}" = %s WHERE key = %s',
        str(survey.pk) if value == "self" else value, survey.pk,
    )  # fmt: skip
    assert "fixed when it was made" in said


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("UPDATE surveys_survey SET state = 'made'", "does not go from closed to made"),
        ("UPDATE surveys_survey SET state = 'open'", "does not go from closed to open"),
        ("UPDATE surveys_survey SET is_unsealed = false", "opened once"),
        ("UPDATE surveys_survey SET safeguarding_lead = 'me'", "is over"),
        ("UPDATE surveys_surveyanswer SET points = '{}'", "Cannot update"),
        ("DELETE FROM surveys_surveyanswer", "erased all together"),
        ("DELETE FROM surveys_survey", "never deleted"),
        (
            (
                "INSERT INTO surveys_surveyanswer "
                "SELECT gen_random_uuid(), language, groups, points, "
                "survey_id FROM surveys_surveyanswer"
            ),
            "opened once",
        ),
        (
            (
                "INSERT INTO surveys_sealedanswer (key, box, survey_id) "
                "SELECT gen_random_uuid(), '', key FROM surveys_survey"
            ),
            "not open",
        ),
        (
            (
                "INSERT INTO surveys_surveytext (key, words, survey_id) "
                "SELECT gen_random_uuid(), '', key FROM surveys_survey"
            ),
            "not opened now",
        ),
    ],
)
def test_a_closed_survey_stays_as_it_is_in_the_database(command: str, said: str) -> None:
    survey, (code,) = opened()
    answer(code)
    close(survey)
    assert said in refused(command)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("UPDATE surveys_sealedanswer SET box = ''", "Cannot update"),
        ("DELETE FROM surveys_sealedanswer", "no answer is lost"),
        ("UPDATE surveys_survey SET state = 'erased'", "does not go from open to erased"),
        (
            (
                "INSERT INTO surveys_surveyanswer (key, language, groups, points, survey_id) "
                "SELECT gen_random_uuid(), 'en', '{}', '{}', key FROM surveys_survey"
            ),
            "opened once",
        ),
    ],
)
def test_an_open_survey_keeps_its_answers_sealed_in_the_database(command: str, said: str) -> None:
    _, (code,) = opened()
    answer(code)
    assert said in refused(command)


def test_nothing_is_told_of_an_answer() -> None:
    survey, (code,) = opened()
    entries = AuditEntry.objects.count()
    for _ in range(3):
        answer(code)
    assert AuditEntry.objects.count() == entries
    assert Survey.objects.get(pk=survey.pk).version == survey.version
    columns = {field.name for field in SealedAnswer._meta.fields}
    assert columns == {"key", "survey", "box"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM surveys_surveyevent")
        assert cursor.fetchone()[0] == 2  # made and opened


def test_a_survey_of_a_wave_is_made_once_and_a_withdrawn_one_is_none() -> None:
    survey = made()
    with pytest.raises(Conflict, match=r"in November 2026 already.*withdraw it"):
        made()
    making.withdraw(survey, version=survey.version, reason="Wrong month", **WHO)
    again = made()
    assert queries.surveys_of(URN) == [again]
    with pytest.raises(Conflict):
        making.open_(survey, version=survey.version + 1, **WHO)


def test_pupils_write_only_where_somebody_is_named_to_read_it() -> None:
    with pytest.raises(UsageError, match="safeguarding lead"):
        made(asks_text=True)
    survey = made(asks_text=True, safeguarding_lead="dsl")
    with pytest.raises(UsageError, match="safeguarding lead"):
        making.amend(survey, version=survey.version, told={"safeguarding_lead": ""}, **WHO)
    assert "pupils_write_only" in refused("UPDATE surveys_survey SET safeguarding_lead = ''")
    assert made("staff-survey", asks_text=True).asks_text


def test_only_what_is_not_fixed_is_changed() -> None:
    survey = made()
    with pytest.raises(UsageError, match="fixed"):
        making.amend(survey, version=1, told={"wave": "2026-12"}, **WHO)
    with pytest.raises(UsageError, match="6 weeks"):
        making.amend(survey, version=1, told={"closes_on": ON + datetime.timedelta(60)}, **WHO)
    told = {"asked": [{"year_group": "7", "fsm": "yes", "sex": "female", "n_asked": 30}]}
    amended = making.amend(survey, version=1, told=told, **WHO)
    assert queries.population_frame(amended)["n_asked"].to_list() == [30]
    with pytest.raises(Conflict, match="Somebody else"):
        making.amend(survey, version=1, told=told, **WHO)


def test_who_is_hidden_from_follows_the_rules_of_small_numbers() -> None:
    assert (made().least_answers, made("staff-survey").least_answers) == (10, 8)
    assert made(wave="2027-03").groups == ["year_group", "fsm", "sex"]
    assert made("staff-survey", wave="2027-03").groups == ["role"]


def test_a_small_schools_two_waves_are_scored_as_one() -> None:
    first, (code,) = opened()
    for _ in range(6):
        answer(code)
    first = close(first)
    assert queries.is_poolable(first)
    with pytest.raises(Conflict, match="cannot be pooled"):
        made("pupil-survey-easy", wave="2027-03", pooled_with=first.pk)
    with pytest.raises(Conflict, match="cannot be pooled"):
        made(urn="900002", wave="2027-03", pooled_with=first.pk)
    second, (code,) = opened(wave="2027-03", pooled_with=first.pk)
    for _ in range(7):
        answer(code)
    frame = queries.answers_frame(close(second))
    assert frame.height == 13
    assert set(frame["wave"]) == {"2026-11+2027-03"}
    with pytest.raises(Conflict, match="cannot be pooled"):
        made(wave="2027-06", pooled_with=first.pk)


def test_a_wave_that_was_shown_is_never_pooled() -> None:
    first, (code,) = opened()
    for _ in range(10):
        answer(code)
    first = close(first)
    with pytest.raises(Conflict, match="cannot be pooled"):
        made(wave="2027-03", pooled_with=first.pk)


def test_words_of_staff_wait_for_the_end_and_for_enough_answers() -> None:
    few, (code,) = opened("staff-survey", asks_text=True)
    for _ in range(7):
        answer(code, answered(words="The bell is late", groups={"role": "leader"}))
    assert not SurveyText.objects.exists()
    assert queries.texts_of(few) == ()
    assert queries.texts_of(close(few)) == ()
    more, (code,) = opened("staff-survey", asks_text=True, wave="2027-03")
    for _ in range(8):
        answer(code, answered({"school_calm": 2}, words="Corridors"))
    assert queries.texts_of(close(more)) == ("Corridors",) * 8
    columns = {field.name for field in SurveyText._meta.fields}
    assert columns == {"key", "survey", "words"}


@pytest.mark.parametrize(
    ("others", "is_blank"),
    [
        (answered({}, groups={}), True),
        (answered({}, groups={"role": "leader"}), True),
        (answered({}, groups={}, words=" \n"), True),
        (answered({}, words="I only wrote"), False),  # it answered no question
        (answered({"school_calm": 2}), False),  # it wrote nothing
    ],
)
def test_one_who_wrote_is_not_read_behind_others_who_did_not(
    others: answering.Answered, is_blank: bool
) -> None:
    survey, (code,) = opened("staff-survey", asks_text=True)
    answer(code, answered({"school_calm": 2}, groups={}, words="I am the only one who wrote"))
    for _ in range(12):
        assert answer(code, others) is not is_blank
    assert SealedAnswer.objects.count() == (1 if is_blank else 13)
    closed = close(survey)
    assert queries.texts_of(closed) == ()
    assert SurveyText.objects.count() >= 1  # the words are there, and are held


def test_forms_that_answer_nothing_fill_no_number() -> None:
    survey, (code,) = opened(asks_text=True, safeguarding_lead="dsl")
    for said in (*[answered()] * 6, *[answered({}, words="I only wrote")] * 6):
        answer(code, said)
    closed = close(survey)
    assert SurveyAnswer.objects.count() == 12
    assert queries.n_answers(closed) == queries.answers_frame(closed).height == 6
    assert queries.is_poolable(closed)
    nobody, (code,) = opened("pupil-survey-easy", asks_text=True, safeguarding_lead="dsl")
    answer(code, answered({}, words="I only wrote"))
    assert not queries.is_poolable(close(nobody))


def test_a_link_with_which_nothing_was_answered_stays_good() -> None:
    _, (link,) = opened(route=Route.ONE_TIME_LINKS)
    assert not answer(link, answered({}), form="a-form")
    assert answer(link, form="a-form")
    assert not answer(link, form="a-form")
    assert SealedAnswer.objects.count() == 1


def test_codes_are_kept_as_keyed_hashes_alone() -> None:
    survey = made()
    given = making.invite(survey, 30, **WHO)
    assert len(set(given)) == 30
    assert all(len(each) == 11 and each[5] == "-" for each in given)
    kept = " ".join(Invitation.objects.values_list("code_hash", flat=True))
    told = " ".join(str(each.details) for each in AuditEntry.objects.all())
    assert not any(each in kept or each in told for each in given)
    assert codes.code_hash(given[0]) in kept
    assert len(codes.new_code(Route.ONE_TIME_LINKS).replace("-", "")) == 20


def test_a_design_that_is_refused_leaves_no_key() -> None:
    before = keys.kept()
    with pytest.raises(UsageError):
        making.make(URN, design(closes_on=ON + datetime.timedelta(days=60)), programme_id="", **WHO)
    assert keys.kept() == before
    assert AT.date() == ON
