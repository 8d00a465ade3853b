"""Each turn of an application is written to its school, once."""

import datetime
from typing import Any

import pytest

from invented import AT, ON, PROGRAMME, facts, intake, register
from posting import post
from schoolhubs import programmes
from schoolhubs.service.eligibility import actions
from schoolhubs.service.eligibility.applying import pages as applying
from schoolhubs.service.eligibility.models import Application
from schoolhubs.service.letters.models import Letter
from schoolhubs.service.letters.post import sending

RULES = programmes.load(PROGRAMME).as_at(ON)
SCHOOL: dict[str, Any] = {"organisation": "school:900001", "at": AT, "place": "/applications"}
OFFICE: dict[str, Any] = {"organisation": "office:1", "at": AT, "place": "/office"}
ANSWERS = {
    "pathways": ["enhanced", "regional"],
    "leaders": ["Ada Head", "Ben Deputy", "Cy Deputy"],
    "email": "letters@900001.example",
    "leadership_capacity": True,
    "ready_to_change": True,
    "tried": "Calls.",
    "travel": "",
}


def sent(**changes: Any) -> Application:
    snapshot = register(facts("900001", **changes))
    application = actions.begin(urn="900001", rules=RULES, by="head", **SCHOOL)
    for step in applying.steps(RULES, ANSWERS["pathways"]):
        application = actions.answer(
            application, step, ANSWERS[step.name], version=application.version, by="head", **SCHOOL
        )
    application = actions.submit(
        application, RULES, snapshot, version=application.version, by="head", **SCHOOL
    )
    application.refresh_from_db()
    return application


def kinds() -> list[str]:
    assert set(Letter.objects.values_list("organisation", flat=True)) <= {"school:900001"}
    return list(Letter.objects.order_by("pk").values_list("kind", flat=True))


def texts() -> list[str]:
    """Give the letters as they arrive."""
    with post() as there:
        while sending.send_due(there.sender()):
            pass
    assert {each["email_address"] for each in there.box.accepted} == {"letters@900001.example"}
    return [each["subject"] + "\n" + each["body"] for each in there.box.accepted]


@pytest.mark.django_db
def test_an_application_that_may_join_is_received_and_answered() -> None:
    application = sent()
    assert kinds() == ["application_received", "may_join"]
    received, decided = texts()
    assert application.reference in received
    assert "School 900001 may join RISE" in decided
    assert f"https://hubs.example/applications/{PROGRAMME}/900001" in decided


@pytest.mark.django_db
def test_one_that_may_not_is_told_why_and_how_to_have_it_looked_at_again() -> None:
    sent(phase="special")
    assert kinds() == ["application_received", "may_not_join"]
    decided = texts()[1]
    assert "may not join." in decided
    assert "It would pass if" in decided
    assert "A person who did not take the decision will look at it again" in decided


@pytest.mark.django_db
def test_what_a_person_decides_is_written_once_it_counts() -> None:
    application = sent(region=None)
    assert kinds()[1:] == ["person_decides"]
    actions.decide(
        application,
        version=application.version,
        pathway="regional",
        verdict="yes",
        reason="Seen on a map",
        by="ann",
        **OFFICE,
    )
    assert kinds()[2:] == ["may_join"]
    assert "The office decided this. Its reason: Seen on a map" in texts()[2]


@pytest.mark.django_db
def test_an_override_is_written_once_a_second_person_has_agreed() -> None:
    application = sent(phase="special")
    made = actions.decide(
        application,
        version=application.version,
        pathway="regional",
        verdict="yes",
        reason="A pilot",
        by="ann",
        **OFFICE,
    )
    assert kinds()[2:] == []
    application.refresh_from_db()
    actions.agree(made, version=application.version, by="bob", **OFFICE)
    assert kinds()[2:] == ["may_join"]


@pytest.mark.django_db
def test_withdrawing_and_putting_off_are_confirmed() -> None:
    application = sent()
    given: dict[str, Any] = {"maker": "school", "reason": "New head", "by": "head", **SCHOOL}
    later = intake(datetime.date(2026, 4, 1), title="Summer term 2026")
    moved = actions.move(
        application, "deferred", version=application.version, cohort_id=later.cohort_id, **given
    )
    actions.move(moved, "withdrawn", version=moved.version, **given)
    assert kinds()[2:] == ["deferred", "withdrawn"]
    arrived = texts()
    assert not [text for text in arrived if "New head" in text]
    assert [text for text in arrived if "summer term 2026" in text]


@pytest.mark.django_db
def test_a_draft_that_was_never_sent_is_withdrawn_without_a_letter() -> None:
    register(facts("900001"))
    application = actions.begin(urn="900001", rules=RULES, by="head", **SCHOOL)
    actions.move(
        application, "withdrawn", version=1, maker="school", reason="", by="head", **SCHOOL
    )
    assert kinds() == []
