"""What was delivered and waits stands on the page of whoever it waits for, and goes when done."""

import datetime
from typing import Any

import pytest

import delivering
import eventful
import teaching
from invented import facts, register
from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.models import Organisation, Person
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.delivery.doing import recording
from schoolhubs.service.events.doing import attending
from schoolhubs.service.training.finishing import actions as finishing
from schoolhubs.service.work.soon.gathering import waiting
from signing import signed_in

pytestmark = pytest.mark.django_db
PARTNER, LEAD = delivering.PARTNER, delivering.LEAD
A_MONTH = datetime.timedelta(days=30)


def work(role: Role, urn: str) -> str:
    client = signed_in(role, urn=urn, subject=f"{role.value}-{urn}")
    return str(client.get("/work").content.decode())


@pytest.fixture
def _together() -> None:
    register(facts(PARTNER), facts(LEAD), facts("900002"), leads=(LEAD,))


@pytest.mark.usefixtures("_together")
def test_a_day_waits_for_the_partner_alone_until_it_says_so() -> None:
    held = delivering.delivered(delivering.together(), delivering.leader())
    link = f"/support-days/{held.pk}/answer"
    assert link in work(Role.PARTNER_SCHOOL_HEAD, PARTNER)
    assert link not in work(Role.PARTNER_SCHOOL_GOVERNOR, PARTNER)
    assert link not in work(Role.PARTNER_SCHOOL_HEAD, "900002")
    assert link not in work(Role.LEAD_SCHOOL, LEAD)
    recording.answer(held, agrees=True, version=held.version, **delivering.WHO)
    assert link not in work(Role.PARTNER_SCHOOL_HEAD, PARTNER)


def test_an_open_day_waits_for_its_lead_from_its_day_until_it_is_written_down_who_came() -> None:
    hub, on = eventful.hub_of(2), eventful.DAY
    past, ahead = eventful.open_day(hub, on=on), eventful.open_day(hub, on=on + A_MONTH)
    eventful.booked(past, 1)
    eventful.booked(ahead, 2)
    link = f"/events/{past.pk}/check-in"
    assert [each.href for each in waiting(lead_of(hub.lead_urn), on=on)] == [link]
    assert not list(waiting(lead_of(hub.lead_urn), on=on - A_MONTH))
    assert not list(waiting(lead_of(eventful.OTHER_LEAD), on=on))
    (party,) = past.booking_set.get().parties.all()
    at = datetime.datetime.combine(on, datetime.time(16), datetime.UTC)
    attending.check_in(past, {party.pk: 1}, on=on, **{**eventful.WHO, "at": at})
    assert not list(waiting(lead_of(hub.lead_urn), on=on))


def lead_of(urn: str) -> Actor:
    signed_in(Role.LEAD_SCHOOL, urn=urn, subject=f"lead-{urn}")
    return Actor(
        person=Person.objects.get(subject=f"lead-{urn}"),
        organisation=Organisation.objects.get(urn=urn), roles=frozenset({Role.LEAD_SCHOOL}),
    )  # fmt: skip


def _now() -> dict[str, Any]:
    return {**eventful.WHO, "at": clock.now()}


@pytest.mark.usefixtures("_together")
def test_declared_training_waits_for_the_lead_by_school_until_it_is_settled() -> None:
    one = teaching.running(PARTNER, LEAD)
    for name in ("Ada Vexley", "Bo Torrowby"):
        finishing.declare(
            one, teaching.leader(PARTNER, name), teaching.FOR_ALL, completed_on=clock.day(),
            **_now(),
        )  # fmt: skip
    assert "Confirm 2 completions of training" in work(Role.LEAD_SCHOOL, LEAD)
    assert "completions of training" not in work(Role.PARTNER_SCHOOL_HEAD, PARTNER)
    for each in one.modulecompletion_set.all():
        finishing.settle(each, confirms=True, reason="", version=each.version, **_now())
    assert "of training" not in work(Role.LEAD_SCHOOL, LEAD).split("To look at")[0]


@pytest.mark.usefixtures("_together")
def test_a_planned_day_that_is_over_waits_for_the_lead_to_record_it() -> None:
    held = delivering.planned(delivering.together(), delivering.leader())
    links = [f"/support-days/{held.pk}"]
    assert not list(waiting(lead_of(LEAD), on=held.on))
    after = held.on + datetime.timedelta(days=1)
    assert [each.href for each in waiting(lead_of(LEAD), on=after)] == links
