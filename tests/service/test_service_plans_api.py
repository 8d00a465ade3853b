"""The API tells of a plan what `plan check` does, and approves through the one door alone."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from commands import schoolhubs
from drafting import HEAD, ON, drafted, knows, ready
from invented import facts, register
from keyed import Program, key_for
from schoolhubs.service.accounts.models import Membership, Organisation, Person
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.plans import actions, queries
from schoolhubs.service.plans.models import Approval, Plan

URN = "900001"
AT = f"/api/v1/plans/{URN}"
AT_ONCE = timezone.now()


@pytest.fixture(autouse=True)
def _known(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    register(facts(URN))
    knows(monkeypatch)


def somebody(school: Organisation, name: str, role: Role) -> None:
    one = Person.objects.create(
        subject=name, name=name, email=f"{name[0]}@example.org", first_signed_in_at=AT_ONCE,
        last_signed_in_at=AT_ONCE,
    )  # fmt: skip
    Membership.objects.create(
        person=one, organisation=school, roles=[role.value], checked_at=AT_ONCE
    )


@pytest.fixture
def program() -> Program:
    school = Organisation.objects.create(sign_in_id="x", kind="school", name="School", urn=URN)
    somebody(school, "H. Elm", Role.PARTNER_SCHOOL_HEAD)
    somebody(school, "T. Oak", Role.PARTNER_SCHOOL_GOVERNOR)
    return Program(key_for(school, "read:plans", "write:approvals")[1], school)


def approve(
    program: Program, plan: Plan, number: int | None = None, by: str = "H. Elm, head"
) -> Any:
    tag = f'"plan-{plan.pk}.{number or plan.number}"'
    return program.change(f"{AT}/approval", {"approved_by": by}, method="POST", tag=tag)


def test_the_api_tells_what_plan_check_tells_of_the_same_plan(
    program: Program, tmp_path: Path
) -> None:
    drafted()
    told = program.get(AT).json()
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(told["plan"]), encoding="utf-8")
    on = timezone.localdate()
    checked = schoolhubs("plan", "check", str(path), "--on", str(on), code=3)
    assert told["problems"] == checked["problems"]
    assert told["problems"]


def test_an_open_screen_is_refused_with_every_problem(program: Program) -> None:
    plan = drafted()
    answer = approve(program, plan)
    assert answer.status_code == 422
    wanted = [each.code for each in queries.problems_of(plan, on=timezone.localdate())]
    assert [each["code"] for each in answer.json()["problems"]] == wanted
    assert not Approval.objects.exists()


def test_a_plan_without_problems_is_approved_once(program: Program) -> None:
    plan = ready()
    answer = approve(program, plan)
    assert answer.status_code == 200
    told = answer.json()
    row = Approval.objects.get()
    assert (told["digest"], told["approved_by"]) == (row.digest, "H. Elm, head")
    assert program.get(AT).json()["why_not_in_force"] == []
    plan.refresh_from_db()
    assert approve(program, plan).status_code == 409


@pytest.mark.parametrize("by", ["Anybody", "T. Oak", "head", "H. Elm and others"])
def test_nobody_approves_under_a_name_that_is_no_heads(program: Program, by: str) -> None:
    answer = approve(program, ready(), by=by)
    assert answer.status_code == 422
    assert [each["code"] for each in answer.json()["problems"]] == ["not_the_head"]
    assert not Approval.objects.exists()


def test_another_version_than_the_one_read_is_not_approved(program: Program) -> None:
    plan = ready()
    assert approve(program, plan, number=1).status_code == 412
    assert not Approval.objects.exists()


def test_a_school_without_a_plan_has_none(program: Program) -> None:
    assert program.get(AT).status_code == 404


def test_what_was_approved_by_the_page_is_told_by_the_api(program: Program) -> None:
    plan = ready()
    actions.approve(plan, number=plan.number, on=ON, who=HEAD)
    told = program.get(AT).json()
    assert (told["state"], told["problems"]) == ("approved", [])
    assert told["plan"]["approval"]["approved_by"] == "Head"
