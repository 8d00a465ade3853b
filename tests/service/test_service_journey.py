"""The line of milestones: where a school stands, and what comes next, from its own record."""

import datetime
from typing import Any

import pytest

from schoolhubs.service.eligibility import states
from schoolhubs.service.eligibility.models import Application
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.schools.page.journey import STOPPED, Milestone, Reached, journey

SENT_ON = datetime.date(2026, 9, 7)
AT = datetime.datetime(2026, 11, 2, 9, tzinfo=datetime.UTC)
STARTS, FINISHES = datetime.date(2027, 1, 1), datetime.date(2028, 1, 1)
AUTUMN = datetime.date(2026, 11, 22)


def application(state: str) -> Application:
    sent = None if state == "draft" else SENT_ON
    return Application(state=state, begun_at=AT, applied_on=sent)


def partnership(state: str = "proposed", **told: Any) -> Partnership:
    return Partnership(
        state=state, proposed_at=AT, starts_on=STARTS, finishes_on=FINISHES, **told
    )  # fmt: skip


def stands(line: tuple[Milestone, ...]) -> tuple[str, Reached]:
    """Give the milestone where the school stands, with how."""
    found = [each for each in line if each.reached in {Reached.NOW, Reached.NEXT}]
    assert len(found) == 1
    return found[0].words, found[0].reached


@pytest.mark.parametrize(
    ("state", "met", "words"),
    [
        ("draft", None, "Application"),
        ("submitted", None, "Check by the rules"),
        ("undecided", None, "Check by the rules"),
        ("eligible", None, "Proposal of a hub"),
        ("waiting", None, "Proposal of a hub"),
        ("matched", partnership(), "Answers of both schools"),
        ("withdrawn", None, "The application was withdrawn"),
        ("not_eligible", None, "The school may not join"),
        ("deferred", None, "The application was put off to a later intake"),
    ],
)
def test_the_school_stands_where_its_record_says(
    state: str, met: Partnership | None, words: str
) -> None:
    assert stands(journey(application(state), met, on=AUTUMN)) == (words, Reached.NOW)


def test_nothing_begun_is_no_line() -> None:
    assert journey(None, None, on=AUTUMN) == ()


@pytest.mark.parametrize(
    ("on", "words", "reached"),
    [
        (AUTUMN, "Term 1 of support: spring", Reached.NEXT),
        (datetime.date(2027, 2, 1), "Term 1 of support: spring", Reached.NOW),
        (datetime.date(2027, 4, 1), "Term 2 of support: summer", Reached.NOW),
        (datetime.date(2027, 9, 1), "Term 3 of support: autumn", Reached.NOW),
    ],
)
def test_a_running_partnership_stands_in_its_term(
    on: datetime.date, words: str, reached: Reached
) -> None:
    line = journey(application("agreed"), partnership("agreed", partner_at=AT, lead_at=AT), on=on)
    assert stands(line) == (words, reached)
    assert [each.on for each in line][-1] == datetime.date(2027, 12, 31)


def test_a_finished_partnership_has_everything_behind_it() -> None:
    line = journey(
        application("finished"), partnership("finished", partner_at=AT, lead_at=AT), on=FINISHES
    )
    assert {each.reached for each in line} == {Reached.DONE}


def test_a_proposal_is_not_support() -> None:
    """Its first term may have begun; nobody has agreed yet."""
    line = journey(application("matched"), partnership(), on=datetime.date(2027, 2, 1))
    assert stands(line) == ("Answers of both schools", Reached.NOW)


@pytest.mark.parametrize("state", states.meanings())
@pytest.mark.parametrize("met", [None, partnership(), partnership("agreed", lead_at=AT)])
def test_every_state_has_a_line_that_goes_one_way(state: str, met: Partnership | None) -> None:
    line = journey(application(state), met, on=AUTUMN)
    order = [list(Reached).index(each.reached) for each in line]
    assert order == sorted(order)
    assert (state in STOPPED) == (line[-1].words in STOPPED.values())
