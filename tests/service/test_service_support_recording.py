"""Recording a day has no dead end, tells a fault at its field, and asks once more where unusual."""

import datetime
import html
import re
from typing import Any

import pytest

from delivering import LEAD, PARTNER, WHO, delivered, leader, planned, school_day, together
from invented import facts, register
from schoolhubs.delivery.days.ledger import Part
from schoolhubs.service import clock
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.delivery.doing import coaching, people, planning, recording
from schoolhubs.service.delivery.models import SupportDay
from schoolhubs.service.work.hub import gathering
from schoolhubs.vocabulary.errors import Conflict
from signing import signed_in

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def _schools() -> None:
    register(facts(PARTNER), facts(LEAD), leads=(LEAD,))


def lead() -> Any:
    return signed_in(Role.LEAD_SCHOOL, urn=LEAD, subject="lead")


def words(answer: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def told(on: datetime.date, *leaders: Any, **changes: Any) -> dict[str, Any]:
    return {
        "on-day": on.day, "on-month": on.month, "on-year": on.year, "part": "day",
        "held_at": "partner", "kind": "support_day", "leaders": [each.pk for each in leaders],
        "focus": "Corridors", "evidence": "Six lessons seen", "n_partner_leaders": 2, **changes,
    }  # fmt: skip


def last_school_day(one: Any) -> datetime.date:
    schools = planning.calendars_of(one)
    return next(
        on for on in (clock.day() - n * DAY for n in range(60))
        if all(each.is_open(on) for each in schools)
    )  # fmt: skip


def test_a_note_that_says_nothing_is_asked_for_again() -> None:
    one, ada = together(), leader()
    page = f"/partnerships/{one.pk}/days/record"
    for evidence in ("", ".", " -- "):
        answer = lead().post(page, told(last_school_day(one), ada, evidence=evidence))
        assert answer.status_code == 200
        assert "Write what was done and what shows it" in words(answer)


def test_a_day_without_a_note_is_recorded_again_and_then_agreed() -> None:
    one, ada = together(), leader()
    day = delivered(one, ada, on=last_school_day(one), evidence="")
    client = lead()
    assert "Record it again" in words(client.get(f"/support-days/{day.pk}"))
    page = f"/partnerships/{one.pk}/days/record"
    again = told(day.on, ada, day=day.pk, version=day.version, is_sure="yes")
    checked = client.post(page, again)
    assert checked.status_code == 302
    assert client.post(checked.url).status_code == 302
    day.refresh_from_db()
    assert (day.state, day.evidence, SupportDay.objects.count()) == (
        "delivered", "Six lessons seen", 1
    )  # fmt: skip
    recording.answer(day, agrees=True, version=day.version, **WHO)


def test_the_office_is_told_in_words_that_nothing_was_written_down() -> None:
    one, ada = together(), leader()
    day = delivered(one, ada, evidence="")
    day = recording.answer(day, agrees=False, reason="A morning", version=day.version, **WHO)
    office = signed_in(Role.OFFICE_CASEWORKER, subject="office")
    said = {"to": "agreed", "reason": "Both were there", "version": day.version}
    answer = office.post(f"/support-days/{day.pk}/settle", said)
    assert answer.status_code == 409
    assert "ask the lead school to record it again" in words(answer)


@pytest.mark.parametrize("year", [1999, 2099])
def test_a_date_outside_is_told_at_its_field_before_the_check(year: int) -> None:
    one, ada = together(), leader()
    page = f"/partnerships/{one.pk}/days/record"
    answer = lead().post(page, told(datetime.date(year, 11, 10), ada))
    assert answer.status_code == 200
    said = words(answer)
    assert "must be within the partnership" in said or "on the day itself or later" in said
    assert "column" not in said


def test_a_day_that_is_no_school_day_is_asked_about_once_more() -> None:
    one, ada = together(), leader()
    saturday = next(
        on for on in (clock.day() - n * DAY for n in range(1, 9)) if on.weekday() == 5
    )  # fmt: skip
    page = f"/partnerships/{one.pk}/days/record"
    asked = lead().post(page, told(saturday, ada))
    assert asked.status_code == 200
    assert "it is a Saturday" in words(asked)
    assert "It is right all the same" in words(asked)
    assert lead().post(page, told(saturday, ada, is_sure="yes")).status_code == 302


def test_what_goes_beyond_the_promise_is_said_when_planned_and_recorded() -> None:
    one = together()
    many = [leader(f"Leader {n}") for n in range(11)]
    client, page = lead(), f"/partnerships/{one.pk}/days"
    on = school_day(one)
    said = words(client.post(f"{page}/plan", told(on, *many)))
    assert "With it 11 days are given or planned, and 10 days are promised" in said
    assert SupportDay.objects.count() == 0
    assert client.post(f"{page}/plan", told(on, *many, is_sure="yes")).status_code == 302
    assert "1 day beyond what was promised" in words(client.get(page))
    again = words(client.post(f"{page}/record", told(last_school_day(one), many[0])))
    assert "With it 12 days are given or planned" in again


def test_what_goes_beyond_what_a_lead_gives_in_a_year_is_said() -> None:
    one = together()
    many = [leader(f"Leader {n}") for n in range(61)]
    said = words(lead().post(f"/partnerships/{one.pk}/days/plan", told(school_day(one), *many)))
    assert "the leaders of the lead school give 61 days in" in said
    assert "the programme counts on 60 days" in said


def test_a_leader_who_is_busy_is_told_at_the_field_and_nothing_typed_is_lost() -> None:
    one, ada = together(), leader()
    day = planned(one, ada)
    answer = lead().post(f"/partnerships/{one.pk}/days/plan", told(day.on, ada, focus="My words"))
    assert answer.status_code == 200
    assert "Ada Ash has another support day then" in words(answer)
    assert "My words" in words(answer)


def test_a_day_ahead_is_not_missed_and_one_that_is_over_is_not_cancelled() -> None:
    one, ada = together(), leader()
    who = {**WHO, "at": clock.now()}
    ahead = planned(one, ada)
    with pytest.raises(Conflict, match="has not come"):
        recording.miss(ahead, side="partner", reason="x", version=ahead.version, **who)
    client = lead()
    assert "It did not take place" not in words(client.get(f"/support-days/{ahead.pk}"))
    over, who = ahead, {**WHO, "at": clock.now() + 40 * DAY}
    with pytest.raises(Conflict, match="The day is over"):
        planning.cancel(over, side="lead", reason="x", version=over.version, **who)
    recording.miss(over, side="lead", reason="x", version=over.version, **who)


def test_a_coach_stays_on_the_list_while_the_cycle_runs() -> None:
    one = together(programme_id="behaviour-hubs-2021", pathway="extended", cohort_id="c")
    ada = leader()
    coaching.begin(one, coach=ada, focus="Corridors", today=clock.day(), **WHO)
    with pytest.raises(Conflict, match="End the cycle first"):
        people.stop(ada, on=clock.day(), version=ada.version, **WHO)


def test_a_leader_who_stopped_can_be_named_when_a_day_is_recorded_again() -> None:
    one, ada = together(), leader()
    day = delivered(one, ada, on=last_school_day(one))
    people.stop(ada, on=clock.day(), version=ada.version, **WHO)
    page = f"/partnerships/{one.pk}/days/record"
    again = told(day.on, ada, day=day.pk, version=day.version)
    assert lead().post(page, again).status_code == 302


def test_disputed_days_are_not_given() -> None:
    one, ada, ben = together(), leader(), leader("Ben Beech")
    days = [last_school_day(one)]
    for on in days:
        day = delivered(one, ada, ben, on=on)
        recording.answer(day, agrees=False, reason="No", version=day.version, **WHO)
    (partner,) = gathering.today_of(LEAD, on=clock.day(), at=clock.now()).partners
    assert (partner.done_days, partner.disputed_days, partner.undated_days) == (0, 2, 8)
    assert Part.DAY.halves == ("am", "pm")
