"""The clock: the machine's own, but in a demonstration, where it goes forward and never back."""

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone

from invented import PROGRAMME, facts, register
from schoolhubs.service import clock
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.clock import actions, queries, tasks
from schoolhubs.service.clock.models import Forward
from schoolhubs.service.jobs import doing
from schoolhubs.service.jobs.models import State, Work
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.vocabulary.errors import Conflict
from signing import signed_in

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture
def demonstration() -> Iterator[None]:
    told = settings.ENVIRONMENT.model_copy(update={"is_demo": True})
    with override_settings(ENVIRONMENT=told):
        yield


def today() -> datetime.date:
    return timezone.localdate()


def agreed(starts_on: datetime.date) -> Partnership:
    at = timezone.now()
    made = Partnership.objects.create(
        programme_id=PROGRAMME, cohort_id="2026-27-spring", partner_urn="900001",
        lead_urn="900010", pathway="regional", starts_on=starts_on,
        finishes_on=starts_on + 300 * DAY, proposed_at=at, proposed_by="ada",
        partner_says="accepts", partner_at=at, partner_by="head",
        lead_says="accepts", lead_at=at, lead_by="lead",
    )  # fmt: skip
    made.state, made.version = "agreed", 2
    made.save()
    return made


def test_a_running_service_goes_by_the_machines_clock_and_asks_nothing() -> None:
    Forward.objects.create(days_ahead=40, put_at=timezone.now(), put_by="ada")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert clock.day() == today()
        assert abs(clock.now() - timezone.now()) < datetime.timedelta(seconds=5)
    assert not asked.captured_queries


def test_a_demonstration_goes_by_the_furthest_day(demonstration: None) -> None:
    assert clock.day() == today()
    for n in (7, 40, 20):  # a smaller one later does not turn it back
        Forward.objects.create(days_ahead=n, put_at=timezone.now(), put_by="ada")
    assert clock.day() == today() + 40 * DAY
    assert clock.moment_of(0).timestamp() == 40 * 24 * 60 * 60


def test_a_request_asks_for_the_clock_once(demonstration: None) -> None:
    with clock.one_look(), CaptureQueriesContext(connection) as asked:
        assert {clock.day(), timezone.localdate(clock.now()), clock.day()} == {today()}
    assert len(asked.captured_queries) == 1
    with clock.one_look():
        assert clock.day() == today()
        assert actions.put_forward(today() + DAY, by="ada", place="tests")
        assert clock.day() == today() + DAY, "whoever puts it forward goes by it at once"
        assert not actions.put_forward(today(), by="ada", place="tests"), "never back"


@pytest.mark.parametrize(
    ("moment", "to", "becomes"),
    [
        ("2026-11-23T23:30", "2027-04-01", "2027-04-01"),  # in summer it is tomorrow by then
        ("2026-07-01T23:30", "2027-01-01", "2027-01-01"),  # and in winter not yet
        ("2026-11-23T12:00", "2027-04-01", "2027-04-01"),
        ("2027-03-27T23:30", "2027-03-28", "2027-03-29"),  # a day that has no such hour
    ],
)
def test_the_day_asked_for_is_reached_at_every_hour(
    demonstration: None, monkeypatch: pytest.MonkeyPatch, moment: str, to: str, becomes: str
) -> None:
    at = datetime.datetime.fromisoformat(moment).replace(tzinfo=datetime.UTC)
    monkeypatch.setattr(timezone, "now", lambda: at)
    assert actions.put_forward(datetime.date.fromisoformat(to), by="ada", place="tests")
    assert clock.day().isoformat() == becomes


@pytest.mark.parametrize("n_days", [0, -1, 367])
def test_it_goes_forward_by_a_year_at_most(demonstration: None, n_days: int) -> None:
    who: dict[str, Any] = {"by": "a", "organisation": "", "at": clock.now(), "place": "tests"}
    with pytest.raises(Conflict, match="forward only"):
        actions.ask_forward(today() + n_days * DAY, from_on=today(), **who)
    with pytest.raises(Conflict, match="by now"):
        actions.ask_forward(today() + 9 * DAY, from_on=today() - DAY, **who)


def test_no_row_turns_it_back() -> None:
    one = Forward.objects.create(days_ahead=9, put_at=timezone.now(), put_by="ada")
    with pytest.raises(DatabaseError), transaction.atomic():
        Forward.objects.filter(pk=one.pk).update(days_ahead=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Forward.objects.create(days_ahead=0, put_at=timezone.now(), put_by="ada")


def test_outside_a_demonstration_there_is_no_page_and_no_action() -> None:
    client = signed_in(Role.OFFICE_ADMINISTRATOR)
    sent = {"from_on": today().isoformat(), "to": (today() + DAY).isoformat()}
    assert client.get("/clock").status_code == 404
    assert client.post("/clock", sent).status_code == 404
    assert "Demonstration clock" not in client.get("/work").content.decode()
    who: dict[str, Any] = {"by": "a", "organisation": "", "at": clock.now(), "place": "tests"}
    with pytest.raises(Conflict, match="Only a demonstration"):
        actions.ask_forward(today() + DAY, from_on=today(), **who)
    with pytest.raises(Conflict, match="Only a demonstration"):
        actions.put_forward(today() + DAY, by="ada", place="tests")
    assert not Forward.objects.exists()
    assert not Work.objects.exists()


def test_an_administrator_walks_on_and_what_is_due_happens(demonstration: None) -> None:
    register(facts("900001"), facts("900010"), leads=("900010",))
    starts_on = today() + 20 * DAY
    partnership = agreed(starts_on)
    client = signed_in(Role.OFFICE_ADMINISTRATOR)
    page = client.get("/clock").content.decode()
    assert "To the next date that matters" in page
    assert "1 partnership starts" in page
    sent = {"from_on": today().isoformat(), "to": starts_on.isoformat()}
    work = Work.objects.get(pk=client.post("/clock", sent).headers["Location"].split("/")[-1])
    doing.do(work.pk, clock=clock.now)
    work.refresh_from_db()
    partnership.refresh_from_db()
    assert work.state == State.DONE, work.fault
    assert partnership.state == "running"
    assert [each.days_ahead for each in Forward.objects.all()] == [7, 14, 20], "a week at a time"
    assert client.post("/clock", sent).status_code == 409, "it stands elsewhere by now"
    again = client.get("/work").content.decode()
    assert f"Demonstration clock: {starts_on.day} {starts_on:%B %Y}" in again


def test_a_form_that_says_nothing_is_told(demonstration: None) -> None:
    client = signed_in(Role.OFFICE_ADMINISTRATOR)
    answer = client.post("/clock", {"from_on": today().isoformat()})
    assert "Choose how far to go" in answer.content.decode()
    assert signed_in(Role.OFFICE_CASEWORKER, subject="bob").get("/clock").status_code == 403


def test_it_goes_on_where_a_try_was_cut_off(demonstration: None) -> None:
    to = today() + 10 * DAY
    who: dict[str, Any] = {"by": "a", "organisation": "", "at": clock.now(), "place": "tests"}
    work = actions.ask_forward(to, from_on=today(), **who)
    actions.put_forward(today() + 7 * DAY, by="a", place="tests")  # and then the power went
    doing.do(work.pk, clock=clock.now)
    assert clock.day() == to
    assert [each.days_ahead for each in Forward.objects.all()] == [7, 10]


def test_every_hourly_job_is_among_those_of_the_way() -> None:
    names = [each.task.name for each in tasks.hourly()]
    assert {"partnerships.turn", "surveys.turn", "sharing.tell_over", "work.tell_due"} <= {*names}
    assert "letters.look_around" not in names, "it comes by itself each minute"
    assert (
        names.index("surveys.turn")
        < names.index("partnerships.turn")
        < names.index("work.tell_due")
    )


def test_the_next_term_is_that_of_the_calendar() -> None:
    assert queries.next_term(datetime.date(2027, 4, 1)).words == "The autumn term starts"
