"""Answering a survey on its pages: help on each, nothing asked for by force, no trace left."""

import datetime
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from prometheus_client import generate_latest

from peopled import peopled
from providing import provider
from schoolhubs import diagnosis
from schoolhubs.diagnosis.instruments import loading, reading_age
from schoolhubs.diagnosis.instruments.translating import words_of
from schoolhubs.service import metrics
from schoolhubs.service.accounts import middleware, sessions
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.audit.models import AuditEntry
from schoolhubs.service.supervisor import Address
from schoolhubs.service.supervisor.running import gunicorn
from schoolhubs.service.surveys import queries
from schoolhubs.service.surveys.answering import words as pages_words
from schoolhubs.service.surveys.answering.words import words
from schoolhubs.service.surveys.doing import answering
from schoolhubs.service.surveys.models import Route, SealedAnswer, Survey, SurveyAnswer
from schoolhubs.service.surveys.sealing import boxes
from schoolhubs.service.web import requests as web_requests
from surveyed import URN, close, opened
from watchful import WatchfulClient, log_lines

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
DAYS: dict[str, Any] = {"opens_on": TODAY, "closes_on": TODAY}


def page(code: str, name: str = "survey-questions", query: str = "") -> HttpResponse:
    return WatchfulClient().get(reverse(name, kwargs={"code": code}) + query)


def send(code: str, given: dict[str, str], client: WatchfulClient | None = None) -> HttpResponse:
    at = reverse("survey-questions", kwargs={"code": code})
    return (client or WatchfulClient()).post(at, given)


def everything(survey: Survey, point: str = "2") -> dict[str, str]:
    return {f"item_{each.name}": point for each in queries.instrument_of(survey).items}


def test_a_pupil_answers_from_code_to_thanks() -> None:
    survey, (code,) = opened(**DAYS)
    client = WatchfulClient(enforce_csrf_checks=True)  # nobody is signed in: no token is asked for
    led = client.post(reverse("survey-enter"), {"code": f" {code.lower()} "})
    assert led.status_code == 302
    noticed = client.get(led.headers["Location"]).content.decode()
    instrument = queries.instrument_of(survey)
    assert all(said in noticed for said in ("We do not ask for your name.", instrument.title))
    asked = client.get(re.search(r'href="([^"]+questions)"', noticed)[1])  # type: ignore[index]
    text = asked.content.decode()
    assert all(each.words.partition("'")[0] in text for each in instrument.items)
    assert "Part 1 of 5" in text
    form = re.search(r'name="form" value="([^"]+)"', text)[1]  # type: ignore[index]
    given = {**everything(survey), "group_year_group": "7", "group_sex": "female", "form": form}
    thanked = client.post(asked.request["PATH_INFO"], given)
    assert thanked.status_code == 302
    assert "Your answers are in" in client.get(thanked.headers["Location"]).content.decode()
    assert client.post(asked.request["PATH_INFO"], given).status_code == 302  # sent again by chance
    close(survey)
    (answer,) = SurveyAnswer.objects.all()
    assert answer.groups == {"year_group": "7", "sex": "female"}
    assert answer.points == dict.fromkeys([each.name for each in instrument.items], 2)
    assert client.cookies == {}


def test_help_stands_on_each_page_and_no_question_has_to_be_answered() -> None:
    _, (code,) = opened(**DAYS)
    sent = WatchfulClient().get(reverse("survey-sent", kwargs={"questionnaire_id": "pupil-survey"}))
    for shown in (page(code, "survey-notice"), page(code), sent):
        text = shown.content.decode()
        assert "0800 1111" in text
        assert "required" not in text
        assert shown.headers["Cache-Control"] == "no-store"
        assert not shown.cookies
    assert send(code, {}).status_code == 302
    assert not SealedAnswer.objects.exists()
    assert send(code, {"item_felt_safe": "2"}).status_code == 302
    assert SealedAnswer.objects.count() == 1


def test_what_was_chosen_stays_where_something_cannot_be_taken() -> None:
    survey, (code,) = opened(asks_text=True, safeguarding_lead="dsl", **DAYS)
    given = {**everything(survey, "3"), "item_felt_safe": "9", "text": "It rains in the hall"}
    for wrong in (given, {**given, "item_felt_safe": "1", "text": "Ask H801200001001 of 7B"}):
        text = send(code, wrong).content.decode()
        assert "There is a problem" in text
        assert text.count(" checked>") >= 15
        assert wrong["text"] in text
    assert send(code, {"text": "x" * 1001}).status_code == 200
    assert not SealedAnswer.objects.exists()
    assert send(code, {**given, "item_felt_safe": "dont_know"}).status_code == 302


def test_pupils_are_asked_to_write_only_where_somebody_reads_it() -> None:
    _, (code,) = opened(**DAYS)
    assert "textarea" not in page(code).content.decode()
    _, (code,) = opened(asks_text=True, safeguarding_lead="dsl", wave="2027-03", **DAYS)
    text = page(code).content.decode()
    assert "One adult at school reads this" in text
    assert "Part 6 of 6" in text


def test_staff_are_asked_for_their_role_and_nothing_else_of_themselves() -> None:
    survey, (code,) = opened("staff-survey", **DAYS)
    text = page(code).content.decode()
    assert set(re.findall(r'name="group_(\w+)"', text)) == {"role"}
    send(code, {**everything(survey), "group_role": "support"})
    close(survey)
    assert SurveyAnswer.objects.get().groups == {"role": "support"}


def test_an_adult_may_read_out_where_the_school_chose_so() -> None:
    _, (code,) = opened("pupil-survey-easy", is_supported=True, **DAYS)
    for shown in (page(code, "survey-notice"), page(code)):
        assert words()["supported"] in shown.content.decode()


@pytest.mark.parametrize("code", ["ABCDE-FGHJK", "x", "used", "closed"])
def test_a_code_that_lets_nobody_in_says_what_to_do(code: str) -> None:
    survey, (good,) = opened(route=Route.ONE_TIME_LINKS, **DAYS)
    if code == "used":
        send(code := good, {"item_felt_safe": "2"})
    elif code == "closed":
        close(survey)
        code = good
    for answer in (page(code, "survey-notice"), page(code), send(code, {"form": "another"})):
        assert answer.status_code == 404
        assert "Ask the adult who gave it to you" in answer.content.decode()
    refused = WatchfulClient().post(reverse("survey-enter"), {"code": code}).content.decode()
    assert "We do not know this code" in refused


def test_the_words_of_the_pages_are_easy_to_read() -> None:
    said = [
        text.format(n=1, all=5, label=7, most=1000)
        for name, text in words().items() if name not in {"you_about_staff", "text_staff"}
    ]  # fmt: skip
    assert reading_age.reading_age(said) <= reading_age.constant("oldest_easy_read")
    long = [s for text in said for s in reading_age.sentences(text) if len(s) > 18]
    assert long == []
    hard = ["Confidentiality considerations necessitate institutional arrangements."]
    assert reading_age.reading_age(hard) > reading_age.constant("oldest_reading_age")


@pytest.fixture
def in_welsh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the survey of pupils and the pages in another language, each word turned round."""
    english = diagnosis.instrument("pupil-survey")
    folder = tmp_path / "definitions" / "pupil-survey"
    folder.mkdir(parents=True)
    original = (loading.DEFINITIONS / "pupil-survey" / "1.0.yaml").read_text("utf-8")
    (folder / "1.0.yaml").write_text(original, "utf-8")
    translated = {
        "translates": "pupil-survey", "of_version": "1.0", "of_fingerprint": english.fingerprint,
        "language": "cy", "licence": "ours", "source": {"title": "A test", "read_on": "2026-11-23"},
        "words": {key: f"cy {text}" for key, text in words_of(english).items()},
    }  # fmt: skip
    (folder / "1.0.cy.yaml").write_text(yaml.safe_dump(translated), "utf-8")
    monkeypatch.setattr(loading, "DEFINITIONS", tmp_path / "definitions")
    (tmp_path / "words").mkdir()
    told = yaml.safe_load((pages_words.WORDS / "en.yaml").read_text("utf-8"))
    for language, begins in (("en", ""), ("cy", "cy ")):
        turned = {name: f"{begins}{text}" for name, text in told.items()}
        (tmp_path / "words" / f"{language}.yaml").write_text(yaml.safe_dump(turned), "utf-8")
    monkeypatch.setattr(pages_words, "WORDS", tmp_path / "words")
    words.cache_clear()


@pytest.mark.usefixtures("in_welsh")
def test_a_survey_is_read_in_another_language() -> None:
    survey, (code,) = opened(**DAYS)
    for name in ("survey-notice", "survey-questions"):
        assert 'hreflang="cy"' in page(code, name).content.decode()
        text = page(code, name, "?lang=cy").content.decode()
        assert '<html lang="cy"' in text
        assert "cy How is school for you?" in text
    at = reverse("survey-questions", kwargs={"code": code}) + "?lang=cy"
    sent = WatchfulClient().post(at, {"item_felt_safe": "4"})
    thanked = WatchfulClient().get(sent.headers["Location"]).content.decode()
    assert "cy Your answers are in" in thanked
    close(survey)
    assert SurveyAnswer.objects.get().language == "cy"


def test_an_unknown_language_is_english() -> None:
    _, (code,) = opened(**DAYS)
    assert '<html lang="en"' in page(code, query="?lang=zz").content.decode()


@pytest.fixture
def traced(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Answer, and give what stands of it in logs and counts; the guard can be taken away."""

    def trace(*, is_guarded: bool) -> tuple[str, str]:
        if not is_guarded:
            for module in (web_requests, metrics):
                monkeypatch.setattr(module, "leaves_no_trace", lambda _: False)
        _, (code,) = opened(route=Route.ONE_TIME_LINKS, **DAYS)
        # What was counted before, such as pages of staff that other tests opened, is no trace.
        before = set(generate_latest(metrics._of_requests()).decode().splitlines())
        with log_lines() as lines:
            page(code, "survey-notice")
            send(code, {"item_felt_safe": "4"})
        told = " ".join(each for each in lines)
        after = generate_latest(metrics._of_requests()).decode().splitlines()
        return told, "\n".join(each for each in after if each not in before)

    return trace


@pytest.mark.parametrize("is_guarded", [True, False])
def test_answering_leaves_no_line_and_no_count(traced: Any, is_guarded: bool) -> None:
    """Negative control: without the guard both stand there."""
    lines, counts = traced(is_guarded=is_guarded)
    if is_guarded:
        assert lines == ""
        assert "survey-" not in counts
    else:
        assert "survey-questions" in lines
        assert "survey-questions" in counts


def test_no_server_of_ours_writes_a_log_of_addresses() -> None:
    told = gunicorn(Address(port=8000), 2)
    assert not any("access" in each for each in told)


@pytest.mark.parametrize("is_guarded", [True, False])
def test_a_person_signed_in_is_not_noted_as_there(
    monkeypatch: pytest.MonkeyPatch, is_guarded: bool
) -> None:
    """Negative control: without the guard the session says when somebody was last there."""
    if not is_guarded:
        monkeypatch.setattr(middleware, "leaves_no_trace", lambda _: False)
    world = peopled()
    with provider(role_seconds=3_600):
        client = world.client(Role.PARTNER_SCHOOL_HEAD)
        session = client.session
        session[sessions.SEEN_AT] = (timezone.now() - datetime.timedelta(minutes=5)).isoformat()
        session.save()
        _, (code,) = opened("staff-survey", urn=URN, wave="2027-03", **DAYS)
        entries = AuditEntry.objects.count()
        assert send(code, {"item_school_calm": "1"}, client).status_code == 302
    assert (client.session[sessions.SEEN_AT] == session[sessions.SEEN_AT]) is is_guarded
    assert AuditEntry.objects.count() == entries


def test_a_survey_that_closes_while_somebody_sends_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    survey, (code,) = opened(**DAYS)
    real, closed = boxes.closed, []

    def meanwhile(*given: Any, **more: Any) -> bytes:
        if not closed:
            closed.append(close(survey))
        return real(*given, **more)

    monkeypatch.setattr(boxes, "closed", meanwhile)
    with log_lines() as lines:
        answer = send(code, {"item_felt_safe": "2"})
    assert answer.status_code == 404
    assert "Ask the adult who gave it to you" in answer.content.decode()
    assert lines == []
    assert not SurveyAnswer.objects.exists()


def test_a_fault_of_ours_is_told_once_a_week_and_times_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, (code,) = opened(**DAYS)

    def broken(*_: Any, **__: Any) -> bool:
        raise RuntimeError(code)

    monkeypatch.setattr(answering, "answer", broken)
    client = Client(raise_request_exception=False)
    at = reverse("survey-questions", kwargs={"code": code})
    with log_lines() as lines:
        for _ in range(3):
            assert client.post(at, {"item_felt_safe": "2"}).status_code == 500
    (line,) = [json.loads(each) for each in lines]
    monday = TODAY - datetime.timedelta(days=TODAY.weekday())
    assert (line["at"], line["request_id"], line["exception"]) == (f"{monday}", "", "RuntimeError")
    assert code not in lines[0]
