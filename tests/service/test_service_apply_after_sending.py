"""What a school meets of an application that was sent: it stands, and every page says so."""

import html
import re
from typing import Any

import pytest

from invented import AT, ON, PROGRAMME, facts, register
from schoolhubs import programmes
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.eligibility import actions, states
from schoolhubs.service.eligibility.applying import pages as applying
from schoolhubs.service.eligibility.models import Application
from schoolhubs.service.web.pages import moment
from schoolhubs.vocabulary.errors import Conflict
from signing import signed_in

ONE = f"/applications/{PROGRAMME}/900001"
RULES = programmes.load(PROGRAMME).as_at(ON)
WHO: dict[str, Any] = {"by": "head", "organisation": "school:900001", "at": AT, "place": ONE}
HEAD, ATTENDANCE, GOVERNOR = (
    Role.PARTNER_SCHOOL_HEAD,
    Role.PARTNER_SCHOOL_ATTENDANCE,
    Role.PARTNER_SCHOOL_GOVERNOR,
)
ANSWERS: dict[str, Any] = {
    "pathways": ["regional"],
    "leaders": ["Ada, head", "Ben, deputy", "Cy, deputy"],
    "email": "office@900001.example",
    "tried": "Calls on the first morning.",
    "travel": "",
}


def sent(**changes: Any) -> Application:
    """Send an application with every page answered, and give it as it stands then."""
    snapshot = register(facts("900001", **changes))
    draft = actions.begin(urn="900001", rules=RULES, **WHO)
    for step in applying.steps(RULES, ["regional"]):
        given = ANSWERS.get(step.name, True)
        draft = actions.answer(draft, step, given, version=draft.version, **WHO)
    actions.submit(draft, RULES, snapshot, version=draft.version, **WHO)
    return Application.objects.get(pk=draft.pk)


def words(answer: Any) -> str:
    """Give the words of a page's main part, without its markup."""
    text = re.sub(r"<(script|style).*?</\1>", " ", answer.content.decode(), flags=re.S)
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text.partition("<main")[2])))


def told(application: Application) -> str:
    return (
        f"sent on {moment(application.submitted_at)}, under the reference {application.reference}"
    )


def is_form(answer: Any) -> bool:
    return "<form" in answer.content.decode().partition("<main")[2]


@pytest.mark.django_db
@pytest.mark.parametrize("version_seen", ["draft", "sent"])
@pytest.mark.parametrize("typed", ["Letters home,\nwalks to school", "x" * 2_001])
def test_an_answer_after_sending_is_told_that_the_sent_one_stands_and_can_be_copied(
    version_seen: str, typed: str
) -> None:
    application = sent()
    head = signed_in(HEAD, urn="900001")
    version = application.version - (2 if version_seen == "draft" else 0)
    page = head.post(f"{ONE}/questions/tried", {"tried": typed, "version": version})
    shown = words(page)
    assert page.status_code == 409
    assert told(application) in shown
    assert "Its answers stand" in shown
    assert "Calls on the first morning." in shown.partition("What was sent")[2]
    assert " ".join(typed.split()) in shown.partition("What you typed, not saved")[2]
    assert "To put yours in place of theirs" not in shown
    assert f'href="{ONE}"' in page.content.decode()
    assert not is_form(page)
    assert Application.objects.get().answers["tried"] == "Calls on the first morning."


@pytest.mark.django_db
def test_the_pages_of_a_sent_application_are_read_only() -> None:
    application = sent()
    head = signed_in(HEAD, urn="900001")
    for step, expected in (("leaders", "Ada, head Ben"), ("travel", "No answer"), ("tried", "Cal")):
        page = head.get(f"{ONE}/questions/{step}")
        assert page.status_code == 200
        assert told(application) in words(page)
        assert expected in words(page)
        assert not is_form(page)
    assert told(application) in words(head.get(f"{ONE}/check"))
    assert not is_form(head.get(f"{ONE}/check"))


@pytest.mark.django_db
@pytest.mark.parametrize("version_seen", ["draft", "sent"])
def test_sending_again_says_when_it_was_sent_and_that_nothing_was_sent_twice(
    version_seen: str,
) -> None:
    application = sent()
    head = signed_in(HEAD, urn="900001")
    version = application.version - (2 if version_seen == "draft" else 0)
    given = {"declared": "yes", "version": version, "register": application.snapshot_id}
    page = head.post(f"{ONE}/check", given)
    shown = words(page)
    assert page.status_code == 409
    assert told(application) in shown
    assert "Nothing was sent twice" in shown
    assert f'href="{ONE}"' in page.content.decode()
    assert "Somebody else changed" not in shown
    assert Application.objects.get().version == application.version


@pytest.mark.django_db
def test_the_action_itself_says_so_whatever_version_was_seen() -> None:
    application = sent()
    assert application.snapshot is not None
    for version in (1, application.version):
        with pytest.raises(Conflict, match=told(application)):
            actions.submit(application, RULES, application.snapshot, version=version, **WHO)


def test_no_refused_move_names_a_state_from_inside() -> None:
    n = 0
    for of in (states.APPLICATION, states.PARTNERSHIP):
        for now in states.meanings(of):
            for to in states.meanings(of):
                for by in ("school", "office"):
                    if states.can_move(now, to, by=by, of=of):
                        continue
                    with pytest.raises(Conflict) as refused:
                        states.check_move(now, to, by=by, of=of)
                    said = str(refused.value)
                    assert states.meanings(of)[now] in said
                    inside = re.sub(r"“[^”]*”", "", said)
                    assert not set(re.findall(r"\w+", inside)) & set(states.meanings(of))
                    n += 1
    assert n > 200


@pytest.mark.django_db
def test_the_page_of_a_sent_application_shows_what_was_sent_and_what_is_next() -> None:
    application = sent()
    page = signed_in(HEAD, urn="900001").get(ONE)
    shown = words(page)
    assert f"Your application to {RULES.title}" in shown
    assert "Apply for" not in page.content.decode()
    assert f"Reference {application.reference}" in shown
    assert states.next_words()["eligible"] in shown
    assert "Ben, deputy" in shown.partition("What you sent")[2]
    assert "Withdraw this application" in shown
    assert "Put it off to a later intake" in shown
    assert not is_form(page)


@pytest.mark.django_db
def test_who_may_not_declare_is_not_led_to_leaving() -> None:
    sent()
    lead = words(signed_in(ATTENDANCE, urn="900001", subject="ben").get(ONE))
    assert "Ben, deputy" in lead
    assert "Withdraw" not in lead
    assert "Put it off" not in lead
    governor = words(signed_in(GOVERNOR, urn="900001", subject="gil").get(ONE))
    assert "What happens next" in governor
    assert "Ben, deputy" not in governor
    assert "Withdraw" not in governor


@pytest.mark.django_db
def test_a_draft_that_was_withdrawn_is_not_said_to_have_been_sent() -> None:
    register(facts("900001"))
    draft = actions.begin(urn="900001", rules=RULES, **WHO)
    head = signed_in(HEAD, urn="900001")
    head.post(f"{ONE}/leave/withdrawn", {"reason": "New head", "version": draft.version})
    page = head.post(f"{ONE}/questions/tried", {"tried": "Walks", "version": 2})
    assert page.status_code == 409
    assert "was withdrawn before it was sent" in words(page)
    assert "Its answers stand" not in words(page)
    assert "Walks" in words(page)
    assert "was withdrawn before it was sent" in words(head.get(ONE))
    assert head.get(f"{ONE}/sent").status_code == 404


def test_every_state_of_an_application_says_what_happens_next() -> None:
    assert set(states.next_words()) == set(states.meanings())
