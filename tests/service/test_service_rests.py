"""Of a partnership that rests nothing is asked, and of one that was ended nothing is left ahead."""

import datetime
import uuid
from typing import Any

import pytest

import delivering
import eventful
import paid
import teaching
from invented import facts, register
from schoolhubs import delivery
from schoolhubs.service import clock
from schoolhubs.service.delivery import hubs, queries
from schoolhubs.service.delivery import tasks as support
from schoolhubs.service.delivery.doing import coaching, planning, proposing, recording
from schoolhubs.service.delivery.models import LeaderHalfDay, SupportDay
from schoolhubs.service.events import tasks as events
from schoolhubs.service.events.doing import booking, changing
from schoolhubs.service.events.models import Booking
from schoolhubs.service.events.sharing_out import actions as sharing_out
from schoolhubs.service.funding.declaring import actions as declaring
from schoolhubs.service.funding.declaring.due import due_on
from schoolhubs.service.letters.models import Letter
from schoolhubs.service.milestones.concerns import actions as concerns
from schoolhubs.service.partnerships.models import Partnership, Rest
from schoolhubs.service.partnerships.resting import actions as resting
from schoolhubs.service.partnerships.resting.queries import asked_nothing
from schoolhubs.service.training import tasks as training
from schoolhubs.service.training.finishing import actions as finishing
from schoolhubs.service.training.models import SignUp
from schoolhubs.service.training.sessions import actions as sessions
from schoolhubs.vocabulary.errors import Conflict

pytestmark = pytest.mark.django_db
PARTNER, OTHER, LEAD = "900001", "900002", "900010"
DAYS = datetime.timedelta(days=1)


def who(**changes: Any) -> dict[str, Any]:
    told = {"by": "ada", "organisation": "office:1", "at": clock.now(), "place": "tests"}
    return told | changes


@pytest.fixture
def _schools() -> None:
    register(facts(PARTNER), facts(OTHER), facts(LEAD), leads=(LEAD,))


def rests(one: Partnership, at: datetime.datetime | None = None) -> None:
    resting.rest(one, reason="Flood", **who(at=at or clock.now()))


def ended(one: Partnership) -> None:
    resting.end(one, reason="It withdrew", **who())


def no_more(one: Partnership, match: str = "rests, so nothing") -> Any:
    return pytest.raises(Conflict, match=match)


@pytest.mark.usefixtures("_schools")
def test_support_days_are_neither_planned_recorded_nor_moved_while_it_rests() -> None:
    one, ada = delivering.together(), delivering.leader()
    day = delivering.planned(one, ada)
    rests(one)
    with no_more(one):
        delivering.planned(one, ada, on=delivering.school_day(one, after=9))
    with no_more(one):
        delivering.delivered(one, ada)
    schools = planning.calendars_of(one)
    to = planning.Date(
        on=delivering.school_day(one, after=9), part=delivery.days.ledger.Part.DAY, leaders=[ada]
    )
    with no_more(one):
        planning.move(day, to, reason="x", version=day.version, today=clock.day(),
                      schools=schools, **who())  # fmt: skip
    assert proposing.gather(LEAD, clock.day()) is None, "no date is looked for"
    resting.take_up(one, reason="Mended", **who())
    assert proposing.gather(LEAD, clock.day()) is not None
    delivering.planned(one, ada, on=delivering.school_day(one, after=9))


@pytest.mark.usefixtures("_schools")
def test_the_forecast_does_not_count_the_days_of_a_rest() -> None:
    one = delivering.together()
    (before,) = _forecast(one)
    assert before.forecast.verdict == "behind"
    Rest.objects.create(
        partnership=one, from_on=one.starts_on, reason="Flood", begun_at=clock.now(), begun_by="ada"
    )
    (after,) = _forecast(one)
    assert after.forecast.expected_by_now == 0
    assert after.forecast.verdict == "on_track"


def _forecast(one: Partnership) -> list[hubs.PartnerForecast]:
    return hubs.forecasts([one], queries.days_with([one]), {}, clock.day())


@pytest.mark.usefixtures("_schools")
def test_nobody_is_reminded_of_days_or_coaching_while_it_rests_and_later_by_as_much() -> None:
    one = delivering.together(pathway="extended", programme_id="behaviour-hubs-2021")
    ada = delivering.leader()
    coaching.begin(one, coach=ada, focus="x", today=clock.day(), **delivering.WHO)
    date = planning.Date(on=clock.day(), part=delivery.days.ledger.Part.AM, leaders=[ada])
    recording.record(one, recording.Done(date=date, focus="x"), today=clock.day(), **who())
    start = clock.now()
    rests(one)

    def told(after: int) -> int:
        at = start + after * DAYS
        return support.remind_on(at.date(), at=at, place="tests")

    assert told(60) == 0, "it rests"
    resting.take_up(one, reason="Mended", **who(at=start + 60 * DAYS))
    assert told(61) == 0, "ten days and six weeks begin again where they stood"
    assert told(71) == 1
    assert {each.kind for each in Letter.objects.filter(kind__startswith="support_day_over")} == {
        "support_day_overdue"
    }
    assert told(60 + 43) == 1
    assert Letter.objects.filter(kind="coaching_missed").exists()


def test_places_are_not_held_booked_waited_for_or_ranked_while_it_rests(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clock, "now", lambda: eventful.AT)
    hub = eventful.hub_of(3)
    event = eventful.open_day(hub, n_places=2)
    first, second, third = (
        Partnership.objects.get(partner_urn=eventful.urn_of(n)) for n in (1, 2, 3)
    )
    for each in (first, second, third):
        Partnership.objects.filter(pk=each.pk).update(state="running", version=3)
    held = eventful.hold(event, 1)
    booked = eventful.booked(event, 2)
    waits = eventful.waits(event, 3, n=2)
    rests(first)
    with no_more(first):
        booking.book(held, **eventful.WHO)
    with no_more(first):
        eventful.hold(event, 1)
    with no_more(first):
        sharing_out.rank([first], event, [event.pk], n_people=1, **eventful.WHO)
    changing.cancel(held, version=1, **eventful.WHO)
    rests(second)
    with no_more(second):
        changing.change(
            booked, {each.pk: 2 for each in booked.parties.all()}, version=booked.version,
            roles="", access_needs="", **eventful.WHO,
        )  # fmt: skip
    rests(third)
    changing.cancel(booked, version=booked.version, **eventful.WHO)
    assert eventful.state_of(waits) == "waiting", "a school that rests is passed by"
    resting.take_up(third, reason="Mended", **who(at=eventful.AT))
    events.turn_to(eventful.AT.date(), at=eventful.AT, place="tests")
    assert eventful.state_of(waits) == "booked"


def test_who_rests_is_not_reminded_of_an_event(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: eventful.AT)
    hub = eventful.hub_of(2)
    event = eventful.open_day(hub)
    for n in (1, 2):
        eventful.booked(event, n)
    one = Partnership.objects.get(partner_urn=eventful.urn_of(1))
    Partnership.objects.filter(pk=one.pk).update(state="running", version=3)
    rests(one)
    at = datetime.datetime(2026, 11, 19, 9, tzinfo=datetime.UTC)
    assert events.remind(at.date(), at=at, place="tests") == 1
    (letter,) = Letter.objects.filter(kind="event_reminder")
    assert letter.organisation == f"school:{eventful.urn_of(2)}"


@pytest.mark.usefixtures("_schools")
def test_nobody_signs_up_or_declares_training_or_is_reminded_of_it_while_it_rests() -> None:
    one, ada = teaching.running(PARTNER, LEAD), teaching.leader(PARTNER)
    held, other = teaching.session(LEAD, days=2), teaching.session(LEAD, days=20)
    sessions.sign_up(held, PARTNER, [ada], **who())
    rests(one)
    with no_more(one):
        sessions.sign_up(other, PARTNER, [ada], **who())
    with no_more(one):
        finishing.declare(one, ada, teaching.MODULE, completed_on=clock.day(), **who())
    training.remind(0)
    assert not Letter.objects.filter(kind="training_reminder").exists()
    resting.take_up(one, reason="Mended", **who())
    training.remind(0)
    assert Letter.objects.filter(kind="training_reminder").count() == 1
    rests(one)
    assert sessions.sign_up(held, PARTNER, [], **who()) == 0, "a place can be given back"


def test_nothing_is_declared_or_asked_for_while_it_rests_and_later_by_as_much() -> None:
    paid.schools("900001")
    one = paid.partnership("900001", state="running", finishes_on=datetime.date(2024, 4, 1),
                           pathway="core")  # fmt: skip
    made = declaring.begin(one, side="partner", milestone="first_year", who=paid.who("head"))
    from_on = datetime.datetime(2023, 8, 1, 9, tzinfo=datetime.UTC)
    due = datetime.date(2023, 9, 1)
    assert [each[2] for each in due_on(due)] == ["first_year"]
    rests(one, at=from_on)
    with no_more(one):
        declaring.report_use(made, travel_pence=1, backfill_pence=0, plan_pence=0,
                             version=made.version, who=paid.who("head"))  # fmt: skip
    with no_more(one):
        declaring.declare(made, version=made.version, who=paid.who("head"))
    assert not list(due_on(due))
    resting.take_up(one, reason="Mended", **who(at=from_on + 20 * DAYS))
    assert not list(due_on(due + 19 * DAYS))
    assert [each[2] for each in due_on(due + 20 * DAYS)] == ["first_year"]


@pytest.mark.usefixtures("_schools")
def test_a_concern_waits_while_it_rests() -> None:
    one = delivering.together()
    raised = concerns.raise_(one, side="lead", words="Nobody came", evidence="3 May", **who())
    before = concerns.place_of(raised).may_go_on_from
    rests(one)
    with no_more(one):
        concerns.take_further(raised, words="Still nothing", version=1, **who())
    resting.take_up(one, reason="Mended", **who(at=clock.now() + 7 * DAYS))
    assert concerns.place_of(raised).may_go_on_from == before + 7 * DAYS


@pytest.mark.usefixtures("_schools")
def test_what_lies_ahead_is_given_back_once_a_partnership_was_ended() -> None:
    one, ada = delivering.together(), delivering.leader()
    stays = delivering.planned(delivering.together(OTHER), delivering.leader("Ben Beech"))
    day, past = delivering.planned(one, ada), delivering.delivered(one, ada)
    named = teaching.leader(PARTNER)
    session = teaching.session(LEAD)
    sessions.sign_up(session, PARTNER, [named], **who())
    ended(one)
    assert list(asked_nothing([one.pk, stays.partnership_id])) == [one.pk]
    for _ in range(2):
        support.remind_on(clock.day(), at=clock.now(), place="tests")
        training.remind(0)
    states = {each.pk: each.state for each in SupportDay.objects.all()}
    assert states == {day.pk: "cancelled", past.pk: "delivered", stays.pk: "planned"}
    assert not LeaderHalfDay.objects.filter(day=day, is_held=True).exists(), "its leaders are free"
    assert Letter.objects.filter(kind="support_day_cancelled").count() == 2, "once to each school"
    assert not SignUp.objects.filter(session=session, is_live=True).exists()
    with no_more(one, "is with no lead school"):
        sessions.sign_up(session, PARTNER, [named], **who())


def test_places_of_a_partnership_that_was_ended_go_down_the_waiting_list(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clock, "now", lambda: eventful.AT)
    hub = eventful.hub_of(3)
    event = eventful.open_day(hub, n_places=3)
    booked, together = eventful.booked(event, 1, n=1), eventful.booked(event, 2, 3, n=[1, 1])
    late = eventful.partner("920001")
    waits = booking.hold(
        event, booking.Wanted(coming=[booking.Coming(partnership=late, n_people=1)]),
        key=uuid.uuid4(), waits=True, **eventful.WHO,
    )  # fmt: skip
    for n in (1, 2):
        ended(Partnership.objects.get(partner_urn=eventful.urn_of(n)))
    events.turn_to(eventful.AT.date(), at=eventful.AT, place="tests")
    states = {each.pk: each.state for each in Booking.objects.all()}
    assert states == {booked.pk: "cancelled", together.pk: "booked", waits.pk: "booked"}
    assert events.give_back(eventful.AT.date(), at=eventful.AT, place="tests") == 0
