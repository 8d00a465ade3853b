"""Forms of events: asked twice where something speaks against it, once where sent twice."""

import re
from typing import Any

import pytest

from eventful import AT, LEAD, booked, hub_of, open_day, urn_of
from invented import PROGRAMME
from schoolhubs.service import clock
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.events.models import Booking, Event
from schoolhubs.service.partnerships.models import Partnership
from signing import signed_in

pytestmark = pytest.mark.django_db
NEW = f"/hubs/{PROGRAMME}/{LEAD}/events/new"
HEAD = Role.PARTNER_SCHOOL_HEAD


@pytest.fixture(autouse=True)
def _autumn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)


def text(page: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())


def said(day: str = "20", month: str = "11", **changes: str) -> dict[str, str]:
    return {
        "kind": "open_day", "on-day": day, "on-month": month, "on-year": "2026",
        "starts_at": "9:30", "finishes_at": "15:00", "place_urn": LEAD, "about": "Lesson starts",
        "n_places": "4", "closes_on-day": "17", "closes_on-month": "11", "closes_on-year": "2026",
        "opens": "yes", **changes,
    }  # fmt: skip


@pytest.mark.parametrize("role", [Role.OFFICE_CASEWORKER, Role.OFFICE_ADMINISTRATOR])
def test_the_office_prepares_an_event_as_a_lead_does(role: Role) -> None:
    hub_of()
    office = signed_in(role, subject=role.value)
    assert NEW in office.get("/office/events").content.decode()
    assert office.post(NEW, said()).status_code == 302
    assert Event.objects.get().hub.lead_urn == LEAD


def test_the_same_form_sent_twice_prepares_one_event() -> None:
    hub_of()
    lead = signed_in(Role.LEAD_SCHOOL, urn=LEAD)
    key = re.search(r'name="key" value="([^"]+)"', lead.get(NEW).content.decode())
    assert key
    first, again = (lead.post(NEW, said(key=key[1])) for _ in range(2))
    assert first.url == again.url
    assert Event.objects.count() == 1
    lead.post(NEW, said(starts_at="15:30", finishes_at="17:00"))
    assert Event.objects.count() == 2, "the control: another form is another event"


@pytest.mark.parametrize(("day", "month", "words"), [
    ("25", "12", "a bank holiday (Christmas Day)"),
    ("12", "12", "a Saturday"),
])  # fmt: skip
def test_a_day_without_school_is_asked_about_and_may_be_meant(
    day: str, month: str, words: str
) -> None:
    hub_of()
    lead = signed_in(Role.LEAD_SCHOOL, urn=LEAD)
    asked = lead.post(NEW, said(day, month))
    assert (asked.status_code, words in text(asked)) == (200, True)
    assert "It is meant so" in text(asked)
    assert not Event.objects.exists()
    assert lead.post(NEW, said(day, month, all_the_same="yes")).status_code == 302


def test_two_events_at_once_and_a_booked_school_shut_out_are_asked_about() -> None:
    hub = hub_of(phase="secondary")
    event = open_day(hub)
    booked(event, 1)
    lead = signed_in(Role.LEAD_SCHOOL, urn=LEAD)
    assert "another event then: Open day, 09:30" in text(lead.post(NEW, said(starts_at="14:00")))
    at = f"/events/{event.pk}/edit"
    assert "1 party has booked or waits" in text(lead.get(at))
    form = said(version="1", phases="primary", about="Lesson starts and the lunch hall")
    shut_out = lead.post(at, form)
    assert "is of no phase that it would be for" in text(shut_out)
    assert lead.post(at, {**form, "all_the_same": "yes"}).status_code == 302
    event.refresh_from_db()
    assert event.phases == ["primary"]


def party(number: int, n: str, **more: str) -> dict[str, str]:
    return {f"n_{Partnership.objects.get(partner_urn=urn_of(number)).pk}": n, **more}


def test_too_many_people_and_every_refusal_are_told_on_the_form_with_what_was_typed() -> None:
    hub = hub_of()
    event, other = open_day(hub, 9), open_day(hub, 9, starts_at=AT.time(), about="Another")
    head = signed_in(HEAD, urn=urn_of(1))
    many = head.post(f"/events/{event.pk}/book", party(1, "4", roles="Four deputies"))
    assert "At most 3 people of one school come together" in text(many)
    assert "Four deputies" in text(many)
    booked(event, 1)
    twice = head.post(f"/events/{other.pk}/book", party(1, "1", roles="A head"))
    assert twice.status_code == 409
    assert "School 910001 can not come: it has its place of this term on 20" in text(twice)
    assert "A head" in text(twice)
    one = Booking.objects.get()
    change = {f"n_{one.parties.get().pk}": "4", "version": str(one.version)}
    assert "At most 3 people" in text(head.post(f"/bookings/{one.pk}/change", change))


def test_a_school_with_places_is_led_to_its_booking_and_one_with_a_hold_may_begin_anew() -> None:
    event = open_day(hub_of(), 9)
    head = signed_in(HEAD, urn=urn_of(1))
    held = head.post(f"/events/{event.pk}/book", party(1, "2"))
    again = head.get(f"/events/{event.pk}/book")
    assert "holds and has not booked yet" in text(again)
    head.post(held.url)
    led = head.get(f"/events/{event.pk}/book")
    assert (led.status_code, led.url) == (302, held.url.removesuffix("/check"))
