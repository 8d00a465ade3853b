"""Places freed go to the first on the waiting list that fits, and the record can show it."""

import datetime
import uuid
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eventful import AT, DAY, WHO, booked, hold, hub_of, open_day, state_of, taken, told, waits
from schoolhubs import delivery
from schoolhubs.service.events import queries, tasks
from schoolhubs.service.events.doing import booking, changing, preparing
from schoolhubs.service.events.models import Booking, Event, Party, Step
from schoolhubs.service.letters.models import Letter
from schoolhubs.vocabulary.errors import Conflict

pytestmark = pytest.mark.django_db


def later(minutes: int) -> dict[str, Any]:
    return {**WHO, "at": AT + datetime.timedelta(minutes=minutes)}


def cancel(one: Booking, **changes: Any) -> Booking:
    now = Booking.objects.get(pk=one.pk)
    return changing.cancel(now, version=now.version, **{**WHO, **changes})


def test_a_freed_place_goes_to_the_first_of_the_waiting_that_fits() -> None:
    day = open_day(hub_of(), n_places=4)
    first, second = booked(day, 1, n=2), booked(day, 2, n=2)
    three, two, one = waits(day, 3, n=3), waits(day, 4, n=2), waits(day, 5, n=1)
    cancel(first)
    assert [state_of(each) for each in (three, two, one)] == ["waiting", "booked", "waiting"]
    step = Step.objects.filter(event=day, kind="filled").latest("number")
    assert [(line["party"], line["n_free"], line["is_given"]) for line in step.lines] == [
        (three.pk, 2, False), (two.pk, 2, True), (one.pk, 0, False),
    ]  # fmt: skip
    letter = Letter.objects.get(kind="event_offered")
    assert (letter.organisation, letter.facts["people"]) == ("school:910004", "2 people")
    cancel(second)
    assert [state_of(each) for each in (three, one)] == ["waiting", "booked"]
    assert (taken(day), queries.place_in_line(three)) == (3, 1)
    assert queries.faults_of(day) == ()


def test_the_record_of_waiting_shows_somebody_passed_by(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: served from the end of the list, the record says so."""
    real = delivery.events.fill
    monkeypatch.setattr(delivery.events, "fill", lambda free, queue: real(free, list(queue)[::-1]))
    day = open_day(hub_of(), n_places=2)
    first = booked(day, 1, n=2)
    early, late = waits(day, 2, n=2), waits(day, 3, n=2)
    cancel(first)
    assert [state_of(each) for each in (early, late)] == ["waiting", "booked"]
    (fault,) = queries.faults_of(day)
    assert f"party {late.pk} was given places, and {early.pk} ahead of it fitted" in fault


def test_a_hold_that_runs_out_serves_the_waiting_and_one_in_time_is_booked() -> None:
    day = open_day(hub_of(), n_places=2)
    held = hold(day, 1, n=2)
    waiting = waits(day, 2, n=2)
    other = waits(day, 3, n=1, **later(14))
    assert (state_of(waiting), state_of(other)) == ("waiting", "waiting")
    waits(day, 4, n=1, **later(16))
    assert [state_of(each) for each in (held, waiting, other)] == ["lapsed", "booked", "waiting"]
    with pytest.raises(Conflict, match="ran out"):
        booking.book(Booking.objects.get(pk=held.pk), **WHO)
    assert queries.faults_of(day) == ()


def test_a_hold_past_its_minutes_that_nobody_wanted_is_still_booked() -> None:
    day = open_day(hub_of(), n_places=2)
    held = hold(day, 1, n=2)
    assert booking.book(held, **later(90)).state == "booked"
    assert booking.book(held, **later(91)).version == 2, "sent twice it is booked once"
    assert Letter.objects.filter(kind="event_booked").count() == 1


def test_a_party_of_several_schools_waits_and_is_served_as_a_whole() -> None:
    day = open_day(hub_of(), n_places=3)
    first = booked(day, 1, n=2)
    trust = waits(day, 2, 3, n=[1, 1])
    assert (state_of(trust), taken(day)) == ("waiting", 2), "one place is free: not half a party"
    with pytest.raises(booking.Full, match="2 of 3 places are taken, and your party is of 2"):
        hold(day, 4, 5, n=1)
    cancel(first)
    assert {each.stands for each in trust.parties.all()} == {"takes"}
    assert {each.organisation for each in Letter.objects.filter(kind="event_offered")} == {
        "school:910002", "school:910003",
    }  # fmt: skip


def test_a_school_with_its_visit_elsewhere_is_barred_while_waiting_and_the_list_says_why() -> None:
    hub = hub_of()
    day, other = open_day(hub, 2), open_day(hub, 2, on=DAY + datetime.timedelta(days=7))
    first = booked(day, 1, n=2)
    here, next_one = waits(day, 2, n=2), waits(day, 3, n=2)
    booked(other, 2, n=2)
    cancel(first)
    assert [state_of(each) for each in (here, next_one)] == ["waiting", "booked"]
    step = Step.objects.filter(event=day, kind="filled").latest("number")
    assert step.lines[0]["barred"] == "it has its place of this term on 27 November 2026"
    assert queries.faults_of(day) == ()


def test_more_places_serve_the_waiting_and_never_fewer_than_are_taken() -> None:
    day = open_day(hub_of(), n_places=2)
    booked(day, 1, n=2)
    waiting = waits(day, 2, n=2)
    day = preparing.change(day, told(4), opens=True, version=day.version, **WHO)
    assert (state_of(waiting), taken(day)) == ("booked", 4)
    with pytest.raises(Conflict, match="4 places are taken"):
        preparing.change(day, told(3), opens=True, version=day.version, **WHO)


def test_once_booking_is_closed_the_waiting_move_up_only_as_the_lead_says() -> None:
    day = open_day(hub_of(), n_places=2)
    first = booked(day, 1, n=2)
    waiting = waits(day, 2, n=2)
    preparing.close(day, at=AT, place="tests")
    cancel(first)
    assert (state_of(waiting), taken(day)) == ("waiting", 0)
    assert queries.faults_of(day) == ()
    assert preparing.hand_down(day, **WHO) == 1
    assert (state_of(waiting), taken(day)) == ("booked", 2)


def test_an_event_called_off_tells_who_is_booked_and_who_is_waiting() -> None:
    hub = hub_of()
    day = open_day(hub, n_places=2)
    here, waiting = booked(day, 1, n=2), waits(day, 2, n=2)
    preparing.call_off(day, reason="A burst pipe", version=day.version, **WHO)
    assert (state_of(here), state_of(waiting), taken(day)) == ("cancelled", "cancelled", 0)
    told_off = Letter.objects.filter(kind="event_called_off")
    assert {each.organisation for each in told_off} == {"school:910001", "school:910002"}
    assert told_off[0].facts["reason"] == "A burst pipe"
    booked(open_day(hub, 2, on=DAY + datetime.timedelta(days=7)), 1)  # its visit is its own again
    assert queries.faults_of(day) == ()


def test_a_smaller_party_frees_places_for_the_waiting_and_a_larger_must_fit() -> None:
    day = open_day(hub_of(), n_places=3)
    mine = booked(day, 1, n=3)
    waiting = waits(day, 2, n=2)
    (party,) = mine.parties.all()
    told_of = {"roles": "", "access_needs": "", **WHO}
    with pytest.raises(Conflict, match="At most 3"):
        changing.change(mine, {party.pk: 4}, version=2, **told_of)
    mine = changing.change(mine, {party.pk: 1}, version=2, **told_of)
    assert (state_of(waiting), taken(day)) == ("booked", 3)
    with pytest.raises(booking.Full, match="3 of 3"):
        changing.change(mine, {party.pk: 2}, version=mine.version, **told_of)
    assert queries.faults_of(day) == ()


MOVES = st.lists(
    st.tuples(st.sampled_from(["hold", "wait", "book", "cancel", "late", "more"]),
              st.integers(1, 6), st.integers(1, 3)),
    max_size=14,
)  # fmt: skip


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(MOVES)
def test_whatever_schools_do_nobody_waiting_is_passed_by_and_nothing_oversold(
    moves: list[tuple[str, int, int]],
) -> None:
    from django.db import transaction

    with transaction.atomic():
        day, minutes = open_day(hub_of(), n_places=4), 0
        for move, number, n in moves:
            _try(day, move, number, n, minutes)
            minutes += 16 if move == "late" else 0
            day.refresh_from_db()
            stands = Booking.objects.filter(event=day, state__in=("held", "booked"))
            assert day.n_taken == sum(each.n_people for each in stands) <= day.n_places
        assert queries.faults_of(day) == ()
        transaction.set_rollback(True)


def _try(day: Event, move: str, number: int, n: int, minutes: int) -> None:
    ours = Booking.objects.filter(event=day, parties__urn=f"91{number:04}").order_by("-pk").first()
    who = later(minutes)
    try:
        if move in {"hold", "wait"}:
            hold(day, number, n=n, waits=move == "wait", **who)
        elif move == "book" and ours:
            booking.book(ours, **who)
        elif move == "cancel" and ours:
            changing.cancel(ours, version=ours.version, **who)
        elif move == "more":
            day.refresh_from_db()
            preparing.change(day, told(day.n_places + n), opens=True, version=day.version, **who)
    except Conflict:
        pass


TWO_DAYS = st.lists(
    st.tuples(st.sampled_from(["hold", "wait", "book", "cancel", "late", "out", "grow"]),
              st.integers(1, 5), st.integers(1, 2), st.booleans()),
    max_size=16,
)  # fmt: skip


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(TWO_DAYS)
def test_over_two_days_with_trusts_and_phases_nobody_waiting_is_passed_by_or_oversold(
    moves: list[tuple[str, int, int, bool]],
) -> None:
    """A visit is had on one day, so that what is given back on one serves those of the other."""
    from django.db import transaction

    with transaction.atomic():
        hub = hub_of(phase="primary")
        days = [open_day(hub, 2), open_day(hub, 2, on=DAY + datetime.timedelta(days=7),
                                           phases=["primary"])]  # fmt: skip
        minutes = 0
        for move, number, n, is_second in moves:
            _try_of_two(days[is_second], move, number, n, minutes)
            minutes += 16 if move == "late" else 0
            for day in days:
                assert taken(day) <= 2
                assert queries.faults_of(day) == ()
        visits = Party.objects.filter(stands="takes").values_list("partnership", flat=True)
        assert len(visits) == len(set(visits)), "one visit of the term each"
        transaction.set_rollback(True)


def _try_of_two(day: Event, move: str, number: int, n: int, minutes: int) -> None:
    who = later(minutes)
    ours = Booking.objects.filter(event=day, parties__urn=f"91{number:04}").order_by("-pk").first()
    party = ours.parties.get(urn=f"91{number:04}") if ours else None
    try:
        if move in {"hold", "wait"}:
            trust = (number, number + 1) if n == 2 else (number,)
            hold(day, *trust, waits=move == "wait", **who)
        elif move == "late":
            tasks.turn_to(who["at"].date(), at=who["at"], place="tests")
        elif ours is None or party is None:
            return
        elif move == "book":
            booking.book(ours, **who)
        elif move == "cancel":
            changing.cancel(ours, version=ours.version, **who)
        elif move == "out":
            changing.take_out(ours, [party.pk], version=ours.version, **who)
        elif move == "grow":
            many = {each.pk: n for each in ours.together}
            told_of: dict[str, Any] = {"roles": "", "access_needs": "", "version": ours.version}
            changing.change(ours, many, **told_of, **who)
    except Conflict:
        pass


def test_the_same_form_of_a_party_sent_twice_is_one_party() -> None:
    day, key = open_day(hub_of(), n_places=4), uuid.uuid4()
    first, second = hold(day, 1, n=2, key=key), hold(day, 1, n=2, key=key)
    assert (first.pk, taken(day)) == (second.pk, 2)


def test_whoever_goes_back_and_changes_the_party_is_not_told_full_by_the_own_hold() -> None:
    day = open_day(hub_of(), n_places=3)
    first = hold(day, 1, n=3)
    second = hold(day, 1, n=2)
    assert (state_of(first), state_of(second), taken(day)) == ("lapsed", "held", 2)
    assert queries.faults_of(day) == ()
