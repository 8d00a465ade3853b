"""What visitors need is read by the two promised; a trust's booking is its schools' too."""

import datetime
import io
from typing import Any

import polars as pl
import pytest

from eventful import AT, LEAD, booked, hub_of, open_day, state_of, taken, urn_of, waits
from peopled import person_at
from schoolhubs.service import clock
from schoolhubs.service.accounts.models import Organisation
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.events import queries, reach
from schoolhubs.service.events.doing import attending, changing
from schoolhubs.service.events.leading import seen
from schoolhubs.service.events.models import Booking, Event, Feedback, Party
from schoolhubs.service.letters.models import Letter
from signing import signed_in
from watchful import WatchfulClient

pytestmark = pytest.mark.django_db
NEEDS = "One of us uses a wheelchair"
READ = (Role.LEAD_SCHOOL, Role.OFFICE_CASEWORKER, Role.OFFICE_ADMINISTRATOR)
READ_NOT = (Role.LEAD_TRUST, Role.OFFICE_READ, Role.AUDITOR, Role.BEHAVIOUR_ADVISER)
HEAD = Role.PARTNER_SCHOOL_HEAD


@pytest.fixture(autouse=True)
def _autumn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)


def who(role: Role) -> WatchfulClient:
    if role is Role.LEAD_SCHOOL:
        return signed_in(role, urn=LEAD, subject="lead")
    if role is not Role.LEAD_TRUST:
        return signed_in(role, subject=role.value, kind="auditor" if role is Role.AUDITOR else "")
    trust = Organisation.objects.create(sign_in_id="t-1", kind="trust", name="trust", uid="9001")
    client = WatchfulClient()
    client.act_as(person_at(trust, [role], "lead-trust"), trust)
    return client


def files_of(client: WatchfulClient, event: Event) -> str:
    """Give all that the page and the two files of an event tell somebody."""
    page = client.get(f"/events/{event.pk}")
    sheet = client.get(f"/events/{event.pk}/attendance.csv")
    book = client.get(f"/events/{event.pk}/attendance.xlsx")
    assert [each.status_code for each in (page, sheet, book)] == [200, 200, 200]
    table = pl.read_excel(io.BytesIO(book.content)).write_csv()
    return page.content.decode() + sheet.content.decode() + table


def with_needs() -> Event:
    event = open_day(hub_of(), n_places=9)
    one = booked(event, 1, n=2)
    Booking.objects.filter(pk=one.pk).update(access_needs=NEEDS)
    return event


@pytest.mark.parametrize("role", READ)
def test_the_lead_school_and_the_offices_cases_read_what_visitors_need(role: Role) -> None:
    assert files_of(who(role), with_needs()).count(NEEDS) == 3


@pytest.mark.parametrize("role", READ_NOT)
def test_nobody_else_who_sees_an_event_reads_what_visitors_need(
    role: Role, monkeypatch: pytest.MonkeyPatch
) -> None:
    event, client = with_needs(), who(role)
    told = files_of(client, event)
    assert NEEDS not in told
    assert "access_needs" not in told
    assert "910001" in told, "they still see who comes"
    # The control: without the rule they would have read it in all three places.
    monkeypatch.setattr(reach, "may_read_needs", lambda *_: True)
    assert files_of(client, event).count(NEEDS) == 3


def pressed(client: WatchfulClient, one: Booking, page: str, **told: Any) -> int:
    version = Booking.objects.values_list("version", flat=True).get(pk=one.pk)
    answer = client.post(f"/bookings/{one.pk}/{page}", {"version": str(version), **told})
    return int(answer.status_code)


def test_a_school_reads_its_trusts_booking_and_takes_its_own_part_out() -> None:
    event = open_day(hub_of(), n_places=4)
    party, waiting = booked(event, 1, 2, n=2), waits(event, 3, n=2)
    head = signed_in(HEAD, urn=urn_of(1), subject="head-1")
    page = head.get(f"/bookings/{party.pk}")
    assert page.status_code == 200
    assert "Take your school out" in page.content.decode()
    assert "Change how many come" not in page.content.decode()
    assert head.get(f"/bookings/{party.pk}/calendar.ics").status_code == 200
    assert head.get(f"/bookings/{party.pk}/change").status_code == 404, "it is not its alone"
    stranger = signed_in(HEAD, urn=urn_of(4), subject="head-4")
    assert stranger.get(f"/bookings/{party.pk}").status_code == 404
    assert pressed(stranger, party, "cancel", reason="") == 404
    assert pressed(head, party, "cancel", reason="Snow") == 302
    assert (state_of(party), state_of(waiting), taken(event)) == ("booked", "booked", 4)
    stands = {each.urn: each.stands for each in Party.objects.filter(booking=party)}
    assert stands == {urn_of(1): "gone", urn_of(2): "takes"}
    letter = Letter.objects.get(kind="event_cancelled")
    assert letter.organisation == f"school:{urn_of(1)}"
    assert "was taken out" in head.get(f"/bookings/{party.pk}").content.decode()
    # The one that is left is its own whole booking now, and its visit is not the other's.
    other = signed_in(HEAD, urn=urn_of(2), subject="head-2")
    assert "Change how many come" in other.get(f"/bookings/{party.pk}").content.decode()
    assert pressed(other, party, "cancel", reason="") == 302
    assert (state_of(party), taken(event)) == ("cancelled", 2)
    assert booked(event, 1).state == "booked", "its visit of the term is its own again"


def test_a_school_taken_out_of_a_party_on_the_waiting_list_keeps_the_others_place_in_it() -> None:

    event = open_day(hub_of(), n_places=2)
    first = booked(event, 5, n=1)
    party, later = waits(event, 1, 2, n=[1, 1]), waits(event, 3, n=2)
    head = signed_in(HEAD, urn=urn_of(1), subject="head-1")
    assert pressed(head, party, "cancel", reason="") == 302
    assert (state_of(party), state_of(later)) == ("booked", "waiting"), "one person fits"
    changing.cancel(first, version=first.version, by="a", organisation="school:1",
                    at=AT + datetime.timedelta(hours=1), place="tests")  # fmt: skip
    assert state_of(later) == "waiting"
    assert queries.faults_of(event) == ()


def test_one_person_of_a_trust_is_one_answer_however_many_schools_came() -> None:
    event = open_day(hub_of(), n_places=9)
    party = booked(event, 1, 2, 3, 4, 5)
    who_came = {each.pk: 1 for each in party.parties.all()}
    said: dict[str, Any] = {"by": "t", "organisation": "trust:9001", "at": AT, "place": "tests"}
    attending.check_in(event, who_came, on=event.on, **said)
    told: dict[str, Any] = {"useful": 1, "will_try": False, "words": "Dull", **said}
    attending.say(list(party.parties.all()), **told)
    assert (seen.feedback_of(event)["n"], seen.feedback_of(event)["is_hidden"]) == (1, True)
    # The control: five organisations are five answers.
    for n, each in enumerate(Feedback.objects.order_by("pk")):
        Feedback.objects.filter(pk=each.pk).update(organisation=f"school:{n}")
    found = seen.feedback_of(event)
    assert (found["n"], found["is_hidden"], found["words"]) == (5, False, ["Dull"] * 5)
