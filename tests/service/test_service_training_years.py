"""Training is of the year and the programme in whose time it was done; a school stands once."""

import datetime
import html
import re
from typing import Any

import pytest
from django.db.models import F

from invented import facts, register
from schoolhubs.service import clock
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.training import queries
from schoolhubs.service.training.models import ModuleCompletion, SignUp, TrainingSession
from schoolhubs.service.training.sessions import actions as sessions
from schoolhubs.service.work.hub import gathering
from signing import signed_in
from teaching import DAYS, FOR_ALL, leader, running, session

pytestmark = pytest.mark.django_db
PARTNER, LEAD = "900001", "900010"
OTHER_PROGRAMME = "special-ap-hubs-example"


@pytest.fixture(autouse=True)
def one() -> Partnership:
    register(facts(PARTNER), facts(LEAD), leads=(LEAD,))
    return running(PARTNER, LEAD)


def who(organisation: str = f"school:{LEAD}") -> dict[str, Any]:
    return {"by": "ada", "organisation": organisation, "at": clock.now(), "place": "tests"}


def further(one: Partnership) -> Partnership:
    """Let the two have agreed a further year, which begins when this one is over."""
    made = Partnership.objects.create(
        programme_id=one.programme_id, cohort_id=one.cohort_id, partner_urn=PARTNER,
        lead_urn=LEAD, pathway=one.pathway, starts_on=one.finishes_on,
        finishes_on=one.finishes_on + 365 * DAYS, proposed_at=clock.now(), proposed_by="office",
        partner_says="accepts", partner_at=clock.now(), partner_by="head", lead_says="accepts",
        lead_at=clock.now(), lead_by="lead", minutes=30.0, year=2, extends=one,
    )  # fmt: skip
    Partnership.objects.filter(pk=made.pk).update(state="agreed", version=F("version") + 1)
    return Partnership.objects.get(pk=made.pk)


def held(programme_id: str = "", module: str = "") -> TrainingSession:
    """Let a leader have come to a session yesterday, and the lead record it."""
    changes = {"programme_id": programme_id, "module": module} if programme_id else {}
    one = session(LEAD, days=-1, **changes)
    SignUp.objects.create(
        session=one, leader=leader(PARTNER, f"Ada {one.pk}"), seat=1, made_at=clock.now(),
        made_by="head",
    )  # fmt: skip
    return one


def recorded(one: TrainingSession) -> int:
    came = SignUp.objects.filter(session=one).values_list("pk", flat=True)
    return sessions.record(one, list(came), version=one.version, **who())


def dated(on: datetime.date) -> dict[str, Any]:
    return {
        "completed_on-day": on.day,
        "completed_on-month": on.month,
        "completed_on-year": on.year,
    }


def words(answer: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def test_what_was_done_in_the_first_year_is_of_the_first_year(one: Partnership) -> None:
    two = further(one)
    assert recorded(held()) == 1
    assert ModuleCompletion.objects.get().partnership == one
    assert [len(queries.days_of([each.pk])[each.pk]) for each in (one, two)] == [1, 0]
    assert queries.partnership_of(PARTNER, clock.day()) == one
    assert queries.partnership_of(PARTNER, two.starts_on) == two


def test_a_school_with_a_further_year_declares_what_it_did_in_the_first(one: Partnership) -> None:
    further(one)
    ada = leader(PARTNER)
    client = signed_in(Role.PARTNER_SCHOOL_HEAD, urn=PARTNER, subject="head")
    page = f"/schools/{PARTNER}/training/declare/{FOR_ALL}"
    sent = client.post(page, {"leader": ada.pk, **dated(clock.day() - 2 * DAYS)})
    assert sent.status_code == 302
    assert ModuleCompletion.objects.get().partnership == one
    early = client.post(page, {"leader": ada.pk, **dated(one.starts_on - DAYS)})
    assert "must not be before the partnership began" in words(early)


def test_a_session_is_completed_in_the_programme_that_taught_it(one: Partnership) -> None:
    other = running(
        PARTNER, LEAD, programme_id=OTHER_PROGRAMME, pathway="partner",
        starts_on=clock.day() - 60 * DAYS,
    )  # fmt: skip
    rules = queries.rules_of(OTHER_PROGRAMME, clock.day())
    assert rules is not None
    for programme_id, partnership in ((OTHER_PROGRAMME, other), ("", one)):
        module = rules.modules[0].module if programme_id else ""
        ours = held(programme_id, module)
        assert recorded(ours) == 1
        assert ModuleCompletion.objects.get(session=ours).partnership == partnership
    client = signed_in(Role.PARTNER_SCHOOL_HEAD, urn=PARTNER, subject="head")
    page = words(client.get(f"/schools/{PARTNER}/training"))
    assert "The school is in another programme too" in page
    assert client.get(f"/schools/{PARTNER}/training?programme={OTHER_PROGRAMME}").status_code == 200


def test_who_came_without_a_partnership_on_the_day_is_named(one: Partnership) -> None:
    ours = held()
    Partnership.objects.filter(pk=one.pk).update(
        starts_on=clock.day(), version=F("version") + 1
    )  # fmt: skip
    client = signed_in(Role.LEAD_SCHOOL, urn=LEAD, subject="lead")
    came = [each.pk for each in SignUp.objects.filter(session=ours)]
    page = f"/training/sessions/{ours.pk}"
    assert client.post(f"{page}/record", {"came": came, "version": ours.version}).status_code == 302
    said = words(client.get(page))
    assert "No module is completed for Ada" in said
    assert ModuleCompletion.objects.count() == 0


def test_a_school_stands_once_in_its_hub(one: Partnership) -> None:
    two = further(one)
    assert queries.partners_of(LEAD, clock.day()) == [one]
    assert queries.partners_of(LEAD, two.starts_on) == [two]
    today = gathering.today_of(LEAD, on=clock.day(), at=clock.now())
    assert [each.partnership for each in today.partners] == [one]
    later = gathering.today_of(LEAD, on=two.starts_on, at=clock.now())
    assert [each.partnership for each in later.partners] == [two]
