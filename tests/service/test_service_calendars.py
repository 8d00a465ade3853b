"""A calendar follows somebody's dates by a secret link, which shows little and is taken back."""

import datetime
import re
from typing import Any

import icalendar
import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

import eventful
from delivering import LEAD, PARTNER, WHO, leader, planned, school_day, together
from invented import facts, register
from schoolhubs.delivery.days.ledger import Part
from schoolhubs.service import clock
from schoolhubs.service.accounts.models import Membership, Person
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.api.manners import limits
from schoolhubs.service.audit.models import AuditEntry
from schoolhubs.service.calendars import dates, queries
from schoolhubs.service.calendars.models import CalendarLink
from schoolhubs.service.delivery.doing import planning, recording
from schoolhubs.service.delivery.doing.planning import Date
from schoolhubs.service.events.doing import changing
from schoolhubs.service.web.exports import calendars
from signing import signed_in
from watchful import WatchfulClient

pytestmark = pytest.mark.django_db
PAGE = "/calendar-link"
HEAD = Role.PARTNER_SCHOOL_HEAD
MOST_QUESTIONS = 15


@pytest.fixture
def _schools() -> None:
    register(facts(PARTNER), facts("900002"), facts(LEAD), facts("900011"), leads=(LEAD, "900011"))


def head(urn: str = PARTNER) -> Any:
    return signed_in(HEAD, urn=urn, subject=f"head-{urn}")


def made(client: Any) -> str:
    """Make a link on the page; give its path as a calendar would ask it."""
    assert client.post(PAGE, {"do": "make"}).status_code == 302
    page = client.get(PAGE)
    assert "testserver/calendar/" not in client.get(PAGE).content.decode(), "shown once"
    found = re.search(r"http://testserver(/calendar/[\w-]+\.ics)", page.content.decode())
    assert found, page.content.decode()[:400]
    return found[1]


def asked(address: str, **headers: str) -> Any:
    """Ask as a calendar does, without a session."""
    client = WatchfulClient()
    client.sees_all = True
    return client.get(address, **headers)


def events(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200, answer.status_code
    return {str(each["UID"]): each for each in icalendar.Calendar.from_ical(answer.content).events}


@pytest.mark.usefixtures("_schools")
def test_a_calendar_follows_a_day_that_is_planned_moved_and_cancelled() -> None:
    one, ada = together(), leader()
    day = planned(one, ada)
    address = made(head())
    first = asked(address)
    ((uid, event),) = events(first).items()
    assert (event["STATUS"], event["SEQUENCE"]) == ("CONFIRMED", 0)
    assert first.headers["Content-Type"].startswith("text/calendar")
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT6H" in first.content
    moved = planning.move(
        day, Date(on=school_day(one, 9), part=Part.AM, leaders=[ada]), reason="A fair",
        version=day.version, today=clock.day(), schools=planning.calendars_of(one), **WHO,
    )  # fmt: skip
    event = events(asked(address))[uid]
    assert (event["SEQUENCE"], event["DTSTART"].dt.date()) == (1, moved.on)
    planning.cancel(moved, side="lead", reason="Ill", version=moved.version, **WHO)
    event = events(asked(address))[uid]
    assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", 2)
    file = head().get(f"/support-days/{day.pk}/invitation.ics").content
    assert uid in file.decode().replace("\r\n ", ""), "a file and the feed are one date"


@pytest.mark.usefixtures("_schools")
def test_a_day_recorded_on_another_date_changes_what_calendars_hold() -> None:
    one, ada = together(), leader()
    day = planned(one, ada, on=school_day(one))
    number = day.sequence
    on = school_day(one, 2)
    done = recording.Done(date=Date(on=on, part=Part.AM, leaders=[ada]), focus="Corridors")
    told = recording.record(
        one, done, today=on + datetime.timedelta(days=1), day=day, version=day.version, **WHO
    )
    assert (told.on, told.sequence) == (on, number + 1)
    again = recording.record(
        one, done, today=on + datetime.timedelta(days=1), day=told, version=told.version, **WHO
    )
    assert again.sequence == told.sequence, "nothing that a calendar shows was changed"
    gone = recording.miss(again, side="lead", reason="It was not", version=again.version, **WHO)
    assert gone.sequence == told.sequence + 1


@pytest.mark.usefixtures("_schools")
def test_what_is_known_already_is_answered_304() -> None:
    one = together()
    planned(one, leader())
    address = made(head())
    tag = asked(address).headers["ETag"]
    again = asked(address, HTTP_IF_NONE_MATCH=tag)
    assert (again.status_code, again.content) == (304, b"")
    planned(one, leader("Ben Birch"), on=school_day(one, 5))
    assert asked(address, HTTP_IF_NONE_MATCH=tag).status_code == 200


@pytest.mark.usefixtures("_schools")
def test_a_lost_link_shows_no_name_and_nothing_that_anybody_wrote() -> None:
    planned(together(), leader("Ada Ash"))
    address = made(head())
    text = asked(address).content.decode()
    assert "School 900001" in text
    for word in ("Ada Ash", "Corridors", "DESCRIPTION", "ATTENDEE"):
        assert word not in text
    ((_, event),) = events(asked(address)).items()
    own = calendars.organiser()
    assert str(event["ORGANIZER"]) == f"mailto:{own.address}", "the service's own, no person's"
    assert own.name == settings.ENVIRONMENT.service_name


@pytest.mark.usefixtures("_schools")
def test_a_link_shows_its_own_schools_alone_and_the_check_is_what_does_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    planned(together(), leader())
    other = together("900002", "900011")
    planned(other, leader("Eve Elm", "900011"))
    address = made(head())
    assert len(events(asked(address))) == 1
    monkeypatch.setattr(dates, "own_urns", lambda *_: [PARTNER, "900002"])
    assert len(events(asked(address))) == 2, "with the check off the other school's shows"


@pytest.mark.usefixtures("_schools")
def test_a_link_made_anew_or_taken_back_shows_nothing_more() -> None:
    client = head()
    first = made(client)
    second = made(client)
    assert asked(first).status_code == 404
    assert asked(second).status_code == 200
    client.post(PAGE, {"do": "end"})
    assert asked(second).status_code == 404
    assert client.post(PAGE, {"do": "end"}).status_code == 409
    done = AuditEntry.objects.filter(action__startswith="calendar_link").order_by("pk")
    assert [each.action.partition(".")[2] for each in done] == ["make", "renew", "end"]
    kept = " ".join(CalendarLink.objects.values_list("secret_hash", flat=True))
    assert first.rpartition("/")[2].removesuffix(".ics") not in kept


@pytest.mark.usefixtures("_schools")
def test_a_link_rests_with_the_person_it_is_of() -> None:
    address = made(head())
    person = Person.objects.get(subject=f"head-{PARTNER}")
    assert asked(address).status_code == 200
    noon = datetime.time(12, tzinfo=timezone.get_current_timezone())
    last = clock.day() - datetime.timedelta(days=queries.limit("rests_after_days"))
    for on, status in ((last, 200), (last - datetime.timedelta(days=1), 404)):
        signed_in_at = datetime.datetime.combine(on, noon)
        Person.objects.filter(pk=person.pk).update(last_signed_in_at=signed_in_at)
        assert asked(address).status_code == status
    Person.objects.filter(pk=person.pk).update(last_signed_in_at=timezone.now(), is_stopped=True)
    assert asked(address).status_code == 404
    Person.objects.filter(pk=person.pk).update(is_stopped=False)
    assert asked(address).status_code == 200
    Membership.objects.filter(person=person).update(roles=[])
    assert asked(address).status_code == 404
    Membership.objects.filter(person=person).update(roles=[HEAD.value])
    CalendarLink.objects.update(expires_on=clock.day())
    assert asked(address).status_code == 404


@pytest.mark.usefixtures("_schools")
def test_guesses_and_calendars_that_ask_too_often_are_slowed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    usual = limits.limit
    monkeypatch.setattr(
        limits, "limit", lambda name: 2 if name.startswith("requests_") else usual(name)
    )
    address = made(head())
    answers = [asked(address) for _ in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 429]
    assert int(answers[2].headers["Retry-After"]) > 0
    guesses = [asked(f"/calendar/guess-{n}.ics").status_code for n in range(3)]
    assert guesses == [404, 404, 429]


def test_bookings_and_the_leads_own_open_days_are_followed_in_few_questions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clock, "now", lambda: eventful.AT)
    event = eventful.open_day(eventful.hub_of(), 9, place="Gate of Ada")
    held = eventful.booked(event, 1, n=2)
    partner = made(head(eventful.urn_of(1)))
    lead = made(signed_in(Role.LEAD_SCHOOL, urn=eventful.LEAD, subject="lead"))
    (mine,), (theirs,) = events(asked(partner)).values(), events(asked(lead)).values()
    assert mine["SUMMARY"].startswith("Open day")
    assert mine["UID"].startswith(f"booking-{held.pk}@")
    assert theirs["UID"].startswith(f"event-{event.pk}@")
    for word in ("Lesson starts", "Gate of Ada", "A head of year"):
        assert word not in asked(partner).content.decode()
    before = int(mine["SEQUENCE"])
    changing.cancel(held, version=held.version, **eventful.WHO)
    (mine,) = events(asked(partner)).values()
    assert mine["STATUS"] == "CANCELLED"
    assert int(mine["SEQUENCE"]) > before
    with CaptureQueriesContext(connection) as told:
        asked(partner)
    assert len(told) <= MOST_QUESTIONS, [each["sql"][:80] for each in told]
