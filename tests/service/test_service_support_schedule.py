"""A lead asks for dates, sees them beside its plan, accepts; who falls behind; coaching goes on."""

import datetime
import html
import re
from typing import Any

import pytest

from delivering import LEAD, PARTNER, WHO, agreed, leader, planned, school_day, together
from invented import facts, register
from schoolhubs import delivery
from schoolhubs.service import clock
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.delivery import hubs, queries, tasks
from schoolhubs.service.delivery.doing import coaching, people, planning, proposing, recording
from schoolhubs.service.delivery.models import Proposal, SupportDay
from schoolhubs.service.jobs import doing
from schoolhubs.service.jobs.models import Work
from schoolhubs.service.letters.models import Letter
from schoolhubs.vocabulary.errors import Conflict
from signing import signed_in

pytestmark = pytest.mark.django_db
OTHER = "900002"


@pytest.fixture(autouse=True)
def _schools() -> None:
    register(facts(PARTNER), facts(OTHER), facts(LEAD), leads=(LEAD,))


def lead() -> Any:
    return signed_in(Role.LEAD_SCHOOL, urn=LEAD, subject="lead")


def words(answer: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def proposed() -> Proposal:
    """Ask for dates on the page and let the worker find them."""
    client = lead()
    sent = client.post(f"/hubs/{LEAD}/days/proposal")
    page = f"/hubs/{LEAD}/days/proposal"
    assert sent.headers["Location"] == page, "a page that a lead may read"
    assert "Dates are being sought since" in words(client.get(page))
    doing.do(Work.objects.get(kind="support_schedule").pk, clock=clock.now)
    work = Work.objects.get(kind="support_schedule")
    assert work.state == "done", work.fault
    return Proposal.objects.get()


def test_dates_are_proposed_beside_the_plan_and_accepted_once() -> None:
    one, other, ada = together(), together(OTHER), leader()
    leader("Ben Beech")
    has = planned(one, ada)
    given = proposing.gather(LEAD, clock.day())
    assert given is not None
    held = {each.partner_id: each.held for each in given.partners}
    halves = delivery.days.ledger.Part(has.part).halves
    assert held == {str(one.pk): {(has.on, half): 1 for half in halves}, str(other.pk): {}}
    found = proposed()
    assert found.record["outcome"] == "fits"
    assert len(found.record["visits"]) >= 19
    assert SupportDay.objects.count() == 1, "a proposal plans nothing"
    client = lead()
    page = words(client.get(f"/hubs/{LEAD}/days/proposal"))
    assert "Everyone fits" in page
    assert "Dates are being sought" not in page
    assert "Accept and plan these days" in page
    before = Letter.objects.count()
    at = f"/hubs/{LEAD}/days/proposal/{found.pk}"
    assert client.post(at, {"version": found.version}).status_code == 302
    for each in (one, other):
        ledger = queries.ledger_of(each, queries.days_in(each))
        assert (ledger.planned, ledger.undated) == (20, 0)
    assert Letter.objects.count() - before == 4, "one letter a school and partnership"
    assert client.post(at, {"version": found.version}).status_code == 409
    assert proposing.gather(LEAD, clock.day()) is None, "nothing is without a date any more"


def test_a_proposal_that_no_longer_stands_is_not_accepted() -> None:
    together()
    leader()
    found = proposed()
    people.set_calendar(PARTNER, "2026/27", half_terms=[],
                        cannot={clock.day(): "a fair"}, version=0, **WHO)  # fmt: skip
    assert "can no longer be accepted" in words(lead().get(f"/hubs/{LEAD}/days/proposal"))
    with pytest.raises(Conflict, match="have changed since"):
        proposing.accept(found, today=clock.day(), version=found.version, **WHO)
    assert not SupportDay.objects.exists()


def test_where_nothing_fits_the_page_says_why_and_what_would_do() -> None:
    together()
    leader(most_minutes=10)
    found = proposed()
    assert found.record["outcome"] == "conflict"
    page = words(lead().get(f"/hubs/{LEAD}/days/proposal"))
    assert "Ada Ash drives at most 10 minutes one way." in page
    assert "Let Ada Ash drive further" in page
    assert "which was tried" in page


def test_capacity_counts_what_was_given_this_school_year() -> None:
    one, ada = together(), leader()
    agreed(one, ada)
    given = proposing.gather(LEAD, clock.day())
    assert given is not None
    assert given.capacity_half_days == 120 - 2
    assert given.partner(str(one.pk)).half_days == 18


def test_the_office_sees_first_who_falls_behind() -> None:
    today = clock.day()
    over = {"starts_on": today - datetime.timedelta(days=350),
            "finishes_on": today + datetime.timedelta(days=15)}  # fmt: skip
    late, fine = together(**over), together(OTHER)
    office = signed_in(Role.OFFICE_READ, subject="reader")
    page = words(office.get("/office/support-days"))
    assert "No room left" in page
    told = hubs.forecasts([late, fine], {}, {}, today)
    assert told[0].partnership == late
    assert told[0].forecast.overrun > 0
    hub = words(office.get(f"/hubs/{LEAD}/days"))
    assert "Both heads agree on two visits in some weeks" in hub


def extended() -> Any:
    return together(programme_id="behaviour-hubs-2021", pathway="extended", cohort_id="c")


def test_coaching_goes_from_a_named_coach_to_what_came_of_it() -> None:
    one, ada = extended(), leader()
    client = lead()
    at = f"/partnerships/{one.pk}/days/coaching"
    assert client.post(at, {"coach": ada.pk, "focus": "Corridors"}).status_code == 302
    cycle = queries.open_cycle(one)
    assert cycle is not None
    date = planning.Date(on=clock.day(), part=delivery.days.ledger.Part.AM, leaders=[ada])
    done = recording.Done(date=date, focus="Corridors", observation="Three of five lessons",
                          next_step="All five", evidence="Notes")  # fmt: skip
    recording.record(one, done, today=clock.day(), cycle=cycle, **WHO)
    page = words(client.get(at))
    assert "Three of five lessons" in page
    assert "All five" in page
    ended = client.post(f"{at}/end", {"reason": "Calmer", "version": cycle.version})
    assert ended.status_code == 302
    assert "Calmer" in words(client.get(at))
    (spent,) = queries.days_of([one.pk])[one.pk]
    assert spent.kind == "coaching"


def test_a_coaching_session_without_what_was_seen_is_not_recorded() -> None:
    one, ada = extended(), leader()
    coaching.begin(one, coach=ada, focus="x", today=clock.day(), **WHO)
    on = clock.day()
    answer = lead().post(f"/partnerships/{one.pk}/days/record", {
        "on-day": on.day, "on-month": on.month, "on-year": on.year, "part": "am",
        "held_at": "partner", "kind": "coaching", "leaders": [ada.pk], "focus": "x",
        "n_partner_leaders": 1,
    })  # fmt: skip
    assert "Say what the coach saw" in words(answer)


def test_both_schools_are_told_once_that_coaching_stopped() -> None:
    one, ada = extended(), leader()
    coaching.begin(one, coach=ada, focus="x", today=clock.day(), **WHO)
    late = clock.day() + datetime.timedelta(days=50)
    at = clock.now() + datetime.timedelta(days=50)
    assert tasks.remind_on(late, at=at, place="tests") == 1
    assert tasks.remind_on(late, at=at, place="tests") == 0
    assert Letter.objects.filter(kind="coaching_missed").count() == 2


def test_a_partner_that_does_not_answer_is_reminded_once() -> None:
    one, ada = together(), leader()
    date = planning.Date(on=clock.day(), part=delivery.days.ledger.Part.AM, leaders=[ada])
    recording.record(one, recording.Done(date=date, focus="x"), today=clock.day(),
                     **{**WHO, "at": clock.now()})  # fmt: skip
    soon, late = (clock.now() + datetime.timedelta(days=n) for n in (9, 10))
    assert tasks.remind_on(clock.day(), at=soon, place="tests") == 0
    assert tasks.remind_on(clock.day(), at=late, place="tests") == 1
    assert tasks.remind_on(clock.day(), at=late, place="tests") == 0
    assert school_day(one) > clock.day()
