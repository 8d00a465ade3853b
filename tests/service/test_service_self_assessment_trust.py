"""A trust answers for many schools in one go: all or none, and as if one by one."""

import html
import io
import re
from typing import Any

import pytest

from aiming import client_of
from invented import AT, facts, register
from schoolhubs import diagnosis
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.diagnosis.assessing import actions, queries
from schoolhubs.service.diagnosis.assessing.actions import Given
from schoolhubs.service.diagnosis.assessing.trust.reading import read_answers
from schoolhubs.service.diagnosis.models import AssessmentAnswer, SelfAssessment
from schoolhubs.vocabulary.errors import DataProblem

pytestmark = pytest.mark.django_db
SCHOOLS = ("900001", "900002", "900003")
SPECIAL = "900009"
TRUST = "9001"
ASKED = diagnosis.instrument("behaviour-mainstream")
PAGE = f"/trusts/{TRUST}/self-assessment"
ONE = f"{PAGE}/behaviour-mainstream"
DONE: dict[str, Any] = {"by": "trust", "organisation": "trust:9001", "at": AT, "place": "tests"}
GIVEN = [Given(item="phones", value=2, note="Seen at break"), Given(item="help_comes", value=None)]


@pytest.fixture(autouse=True)
def _schools() -> None:
    register(
        *(facts(urn, trust_id=TRUST) for urn in SCHOOLS),
        facts(SPECIAL, trust_id=TRUST, phase="special"), facts("900005", trust_id="9002"),
    )  # fmt: skip


def trust() -> Any:
    return client_of(Role.PARTNER_TRUST, kind="trust", uid=TRUST)


def words(answer: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def sets() -> list[Any]:
    return [queries.answer_set_of(each) for each in SelfAssessment.objects.order_by("urn", "pk")]


def test_bulk_equals_repeated_single() -> None:
    for urn in SCHOOLS:
        one = actions.begin(urn, ASKED, **DONE)
        actions.answer(one, GIVEN, label="Trust", **DONE)
    singly = sets()
    AssessmentAnswer.objects.all().delete()
    SelfAssessment.objects.update(state="restarted")
    actions.answer_many(ASKED, dict.fromkeys(SCHOOLS, GIVEN), label="Trust", **DONE)
    at_once = [
        queries.answer_set_of(each)
        for each in SelfAssessment.objects.filter(state="open").order_by("urn")
    ]
    assert at_once == singly


def test_bulk_joins_what_a_school_s_team_has_answered_already() -> None:
    one = actions.begin(SCHOOLS[0], ASKED, **DONE)
    head = {**DONE, "by": "head"}
    actions.answer(one, [Given(item="phones", value=4)], label="Headteacher", **head)
    actions.answer_many(ASKED, dict.fromkeys(SCHOOLS, GIVEN), label="Trust", **DONE)
    first, second, _ = sets()
    assert first.people == ("Headteacher", "Trust")
    assert second.people == ("Trust",)
    assert SelfAssessment.objects.count() == 3


def test_all_are_kept_or_none() -> None:
    bad = [Given(item="no_such_item", value=2)]
    answers = {SCHOOLS[0]: GIVEN, SCHOOLS[1]: bad, SCHOOLS[2]: bad}
    with pytest.raises(DataProblem) as told:
        actions.answer_many(ASKED, answers, label="Trust", **DONE)
    assert {each.urn for each in told.value.problems} == set(SCHOOLS[1:])
    assert SelfAssessment.objects.count() == AssessmentAnswer.objects.count() == 0


def test_one_form_answers_for_the_schools_that_are_ticked() -> None:
    client = trust()
    sent = {"schools": SCHOOLS[:2], "phones": "3", "note-phones": "Walked all sites"}
    assert client.post(ONE, sent).status_code == 302
    assert [each.urn for each in sets()] == list(SCHOOLS[:2])
    assert "kept for 2 schools" in words(client.get(PAGE))


def test_a_form_that_is_refused_shows_all_that_was_typed() -> None:
    page = trust().post(ONE, {"phones": "3", "note-phones": "Walked all sites"})
    assert "Select the schools" in words(page)
    assert "Walked all sites" in words(page)
    assert re.search(r'name="phones"[^>]*value="3"\s+checked', page.content.decode())


def test_a_school_of_another_kind_or_trust_is_not_answered_for() -> None:
    client = trust()
    for urn in (SPECIAL, "900005"):
        page = client.post(ONE, {"schools": [urn], "phones": "3"})
        assert "Select the schools" in words(page)
    assert client.get(f"{PAGE}/behaviour-alternative-provision").status_code == 404
    assert client.get("/trusts/9002/self-assessment").status_code == 404
    assert not SelfAssessment.objects.exists()


def file_of(text: str, name: str = "answers.csv") -> io.BytesIO:
    held = io.BytesIO(text.encode())
    held.name = name
    return held


def test_a_file_answers_for_each_school_by_itself() -> None:
    lines = [f"{SCHOOLS[0]},phones,2,Seen", f"{SCHOOLS[1]},phones,cannot_tell,"]
    text = "\n".join(["urn,item,value,note", *lines])
    assert trust().post(f"{ONE}/upload", {"file": file_of(text)}).status_code == 302
    kept = {each.urn: each.answers[0] for each in sets()}
    assert (kept[SCHOOLS[0]].value, kept[SCHOOLS[0]].note) == (2, "Seen")
    assert kept[SCHOOLS[1]].value is None


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("900005,phones,2,", "no school of the trust"),
        (f"{SCHOOLS[1]},phones,two,", "neither a level"),
        (f"{SCHOOLS[1]},phones,9,", "no point of phones"),
        (f"{SCHOOLS[1]},no_such,2,", "has no item"),
        (f"{SCHOOLS[0]},phones,3,", "earlier row"),
        (f"{SCHOOLS[1]},phones,2,See H801200001001", "pupil’s number"),
    ],
)
def test_a_fault_of_one_line_keeps_nothing_and_says_where(line: str, fault: str) -> None:
    text = "\n".join(["urn,item,value,note", f"{SCHOOLS[0]},phones,2,", line])
    page = trust().post(f"{ONE}/upload", {"file": file_of(text)})
    assert page.status_code == 200
    assert fault in words(page)
    assert "H801200001001" not in words(page)
    assert not SelfAssessment.objects.exists()


@pytest.mark.parametrize("content", [b"", b"urn,item\n", b"urn,item,value\n", b"\xff\xfe\x00"])
def test_a_file_that_is_none_is_refused(content: bytes) -> None:
    with pytest.raises(DataProblem, match="None of these answers was kept"):
        read_answers(content, urns=SCHOOLS)
