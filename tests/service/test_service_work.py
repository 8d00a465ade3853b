"""The page after signing in: what waits for each role, and nothing of anybody else's."""

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from invented import AT, ON, facts, school_row
from peopled import NUMBERS, OTHER, OWN, World, peopled
from providing import provider
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.eligibility.models import Application, HumanDecision
from schoolhubs.service.jobs.models import State, Work
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.schools.models import School
from schoolhubs.service.work.queries import MOST_SCHOOLS

MOST_QUERIES = 15


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), provider(role_seconds=3_600), transaction.atomic():
        yield peopled()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def undone(world: World, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


def page(world: World, role: Role | None, side: str = OWN) -> str:
    answer = world.client(role, side).get("/work")
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.mark.parametrize("role", [each for each in Role if each != Role.API_CLIENT])
def test_every_role_finds_something_to_look_at(world: World, role: Role) -> None:
    text = page(world, role)
    assert "What your role may do" in text
    assert "Is my school eligible?" in text


def test_somebody_without_a_role_is_told_what_to_do(world: World) -> None:
    text = page(world, None)
    assert "Ask its approver on DfE Sign-in" in text
    assert "Waiting for you" not in text


def test_an_officer_is_shown_how_many_applications_wait(world: World) -> None:
    Application.objects.update(state="undecided", version=2)
    assert "2 applications wait for a person’s decision" in page(world, Role.OFFICE_CASEWORKER)
    assert "wait for a person’s decision" not in page(world, Role.OFFICE_READ)


def test_a_decision_against_the_rules_waits_for_another_person_alone(world: World) -> None:
    reference = world.applications[OWN].reference
    assert reference in page(world, Role.OFFICE_CASEWORKER)
    HumanDecision.objects.update(decided_by=world.people[OWN, Role.OFFICE_CASEWORKER].subject)
    assert reference not in page(world, Role.OFFICE_CASEWORKER)
    assert reference in page(world, Role.OFFICE_ADMINISTRATOR)
    HumanDecision.objects.update(agreed_by="a second officer", agreed_at=AT)
    assert reference not in page(world, Role.OFFICE_ADMINISTRATOR)


def test_a_stopped_job_is_shown_to_its_own_office(world: World) -> None:
    Work.objects.filter(pk=world.works[OTHER].pk).update(
        state=State.FAILED, finished_at=AT, fault="Too large."
    )
    assert "job has stopped" not in page(world, Role.OFFICE_READ)
    assert "1 job has stopped" in page(world, Role.OFFICE_READ, OTHER)


def test_a_school_sees_its_own_stage_and_tasks(world: World) -> None:
    text = page(world, Role.PARTNER_SCHOOL_HEAD)
    assert f"School {NUMBERS[OWN]['partner'][0]}" in text
    assert "Look at the application" in text
    assert f"School {NUMBERS[OTHER]['partner'][0]}" not in text


def test_a_trust_sees_its_schools_and_a_hub_its_partners(world: World) -> None:
    partner = NUMBERS[OWN]["partner"][0]
    assert f"School {partner}" in page(world, Role.PARTNER_TRUST)
    for role in (Role.LEAD_SCHOOL, Role.LEAD_TRUST):
        text = page(world, role)
        assert f"School {partner}" in text
        assert f"School {NUMBERS[OTHER]['partner'][0]}" not in text


def test_the_page_asks_the_database_little(
    world: World, django_assert_max_num_queries: Any
) -> None:
    for role in (Role.OFFICE_ADMINISTRATOR, Role.PARTNER_SCHOOL_HEAD, Role.LEAD_SCHOOL):
        client = world.client(role)
        client.get("/work")
        with django_assert_max_num_queries(MOST_QUERIES):
            client.get("/work")


def test_a_trust_of_many_schools_costs_no_more(
    world: World, django_assert_max_num_queries: Any
) -> None:
    """Twelve schools, each with an application and a hub: asked for together, not one by one."""
    uid = NUMBERS[OWN]["partner"][1]
    urns = [f"9007{n:02}" for n in range(MOST_SCHOOLS - 1)]
    School.objects.bulk_create(school_row(world.snapshot, facts(urn, trust_id=uid)) for urn in urns)
    told = {"programme_id": world.round.programme_id, "cohort_id": world.round.cohort_id}
    for urn in urns:
        application = Application.objects.create(
            **told, urn=urn, reference=f"MANY-{urn}", state="submitted", pathways=["enhanced"],
            begun_at=AT, begun_by="head", submitted_at=AT, submitted_by="head", answers={},
            snapshot=world.snapshot, applied_on=ON,
        )  # fmt: skip
        Partnership.objects.create(
            **told, application=application, round=world.round, partner_urn=urn,
            lead_urn=NUMBERS[OWN]["lead"][0], pathway="enhanced", proposed_at=AT,
            proposed_by="officer", starts_on=datetime.date(2026, 1, 1),
            finishes_on=datetime.date(2027, 1, 1),
        )  # fmt: skip
    client = world.client(Role.PARTNER_TRUST)
    client.get("/work")
    with django_assert_max_num_queries(MOST_QUERIES):
        text = client.get("/work").content.decode()
    assert all(f"Application MANY-{urn}: " in text for urn in urns)
