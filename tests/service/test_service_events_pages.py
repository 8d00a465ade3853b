"""Pages of open days: prepared, booked in four pages, attended, told to nobody else."""

import datetime
import re
import uuid
from typing import Any

import icalendar
import polars as pl
import pytest

from eventful import AT, DAY, LEAD, booked, hold, hub_of, open_day, partner, taken, urn_of, waits
from invented import PROGRAMME
from peopled import person_at
from schoolhubs.service import clock
from schoolhubs.service.accounts.models import Organisation
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.audit.models import AuditEntry
from schoolhubs.service.events import queries, tasks
from schoolhubs.service.events.doing import attending
from schoolhubs.service.events.models import Booking, Event, Feedback, Party, SharedOut
from schoolhubs.service.jobs import doing
from schoolhubs.service.jobs.models import Work
from schoolhubs.service.letters.models import Letter
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.records.delivery import DayKind
from signing import signed_in
from watchful import WatchfulClient

pytestmark = pytest.mark.django_db
HEAD, LEADER = Role.PARTNER_SCHOOL_HEAD, Role.LEAD_SCHOOL


@pytest.fixture(autouse=True)
def _autumn(monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, AT)


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime.datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: moment)


def text(page: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())


def key_of(page: Any) -> str:
    found = re.search(r'name="key" value="([^"]+)"', page.content.decode())
    assert found
    return found[1]


PREPARED = {
    "kind": "open_day", "on-day": "20", "on-month": "11", "on-year": "2026", "starts_at": "9:30",
    "finishes_at": "15:00", "place_urn": LEAD, "place": "Main gate", "about": "Lesson starts",
    "access": "A lift", "n_places": "4", "closes_on-day": "17", "closes_on-month": "11",
    "closes_on-year": "2026", "opens": "yes",
}  # fmt: skip


def test_a_lead_prepares_an_open_day_and_a_partner_books_it_in_four_pages() -> None:
    hub_of()
    lead = signed_in(LEADER, urn=LEAD)
    made = lead.post(f"/hubs/{PROGRAMME}/{LEAD}/events/new", PREPARED)
    event = Event.objects.get()
    assert (made.status_code, made.url) == (302, f"/events/{event.pk}")
    head = signed_in(HEAD, urn=urn_of(1))
    listed = text(head.get("/events"))
    assert "20 November 2026" in listed
    assert "4 of 4 places free" in listed
    party = head.get(f"/events/{event.pk}/book")
    form = {"key": key_of(party), f"n_{Partnership.objects.get(partner_urn=urn_of(1)).pk}": "2",
            "roles": "Head", "access_needs": "A ramp"}  # fmt: skip
    held = head.post(f"/events/{event.pk}/book", form)
    again = head.post(f"/events/{event.pk}/book", form)
    assert held.url == again.url, "sent twice, held once"
    looked = text(head.get(held.url))
    assert (
        "2 places are held for you until 5 October 2026 at 10:15am, 15 minutes from now" in looked
    )
    confirmed = head.post(held.url)
    head.post(held.url)
    page = text(head.get(confirmed.url))
    assert "Booked" in page
    assert "Calendar file" in page
    assert taken(event) == 2
    day = text(lead.get(f"/events/{event.pk}"))
    assert "2 of 4 places taken, 2 free" in day
    assert "A ramp" in day
    assert "Lesson starts" in day
    assert "span class" not in day, "what a lead typed is shown, no markup around it"


def test_the_calendar_file_follows_the_booking_and_takes_it_back() -> None:
    event = open_day(hub_of())
    one = booked(event, 1, n=2)
    head = signed_in(HEAD, urn=urn_of(1))
    said = icalendar.Calendar.from_ical(head.get(f"/bookings/{one.pk}/calendar.ics").content)
    (date,) = said.walk("VEVENT")
    assert (str(date["status"]), date.decoded("dtstart").date()) == ("CONFIRMED", DAY)
    head.post(f"/bookings/{one.pk}/cancel", {"version": "2", "reason": ""})
    off = icalendar.Calendar.from_ical(head.get(f"/bookings/{one.pk}/calendar.ics").content)
    (gone,) = off.walk("VEVENT")
    assert (str(gone["status"]), gone["uid"]) == ("CANCELLED", date["uid"])
    assert gone["sequence"] > date["sequence"]


def test_whoever_finds_it_full_can_join_the_waiting_list_and_sees_the_place_in_it() -> None:
    event = open_day(hub_of(), n_places=2)
    booked(event, 2, n=2)
    waits(event, 3, n=2)
    head, pk = signed_in(HEAD, urn=urn_of(1)), Partnership.objects.get(partner_urn=urn_of(1)).pk
    form = {"key": key_of(head.get(f"/events/{event.pk}/book")), f"n_{pk}": "2"}
    full = head.post(f"/events/{event.pk}/book", form)
    assert full.status_code == 409
    assert "free, and your party is of 2. Nothing was booked." in text(full)
    waiting = head.post(f"/events/{event.pk}/book", {**form, "waits": "yes"})
    assert "You are number 2 on the waiting list" in text(head.get(waiting.url))


def of_trust() -> WatchfulClient:
    organisation = Organisation.objects.create(
        sign_in_id="trust-ada", kind="trust", name="trust", uid="9001"
    )
    client = WatchfulClient()
    client.act_as(person_at(organisation, [Role.PARTNER_TRUST], "ada"), organisation)
    return client


def test_a_trust_books_for_its_schools_all_or_none_and_sees_who_else_comes() -> None:
    event = open_day(hub_of(), n_places=3)
    booked(event, 3, n=1)
    trust = of_trust()
    assert "School 910003" in text(trust.get("/events"))
    pks = {n: Partnership.objects.get(partner_urn=urn_of(n)).pk for n in (1, 2)}
    form = {"key": key_of(trust.get(f"/events/{event.pk}/book")), f"n_{pks[1]}": "2",
            f"n_{pks[2]}": "1"}  # fmt: skip
    assert trust.post(f"/events/{event.pk}/book", form).status_code == 409
    assert taken(event) == 1
    held = trust.post(f"/events/{event.pk}/book", {**form, f"n_{pks[1]}": "1"})
    assert (held.status_code, taken(event)) == (302, 3)


def test_one_visit_a_term_and_only_ones_own_hub_and_phase() -> None:
    hub = hub_of()
    event = open_day(hub)
    other = open_day(hub, on=DAY + datetime.timedelta(days=5))
    secondary = open_day(hub, on=DAY + datetime.timedelta(days=6), phases=["secondary"])
    booked(event, 1)
    head, pk = signed_in(HEAD, urn=urn_of(1)), Partnership.objects.get(partner_urn=urn_of(1)).pk
    refused = head.post(f"/events/{other.pk}/book", {f"n_{pk}": "1"})
    assert (refused.status_code, "it has its place of this term" in text(refused)) == (409, True)
    pk_2 = Partnership.objects.get(partner_urn=urn_of(2)).pk
    wrong = signed_in(HEAD, urn=urn_of(2)).post(f"/events/{secondary.pk}/book", {f"n_{pk_2}": "1"})
    assert "This event is for secondary schools" in text(wrong)
    partner("910099", lead="900011")
    stranger = signed_in(HEAD, urn="910099")
    assert stranger.get(f"/events/{event.pk}/book").status_code == 404
    assert stranger.get(f"/bookings/{Booking.objects.get().pk}").status_code == 404
    assert signed_in(LEADER, urn="900011").get(f"/events/{event.pk}").status_code == 404


def came(event: Event, **n_came: int) -> None:
    parties = {each.urn: each.pk for each in Party.objects.filter(event=event, stands="takes")}
    attending.check_in(
        event, {parties[urn_of(int(name[1:]))]: n for name, n in n_came.items()}, by="lead",
        organisation="school:1", at=AT, on=event.on, place="tests",
    )  # fmt: skip


def test_the_office_lets_a_school_come_beside_the_rules_for_a_reason_that_is_kept() -> None:
    hub = hub_of(3)
    first, second = open_day(hub), open_day(hub, 2, on=DAY + datetime.timedelta(days=3))
    booked(first, 1)
    one = Partnership.objects.get(partner_urn=urn_of(1))
    with pytest.raises(Conflict, match="can not come"):
        hold(second, 1)
    office = signed_in(Role.OFFICE_CASEWORKER, subject="cara")
    at = f"/events/{second.pk}/beside-the-rules"
    assert at in office.get(f"/events/{second.pk}").content.decode()
    said = {"partnership": str(one.pk), "n_people": "2", "key": str(uuid.uuid4())}
    asked = office.post(at, said)
    assert "Say why the school may come" in asked.content.decode()
    assert not Booking.objects.filter(event=second).exists()
    said["reason"] = "The first visit was cut short by a fire alarm"
    for _ in range(2):  # sent twice it is one booking
        assert office.post(at, said).status_code == 302
    made = Booking.objects.get(event=second)
    assert (made.state, made.n_people, made.why_more) == ("booked", 2, said["reason"])
    entry = AuditEntry.objects.get(action="event.hold", subject=f"event:{second.pk}")
    assert (entry.reason, entry.details["booking"]) == (said["reason"], made.pk)
    assert said["reason"] in office.get(f"/events/{second.pk}").content.decode()
    other = Partnership.objects.get(partner_urn=urn_of(2))
    full = office.post(at, {**said, "partnership": str(other.pk), "key": ""})
    assert full.status_code == 409
    assert taken(second) == 2, "never more than there are places"
    assert signed_in(Role.LEAD_SCHOOL, urn=LEAD, subject="lee").get(at).status_code == 403


def test_a_full_day_is_waited_for_at_once() -> None:
    event = open_day(hub_of(3), 1)
    booked(event, 1)
    head = signed_in(Role.PARTNER_SCHOOL_HEAD, urn=urn_of(2))
    page = head.get(f"/events/{event.pk}/book").content.decode()
    assert "The day is full" in page
    assert 'name="waits"' in page
    assert "are held for" not in page
    one = Partnership.objects.get(partner_urn=urn_of(2))
    head.post(f"/events/{event.pk}/book", {f"n_{one.pk}": "1", "waits": "yes"})
    assert Booking.objects.get(organisation__contains=urn_of(2)).state == "waiting"
    assert "Join the waiting list" not in head.get("/events").content.decode()


def test_who_came_is_a_day_spent_and_a_no_show_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    hub = hub_of()
    event, meeting = open_day(hub), open_day(hub, kind="networking")
    booked(event, 1, n=2)
    booked(event, 2)
    booked(meeting, 1)
    lead = signed_in(LEADER, urn=LEAD)
    early = lead.post(
        f"/events/{event.pk}/check-in", {f"n_{e.pk}": "1" for e in event.party_set.all()}
    )
    assert "The day has not come" in text(early)
    at(monkeypatch, AT.replace(month=11, day=20))
    form = {f"n_{e.pk}": "2" if e.urn == urn_of(1) else "0" for e in event.party_set.all()}
    assert lead.post(f"/events/{event.pk}/check-in", form).status_code == 302
    came(meeting, n1=1)
    first, second = (Partnership.objects.get(partner_urn=urn_of(n)).pk for n in (1, 2))
    spent = queries.days_of([first, second])
    assert [(each.kind, each.partner_half_days, each.travel_minutes) for each in spent[first]] == [
        (DayKind.OPEN_DAY, 2, 50.0), (DayKind.NETWORKING, 1, 50.0),
    ]  # fmt: skip
    assert spent[second] == ()
    # The lead's time for each stands once, however many came.
    assert [each.lead_half_days for each in spent[first]] == [2, 1]
    form = {f"n_{e.pk}": "1" for e in event.party_set.all()}
    assert lead.post(f"/events/{event.pk}/check-in", form).status_code == 302
    for ids in ([first, second], [second]):
        both = queries.days_of(ids)
        assert [each.lead_half_days for each in both[second]] == [0]
    assert [each.lead_half_days for each in queries.days_of([first])[first]] == [2, 1]
    form = {f"n_{e.pk}": "2" if e.urn == urn_of(1) else "0" for e in event.party_set.all()}
    assert lead.post(f"/events/{event.pk}/check-in", form).status_code == 302
    page = lead.get(f"/events/{event.pk}/attendance.csv").content.decode()
    assert page.splitlines()[0].startswith("urn,school,people_booked,people_who_came")
    book = pl.read_excel(lead.get(f"/events/{event.pk}/attendance.xlsx").content)
    assert book["people_who_came"].to_list() == [2, 0]


def test_feedback_is_shown_once_five_have_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    event = open_day(hub_of(), n_places=9)
    for number in range(1, 7):
        booked(event, number)
    came(event, n1=1, n2=1, n3=1, n4=1, n5=1, n6=0)
    at(monkeypatch, AT.replace(month=11, day=23))
    lead = signed_in(LEADER, urn=LEAD)
    for number in range(1, 6):
        assert "5 of 5 for how useful" not in text(lead.get(f"/events/{event.pk}"))
        one = Booking.objects.get(parties__urn=urn_of(number))
        said = {"useful": "5", "will_try": "yes", "words": f"Corridor {number}"}
        head = signed_in(HEAD, urn=urn_of(number))
        assert head.post(f"/bookings/{one.pk}/feedback", said).status_code == 302
        assert head.post(f"/bookings/{one.pk}/feedback", said).status_code == 409
    page = text(lead.get(f"/events/{event.pk}"))
    assert "5.0 of 5 for how useful it was; 5 will try something" in page
    assert "Corridor 3" in page
    absent = Booking.objects.get(parties__urn=urn_of(6))
    assert signed_in(HEAD, urn=urn_of(6)).post(f"/bookings/{absent.pk}/feedback").status_code == 409
    assert Feedback.objects.count() == 5


def test_the_hour_closes_reminds_once_and_gives_back_what_was_left() -> None:
    event = open_day(hub_of(), n_places=4)
    booked(event, 1, n=2)
    two_before = DAY - datetime.timedelta(days=2)
    for _ in range(2):
        tasks.turn_to(two_before, at=AT.replace(month=11, day=18), place="tests")
    assert Event.objects.get().state == "closed"
    assert Letter.objects.filter(kind="event_reminder").count() == 1
    letter = Letter.objects.get(kind="event_reminder")
    assert letter.facts["when"] == "20 November 2026, 09:30 to 15:00"


def test_a_term_is_shared_out_as_schools_ranked_it_and_booked() -> None:
    hub = hub_of()
    first, second = open_day(hub, 2), open_day(hub, 2, on=DAY + datetime.timedelta(days=7))
    for number, ranks in ((1, "12"), (2, "1 "), (3, "12"), (4, "1 "), (5, " 1")):
        head = signed_in(HEAD, urn=urn_of(number))
        form = {f"r_{day.pk}": rank.strip() for day, rank in
                zip((first, second), ranks, strict=True)}  # fmt: skip
        assert head.post(f"/events/{first.pk}/days", {**form, "n_people": "1"}).status_code == 302
    lead, at_ = signed_in(LEADER, urn=LEAD), f"/hubs/{hub.pk}/events/open_day/2026-09-01"
    lead.post(at_, {"do": "run"})
    doing.do(Work.objects.get(kind="event_shares").pk, clock=clock.now)
    shared = SharedOut.objects.get()
    assert len(shared.record["left_out"]) == 1
    page = text(lead.get(at_))
    assert "Worked out, and not booked yet" in page
    assert "all else is alike, and the lottery was for another school" in page
    assert lead.post(at_, {"do": "publish", "shared": str(shared.pk)}).status_code == 302
    assert (taken(first), taken(second)) == (2, 2)
    assert Booking.objects.filter(state="waiting").count() == 1
    assert Letter.objects.filter(kind="event_booked").count() == 4
    again = lead.post(at_, {"do": "publish", "shared": str(shared.pk)})
    assert (again.status_code, taken(first)) == (409, 2)


def test_the_record_shows_every_step_and_that_nobody_waiting_was_passed_by() -> None:
    event = open_day(hub_of(), n_places=2)
    one = booked(event, 1, n=2)
    waits(event, 2, n=2)
    head = signed_in(HEAD, urn=urn_of(1))
    head.post(f"/bookings/{one.pk}/cancel", {"version": "2", "reason": "Snow"})
    page = text(signed_in(Role.OFFICE_READ).get(f"/events/{event.pk}/record"))
    assert "A second look found no moment" in page
    assert "Got places from the waiting list School 910002" in page
    assert "1 party waits" not in text(signed_in(Role.OFFICE_READ).get("/office/events"))
