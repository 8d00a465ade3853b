"""Support days and open days through the API: what the pages say, and done once."""

import datetime
import io
import re
from typing import Any

import polars as pl
import pytest

import eventful
from delivering import LEAD, PARTNER, agreed, delivered, leader, planned, together
from eventful import AT, DAY, hub_of, open_day, taken, urn_of
from invented import facts, register
from keyed import Program, program
from schoolhubs.service import clock
from schoolhubs.service.accounts.models import Organisation
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.audit.models import AuditEntry
from schoolhubs.service.delivery.models import SupportDay
from schoolhubs.service.events.doing import booking
from schoolhubs.service.events.models import Booking, Party
from schoolhubs.service.letters.models import Letter
from signing import signed_in

pytestmark = pytest.mark.django_db
CSV = {"HTTP_ACCEPT": "text/csv"}


def school(urn: str) -> Program:
    found, _ = Organisation.objects.get_or_create(
        sign_in_id=f"school-{urn}", defaults={"kind": "school", "urn": urn, "name": f"School {urn}"}
    )
    return program(found)


def rows(content: bytes) -> list[dict[str, Any]]:
    return pl.read_csv(io.BytesIO(content), infer_schema=False).fill_null("").to_dicts()


@pytest.fixture
def _two() -> None:
    register(facts(PARTNER), facts("900002"), facts(LEAD), facts("900011"), leads=(LEAD, "900011"))


def recorded(*leaders: Any, **changes: Any) -> dict[str, Any]:
    told = {
        "on": clock.day().isoformat(), "leaders": [each.pk for each in leaders],
        "focus": "Corridors", "evidence": "Six lessons seen", "n_partner_leaders": 2,
        "travel_minutes": 70, "is_sure": True,
    }  # fmt: skip
    return {**told, **changes}


@pytest.mark.usefixtures("_two")
def test_a_ledger_says_the_same_by_page_csv_and_api() -> None:
    one, ada, ben = together(), leader(), leader("Ben Birch")
    agreed(one, ada, ben, part="am")
    delivered(one, ada, part="pm")
    planned(one, ben)
    at = f"/partnerships/{one.pk}/days"
    client, ours = signed_in(Role.PARTNER_SCHOOL_HEAD, urn=PARTNER), school(PARTNER)
    told = ours.get(f"/api/v1/partnerships/{one.pk}/support-days").json()
    ledger = told["ledger"]
    page = " ".join(re.sub(r"<[^>]+>", " ", client.get(at).content.decode()).split())
    for name in ("entitled", "delivered", "agreed", "planned", "undated"):
        assert f"{ledger[name] / 2:g} day" in page, name
    assert (ledger["agreed"], ledger["delivered"], ledger["planned"]) == (2, 3, 2)
    by_api = ours.get(f"/api/v1/partnerships/{one.pk}/support-days", **CSV)
    assert rows(by_api.content) == rows(client.get(f"{at}.csv").content)
    listed = ours.get("/api/v1/partnerships").json()["items"]
    assert [(each["partnership_id"], each["ledger"]) for each in listed] == [(one.pk, ledger)]
    assert told["lead_leaders"] == []
    assert len(school(LEAD).get(f"/api/v1/partnerships/{one.pk}/support-days").json()[
        "lead_leaders"]) == 2  # fmt: skip


@pytest.mark.usefixtures("_two")
def test_a_lead_records_a_day_once_and_the_partner_agrees_the_version_it_read() -> None:
    one, ada = together(), leader()
    lead, partner = school(LEAD), school(PARTNER)
    at = f"/api/v1/partnerships/{one.pk}/support-days"
    made = lead.change(at, recorded(ada), repeat="day-1")
    again = lead.change(at, recorded(ada), repeat="day-1")
    assert (made.status_code, again.status_code) == (201, 201), made.content
    assert again.headers["Idempotency-Replayed"] == "true"
    day = SupportDay.objects.get()
    assert made.headers["Location"] == f"/api/v1/support-days/{day.pk}"
    assert Letter.objects.exists()
    answer = f"/api/v1/support-days/{day.pk}/answer"
    tag = partner.get(f"/api/v1/support-days/{day.pk}").headers["ETag"]
    assert (
        partner.change(answer, {"agrees": True}, tag=f'"support-day-{day.pk}.9"').status_code == 412
    )
    assert lead.change(answer, {"agrees": True}, tag=tag).status_code == 404
    done = partner.change(answer, {"agrees": True}, tag=tag)
    assert (done.status_code, done.json()["state"]) == (200, "agreed")
    assert AuditEntry.objects.filter(action="support_day.agree").count() == 1
    assert partner.change(answer, {"agrees": True}, tag=done.headers["ETag"]).status_code == 409


@pytest.mark.usefixtures("_two")
def test_a_day_is_refused_in_the_words_of_the_page() -> None:
    one, ada = together(), leader()
    stranger, lead = leader("Eve Elm", "900011"), school(LEAD)
    at = f"/api/v1/partnerships/{one.pk}/support-days"
    ahead = (clock.day() + datetime.timedelta(days=3)).isoformat()
    refused = {
        "body.leaders": recorded(stranger),
        "body.on": recorded(ada, on=ahead),
        "body.kind": recorded(ada, kind="executive"),
    }
    for where, body in refused.items():
        answer = lead.change(at, body)
        assert answer.status_code == 422, answer.content
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert [each["where"] for each in answer.json()["problems"]] == [where]
    assert not SupportDay.objects.exists()


@pytest.mark.usefixtures("_two")
def test_a_planned_day_is_recorded_or_cancelled() -> None:
    one, ada = together(), leader()
    lead, partner = school(LEAD), school(PARTNER)
    first, second = planned(one, ada), planned(one, leader("Ben Birch"))
    at = f"/api/v1/support-days/{first.pk}"
    tag = lead.get(at).headers["ETag"]
    told = lead.change(f"{at}/delivery", recorded(ada, part="am"), tag=tag).json()
    assert (told["day_id"], told["state"], told["lead_half_days"]) == (first.pk, "delivered", 1)
    at = f"/api/v1/support-days/{second.pk}"
    tag = partner.get(at).headers["ETag"]
    gone = partner.change(f"{at}/cancellation", {"reason": "Staff training"}, tag=tag).json()
    assert (gone["state"], gone["reason"]) == ("cancelled", "Staff training")
    second.refresh_from_db()
    assert second.sequence == 1


@pytest.fixture
def _autumn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)


def party(number: int, n: int = 1, **more: Any) -> dict[str, Any]:
    return {"schools": [{"urn": urn_of(number), "n_people": n}], **more}


@pytest.mark.usefixtures("_autumn")
def test_an_event_is_never_oversold_by_programs_and_who_waits_gets_what_is_freed() -> None:
    event = open_day(hub_of(), 3)
    at = f"/api/v1/events/{event.pk}/bookings"
    first, second, third = (school(urn_of(n)) for n in (1, 2, 3))
    held = first.change(at, party(1, 2), repeat="book")
    assert (held.status_code, held.json()["state"]) == (201, "booked"), held.content
    assert first.change(at, party(1, 2), repeat="book").json() == held.json()
    full = second.change(at, party(2, 2))
    assert full.status_code == 409
    assert "2 of 3 places are taken" in full.json()["detail"]
    waits = second.change(at, party(2, 2, waits=True)).json()
    assert (waits["state"], waits["in_line"]) == ("waiting", 1)
    assert third.change(at, party(3)).status_code == 201
    assert taken(event) == 3
    gone = first.change(
        f"/api/v1/bookings/{held.json()['booking_id']}/cancellation", {}, tag=held.headers["ETag"]
    )
    assert gone.json()["state"] == "cancelled"
    now = second.get(f"/api/v1/bookings/{waits['booking_id']}").json()
    assert (now["state"], now["in_line"], taken(event)) == ("booked", None, 3)
    listed = signed_in(Role.PARTNER_SCHOOL_HEAD, urn=urn_of(3)).get("/events").content.decode()
    assert third.get(f"/api/v1/events/{event.pk}").json()["n_free"] == 0
    assert "0 of 3 places free" in listed or "Full" in listed or "waiting list" in listed


@pytest.mark.usefixtures("_autumn")
def test_with_the_look_at_what_is_free_taken_away_the_database_still_refuses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The API is one door more to the places: the guard behind it is the database's own."""
    event = open_day(hub_of(), 1)
    monkeypatch.setattr(booking, "_refuse_full", lambda *_: None)
    monkeypatch.setattr(type(event), "n_free", 99)
    client = school(urn_of(1))
    client.raise_request_exception = False
    assert client.change(f"/api/v1/events/{event.pk}/bookings", party(1, 2)).status_code != 201
    assert taken(event) == 0


@pytest.mark.usefixtures("_autumn")
def test_a_booking_changes_and_a_party_of_others_is_refused() -> None:
    event = open_day(hub_of(), 5)
    ours = school(urn_of(1))
    at = f"/api/v1/events/{event.pk}/bookings"
    refused = ours.change(at, party(2))
    assert refused.status_code == 422
    assert refused.json()["problems"][0]["value"] == urn_of(2)
    held = ours.change(at, party(1, 1, roles="Head of year"))
    one = f"/api/v1/bookings/{held.json()['booking_id']}"
    more = ours.change(one, party(1, 2), method="PATCH", tag=held.headers["ETag"])
    assert (more.json()["n_people"], taken(event)) == (2, 2)
    stale = ours.change(one, party(1, 1), method="PATCH", tag=held.headers["ETag"])
    assert stale.status_code == 412
    assert school(urn_of(2)).get(one).status_code == 404
    table = rows(ours.get("/api/v1/bookings", **CSV).content)
    assert [(each["urn"], each["n_people"], each["state"]) for each in table] == [
        (urn_of(1), "2", "booked")
    ]


def test_a_lead_writes_down_who_came_and_the_page_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)
    event = open_day(hub_of(), 5)
    eventful.booked(event, 1, n=2)
    eventful.booked(event, 2)
    lead = school(eventful.LEAD)
    at = f"/api/v1/events/{event.pk}/check-in"
    came = {"came": [{"urn": urn_of(1), "n_came": 1}, {"urn": urn_of(2), "n_came": 0}]}
    assert lead.change(at, came).status_code == 409, "the day has not come"
    monkeypatch.setattr(
        clock, "now", lambda: datetime.datetime.combine(DAY, datetime.time(16), datetime.UTC)
    )
    part = lead.change(at, {"came": came["came"][:1]})
    assert part.status_code == 422
    assert part.json()["problems"][0]["value"] == urn_of(2)
    done = lead.change(at, came)
    assert (done.status_code, done.json()["state"]) == (200, "held"), done.content
    assert dict(Party.objects.values_list("urn", "n_came")) == {urn_of(1): 1, urn_of(2): 0}
    page = signed_in(Role.LEAD_SCHOOL, urn=eventful.LEAD)
    page.own |= {f"school:{urn_of(n)}" for n in (1, 2)}
    saved = rows(page.get(f"/events/{event.pk}/attendance.csv").content)
    assert {each["urn"]: each["people_who_came"] for each in saved} == {
        urn_of(1): "1", urn_of(2): "0"
    }  # fmt: skip
    assert Booking.objects.filter(state="booked").count() == 2
