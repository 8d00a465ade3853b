"""Support days: planned, recorded in three pages, agreed by both; nobody in two places at once."""

import datetime
import html
import re
from typing import Any

import icalendar
import pytest
from django.db import DatabaseError, transaction

from delivering import LEAD, PARTNER, WHO, agreed, delivered, leader, planned, school_day, together
from invented import facts, register
from schoolhubs.delivery.days.ledger import Part
from schoolhubs.service import clock
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.audit.models import AuditEntry
from schoolhubs.service.delivery import queries
from schoolhubs.service.delivery.doing import people, planning, recording
from schoolhubs.service.delivery.doing.planning import Date
from schoolhubs.service.delivery.models import LeaderHalfDay, SupportDay
from schoolhubs.service.letters.models import Letter
from schoolhubs.vocabulary.errors import Conflict, DataProblem
from signing import signed_in

pytestmark = pytest.mark.django_db
HEAD = Role.PARTNER_SCHOOL_HEAD


@pytest.fixture(autouse=True)
def _schools() -> None:
    register(facts(PARTNER), facts("900002"), facts(LEAD), facts("900011"), leads=(LEAD, "900011"))


def lead() -> Any:
    return signed_in(Role.LEAD_SCHOOL, urn=LEAD, subject="lead")


def head(urn: str = PARTNER) -> Any:
    return signed_in(HEAD, urn=urn, subject=f"head-{urn}")


def words(answer: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def dated(on: datetime.date) -> dict[str, Any]:
    return {"on-day": on.day, "on-month": on.month, "on-year": on.year}


def form(on: datetime.date, *leaders: Any, **changes: Any) -> dict[str, Any]:
    told = {
        **dated(on), "part": "day", "held_at": "partner", "kind": "support_day",
        "leaders": [each.pk for each in leaders], "focus": "Corridors",
    }  # fmt: skip
    return {**told, **changes}


def recorded(on: datetime.date, *leaders: Any, **changes: Any) -> dict[str, Any]:
    told = {"evidence": "Six lessons seen", "n_partner_leaders": 2, "travel_minutes": 70,
            "is_sure": "yes"}  # fmt: skip
    return form(on, *leaders, **{**told, **changes})


def test_a_day_is_planned_recorded_in_three_pages_and_agreed() -> None:
    one, ada = together(), leader()
    client, on = lead(), school_day(one)
    sent = client.post(f"/partnerships/{one.pk}/days/plan", form(on, ada))
    assert sent.status_code == 302
    day = SupportDay.objects.get()
    assert (day.state, day.on, day.held.count()) == ("planned", on, 2)
    assert {each.kind for each in Letter.objects.all()} == {"support_day_planned"}
    page = f"/partnerships/{one.pk}/days/record"
    today = clock.day()
    asked = client.get(f"{page}?day={day.pk}")
    assert "Corridors" in asked.content.decode()
    answers = recorded(today, ada, day=day.pk, version=day.version)
    checked = client.post(page, answers)
    assert "2 half-days of your leaders" in words(client.get(checked.url))
    assert SupportDay.objects.get().state == "planned", "nothing is kept before it is checked"
    assert "Six lessons seen" in words(client.get(f"{page}?change=yes"))
    done = client.post(checked.url)
    assert done.status_code == 302
    assert "The day is recorded" in words(client.get(done.url))
    day.refresh_from_db()
    assert (day.state, day.on, day.travel_minutes) == ("delivered", today, 70)
    assert Letter.objects.filter(kind="support_day_waits").count() == 1
    partner = head()
    assert "waits" in words(partner.get(f"/partnerships/{one.pk}/days"))
    said = {"verdict": "yes", "version": day.version}
    assert partner.post(f"/support-days/{day.pk}/answer", said).status_code == 302
    ledger = queries.ledger_of(one, queries.days_in(one))
    assert (ledger.entitled, ledger.agreed, ledger.evidenced, ledger.undated) == (20, 2, 2, 18)
    (spent,) = queries.days_of([one.pk])[one.pk]
    assert (spent.partner_half_days, spent.lead_half_days, spent.is_agreed) == (2, 2, True)
    assert [each.action for each in AuditEntry.objects.order_by("number")][-3:] == [
        "support_day.plan", "support_day.record", "support_day.agree",
    ]  # fmt: skip


def test_the_lead_cannot_agree_its_own_day_by_any_door() -> None:
    one, ada = together(), leader()
    day = delivered(one, ada)
    said = {"verdict": "yes", "version": day.version}
    assert lead().post(f"/support-days/{day.pk}/answer", said).status_code == 403
    with pytest.raises(DatabaseError, match="an_agreed_day"), transaction.atomic():
        SupportDay.objects.filter(pk=day.pk).update(state="agreed", version=day.version + 1)
    assert queries.ledger_of(one, queries.days_in(one)).agreed == 0


def test_a_day_without_evidence_is_not_agreed() -> None:
    one, ada = together(), leader()
    day = delivered(one, ada, evidence="")
    with pytest.raises(Conflict, match="not written down what was done"):
        recording.answer(day, agrees=True, version=day.version, **WHO)
    told = queries.ledger_of(one, queries.days_in(one))
    assert (told.delivered, told.evidenced) == (2, 0)


def test_a_disputed_day_is_recorded_again_or_settled_by_the_office() -> None:
    one, ada = together(), leader()
    day = delivered(one, ada)
    said = {"verdict": "no", "version": day.version, "reason": "It was a morning"}
    assert head().post(f"/support-days/{day.pk}/answer", said).status_code == 302
    day.refresh_from_db()
    assert day.state == "disputed"
    assert Letter.objects.filter(kind="support_day_disputed").exists()
    again = recorded(day.on, ada, part="am", day=day.pk, version=day.version)
    client = lead()
    checked = client.post(f"/partnerships/{one.pk}/days/record", again)
    assert client.post(checked.url).status_code == 302
    day.refresh_from_db()
    assert (day.state, day.part, day.held.count()) == ("delivered", "am", 1)
    day = recording.answer(day, agrees=False, reason="No", version=day.version, **WHO)
    office = signed_in(Role.OFFICE_CASEWORKER, subject="officer")
    decided = {"to": "agreed", "reason": "Both diaries say so", "version": day.version}
    assert office.post(f"/support-days/{day.pk}/settle", decided).status_code == 302
    day.refresh_from_db()
    assert day.state == "agreed"


def test_a_moved_and_a_cancelled_day_change_what_calendars_hold() -> None:
    one, ada = together(), leader()
    day = planned(one, ada)
    client = head()
    first = icalendar.Calendar.from_ical(
        client.get(f"/support-days/{day.pk}/invitation.ics").content
    )
    to = school_day(one, after=20)
    moved = {**form(to, ada), "reason": "A visit", "version": day.version}
    assert lead().post(f"/support-days/{day.pk}/move", moved).status_code == 302
    second = icalendar.Calendar.from_ical(
        client.get(f"/support-days/{day.pk}/invitation.ics").content
    )
    day.refresh_from_db()
    assert client.post(
        f"/support-days/{day.pk}/cancel", {"reason": "Closed", "version": day.version}
    ).status_code == 302  # fmt: skip
    third = icalendar.Calendar.from_ical(
        client.get(f"/support-days/{day.pk}/invitation.ics").content
    )
    events = [each.walk("VEVENT")[0] for each in (first, second, third)]
    assert len({str(each["uid"]) for each in events}) == 1
    assert [each["sequence"] for each in events] == [0, 1, 2]
    assert [each["dtstamp"].dt for each in events] == sorted(each["dtstamp"].dt for each in events)
    for each in events:
        assert str(each["organizer"]).startswith("mailto:")
        assert "@" in str(each["attendee"])
        assert "head" in str(each["attendee"]) + each["attendee"].params["CN"], "the one who asks"
    assert [str(each["method"]) for each in (first, second, third)] == [
        "REQUEST", "REQUEST", "CANCEL",
    ]  # fmt: skip
    assert events[1].decoded("dtstart").astimezone(clock.now().tzinfo).day in {to.day, to.day - 1}
    kinds = list(Letter.objects.values_list("kind", flat=True).distinct())
    assert {"support_day_planned", "support_day_moved", "support_day_cancelled"} <= set(kinds)


def test_no_date_when_a_school_is_closed_or_the_partnership_is_over() -> None:
    one, ada = together(), leader()
    on = school_day(one)
    year = queries.calendars({PARTNER: "Ash"})[PARTNER].year_of(on).year
    people.set_calendar(PARTNER, year, half_terms=[], cannot={on: "a fair"}, version=0, **WHO)
    said = words(lead().post(f"/partnerships/{one.pk}/days/plan", form(on, ada)))
    assert "a day it cannot (a fair)" in said
    with pytest.raises(DataProblem, match="within the partnership"):
        planned(one, ada, on=one.finishes_on)
    with pytest.raises(DatabaseError, match="within its partnership"), transaction.atomic():
        SupportDay.objects.create(
            partnership=one, on=one.finishes_on, focus="x", planned_at=clock.now(), planned_by="x"
        )  # fmt: skip


def test_a_leader_is_in_one_place_at_a_time() -> None:
    one, other, ada = together(), together("900002"), leader()
    on = school_day(one)
    planned(one, ada, on=on, part="am")
    planned(other, ada, on=on, part="pm")
    with pytest.raises(Conflict, match="has another support day"):
        planned(other, ada, on=on, part="day")
    assert SupportDay.objects.count() == 2, "nothing of the third was kept"


def test_a_cancelled_day_frees_its_leaders_and_keeps_their_names() -> None:
    one, other, ada = together(), together("900002"), leader()
    day = planned(one, ada)
    day = planning.cancel(day, side="lead", reason="Snow", version=day.version, **WHO)
    planned(other, ada, on=day.on)
    assert [each.name for each in queries.leaders_on(day)] == ["Ada Ash"]
    with pytest.raises(Conflict, match="cannot bring it"):
        recording.miss(day, side="lead", reason="x", version=day.version, **WHO)


def test_a_leader_of_another_lead_cannot_be_sent() -> None:
    one, stranger = together(), leader("Eve", lead="900011")
    with pytest.raises(DataProblem, match="leaders of the lead school"):
        planned(one, stranger)
    day = planned(one, leader())
    with pytest.raises(DatabaseError, match="of a leader of its lead"), transaction.atomic():
        LeaderHalfDay.objects.create(day=day, leader=stranger, on=day.on, half="am")


def test_the_table_of_moves_holds_in_the_database() -> None:
    one, ada = together(), leader()
    day = planned(one, ada)
    for state in ("agreed", "disputed"):
        with pytest.raises(DatabaseError), transaction.atomic():
            SupportDay.objects.filter(pk=day.pk).update(
                state=state, version=9, reason="x", evidence="x", answered_at=clock.now(),
                answered_by="x", delivered_at=clock.now(), delivered_by="x",
            )  # fmt: skip
    with pytest.raises(DatabaseError, match="raises its version"), transaction.atomic():
        SupportDay.objects.filter(pk=day.pk).update(focus="Other")


def test_an_older_version_is_told_and_nothing_is_lost() -> None:
    one, ada = together(), leader()
    day = planned(one, ada)
    planning.move(
        day, Date(on=school_day(one, 20), part=Part.AM, leaders=[ada]), reason="x",
        version=day.version, today=clock.day(), schools=planning.calendars_of(one), **WHO,
    )  # fmt: skip
    answer = lead().post(
        f"/support-days/{day.pk}/cancel", {"reason": "My words", "version": day.version}
    )  # fmt: skip
    assert answer.status_code == 409
    assert "My words" in words(answer)


def test_a_leader_with_days_ahead_stays_on_the_list() -> None:
    one, ada = together(), leader()
    planned(one, ada)
    with pytest.raises(Conflict, match="is planned for 1 day"):
        people.stop(ada, on=clock.day(), version=ada.version, **WHO)


def test_files_hold_what_the_page_shows_and_run_nothing() -> None:
    one, ada = together(), leader("=Ada()")
    agreed(one, ada)
    client = lead()
    told = client.get(f"/partnerships/{one.pk}/days.csv").content.decode()
    assert "'=Ada()" in told
    assert ",agreed," in told
    assert client.get(f"/partnerships/{one.pk}/days.xlsx").content[:2] == b"PK"
    assert b"METHOD:PUBLISH" in client.get(f"/hubs/{LEAD}/days.ics").content
    assert client.get(f"/hubs/{LEAD}/days.pdf").status_code == 404


def test_the_hub_page_adds_its_partners_up() -> None:
    one, other, ada = together(), together("900002"), leader()
    agreed(one, ada)
    planned(other, ada)
    said = words(lead().get(f"/hubs/{LEAD}/days"))
    assert "Of 20 days promised, 1 day was delivered, 1 day of them agreed" in said
    assert head().get(f"/hubs/{LEAD}/days").status_code == 403
