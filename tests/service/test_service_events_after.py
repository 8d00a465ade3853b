"""After the day: nothing is booked, changed, moved or called off, and who waited is told."""

import datetime
from typing import Any

import pytest

from eventful import AT, DAY, WHO, booked, hub_of, open_day, state_of, taken, told, waits
from schoolhubs.service.audit.models import AuditEntry
from schoolhubs.service.events import queries, tasks
from schoolhubs.service.events.doing import changing, preparing
from schoolhubs.service.events.models import Booking, Event, Step
from schoolhubs.service.events.rules import needs_kept
from schoolhubs.service.letters.models import Letter
from schoolhubs.vocabulary.errors import Conflict

pytestmark = pytest.mark.django_db
WEEK = datetime.timedelta(days=7)


def on(day: int, hour: int = 9) -> dict[str, Any]:
    """Act on a day of November 2026; the event is on the 20th at 9:30."""
    return {**WHO, "at": datetime.datetime(2026, 11, day, hour, tzinfo=datetime.UTC)}


def now(one: Booking) -> Booking:
    return Booking.objects.get(pk=one.pk)


def test_nothing_is_changed_or_called_off_once_the_day_is_over() -> None:
    day = open_day(hub_of(), n_places=2)
    mine, waiting = booked(day, 1, n=2), waits(day, 2, n=2)
    (party,) = mine.parties.all()
    preparing.close(day, **{key: on(18)[key] for key in ("at", "place")})
    day.refresh_from_db()
    with pytest.raises(Conflict, match="has begun"):
        changing.cancel(mine, version=mine.version, **on(20, 10))
    with pytest.raises(Conflict, match="has begun"):
        changing.change(
            mine, {party.pk: 1}, version=mine.version, roles="", access_needs="", **on(20, 10)
        )
    with pytest.raises(Conflict, match="has begun"):
        preparing.hand_down(day, **on(20, 10))
    with pytest.raises(Conflict, match="was on 20 November 2026"):
        preparing.hand_down(day, **on(21))
    with pytest.raises(Conflict, match="was on 20 November 2026"):
        preparing.call_off(day, reason="Late", version=day.version, **on(21))
    with pytest.raises(Conflict, match="was on 20 November 2026"):
        preparing.change(day, told(9), opens=True, version=day.version, **on(21))
    assert (state_of(mine), state_of(waiting), taken(day)) == ("booked", "waiting", 2)
    # The control: an hour before it begins each of them is done.
    changing.cancel(mine, version=mine.version, **on(20, 8))
    assert preparing.hand_down(day, **on(20, 8)) == 1
    preparing.call_off(Event.objects.get(), reason="Snow", version=day.version, **on(20, 12))
    assert taken(day) == 0


def test_an_event_does_not_move_into_the_past() -> None:
    day = open_day(hub_of())
    before = told(on=datetime.date(2026, 10, 1))
    with pytest.raises(Conflict, match="1 October 2026 is over"):
        preparing.change(day, before, opens=True, version=day.version, **WHO)
    preparing.change(day, told(on=AT.date()), opens=True, version=day.version, **WHO)


def test_who_is_waiting_is_told_at_the_close_and_waits_no_more_after_the_day() -> None:
    day = open_day(hub_of(), n_places=2)
    booked(day, 1, n=2)
    waiting = waits(day, 2, n=2)
    for _ in range(2):
        tasks.turn_to(on(18)["at"].date(), at=on(18)["at"], place="tests")
    letter = Letter.objects.get(kind="event_closed_waiting")
    assert letter.organisation == "school:910002"
    assert state_of(waiting) == "waiting"
    tasks.turn_to(DAY, at=on(20)["at"], place="tests")
    assert state_of(waiting) == "waiting", "until the day is over places can be handed down"
    for _ in range(2):
        tasks.turn_to(on(21)["at"].date(), at=on(21)["at"], place="tests")
    assert state_of(waiting) == "over"
    assert Step.objects.filter(event=day, kind="left").count() == 1
    assert queries.faults_of(day) == ()


def test_a_moved_event_says_what_it_was_and_is_reminded_of_again() -> None:
    day = open_day(hub_of())
    booked(day, 1)
    tasks.turn_to(on(18)["at"].date(), at=on(18)["at"], place="tests")
    day.refresh_from_db()
    new = DAY + 2 * WEEK
    preparing.change(day, told(on=new), opens=True, version=day.version, **on(19))
    letter = Letter.objects.get(kind="event_moved")
    assert letter.facts["before"].startswith("20 November 2026, 09:30 to 15:00")
    assert letter.facts["when"].startswith("4 December 2026")
    for _ in range(2):
        near = datetime.datetime(2026, 12, 2, 9, tzinfo=datetime.UTC)
        tasks.turn_to(near.date(), at=near, place="tests")
    reminded = Letter.objects.filter(kind="event_reminder").order_by("pk")
    assert [each.facts["when"][:2] for each in reminded] == ["20", "4 "]


def test_nothing_changed_is_no_new_version_and_no_letter() -> None:
    day = open_day(hub_of())
    mine = booked(day, 1, n=2)
    (party,) = mine.parties.all()
    same = {"version": mine.version, "roles": mine.roles, "access_needs": "", **WHO}
    assert changing.change(mine, {party.pk: 2}, **same).version == mine.version
    assert not Letter.objects.filter(kind="event_changed").exists()
    day.refresh_from_db()
    assert preparing.change(day, told(), opens=True, version=day.version, **WHO).version == 1
    assert changing.change(mine, {party.pk: 1}, **same).version == mine.version + 1
    assert Letter.objects.filter(kind="event_changed").count() == 1


def test_somebody_barred_and_waiting_beside_free_places_leaves_one_step_not_one_an_hour() -> None:
    hub = hub_of()
    day, other = open_day(hub, 2), open_day(hub, 2, on=DAY + WEEK)
    booked(day, 1)
    gone = booked(day, 3)
    waits(day, 2)
    booked(other, 2)
    changing.cancel(gone, version=gone.version, **WHO)
    before = Step.objects.filter(event=day).count()
    for hour in range(6):
        at = AT + datetime.timedelta(hours=hour)
        tasks.turn_to(at.date(), at=at, place="tests")
    assert Step.objects.filter(event=day).count() == before
    assert queries.faults_of(day) == ()


def test_a_visit_given_back_serves_its_school_at_once_where_it_is_waiting() -> None:
    hub = hub_of()
    day, other = open_day(hub, 2), open_day(hub, 2, on=DAY + WEEK)
    gone = booked(day, 1, n=2)
    waiting, elsewhere = waits(day, 2, n=2), booked(other, 2)
    changing.cancel(gone, version=gone.version, **WHO)
    assert state_of(waiting) == "waiting", "it has its visit of the term on the other day"
    changing.cancel(now(elsewhere), version=elsewhere.version, **WHO)
    assert (state_of(waiting), taken(day)) == ("booked", 2)
    assert queries.faults_of(day) == ()


def test_what_visitors_need_is_erased_some_weeks_after_the_day_and_not_before() -> None:
    day = open_day(hub_of())
    mine = booked(day, 1)
    Booking.objects.filter(pk=mine.pk).update(access_needs="One of us uses a wheelchair")
    last = DAY + needs_kept()
    for each, kept in ((last, True), (last + datetime.timedelta(days=1), False)):
        at = datetime.datetime.combine(each, datetime.time(9), tzinfo=datetime.UTC)
        tasks.turn_to(each, at=at, place="tests")
        assert (now(mine).access_needs != "") is kept
    assert AuditEntry.objects.filter(action="event.forget-needs").count() == 1
