"""The way of a school from match to first review: what is needed, how far, and for whom."""

import datetime
import html
import re
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from aiming import client_of
from invented import AT, PROGRAMME, facts, register
from schoolhubs import diagnosis
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.diagnosis.assessing import actions as assessing
from schoolhubs.service.diagnosis.day import actions as looking
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.sharing import actions as sharing
from schoolhubs.service.work.journey.steps import Reached, way_of
from signing import signed_in

pytestmark = pytest.mark.django_db
PARTNER, ALONE, LEAD, TRUST = "900001", "900002", "900010", "9001"
PAGE = f"/schools/{PARTNER}/journey"
AUDIT = {"self_assessment", "pupil_survey", "staff_survey", "diagnostic_day"}


@pytest.fixture(autouse=True)
def _schools() -> None:
    register(
        facts(PARTNER, trust_id=TRUST), facts(ALONE, trust_id=TRUST), facts(LEAD), leads=(LEAD,)
    )


def done(**changes: Any) -> dict[str, Any]:
    told = {"by": "ada", "organisation": f"school:{PARTNER}", "at": timezone.now()}
    return {**told, "place": "tests", **changes}


def together(state: str = "agreed", pathway: str = "enhanced") -> Partnership:
    today = timezone.localdate()
    made = Partnership.objects.create(
        programme_id=PROGRAMME, cohort_id="2025-26-spring", partner_urn=PARTNER, lead_urn=LEAD,
        pathway=pathway, starts_on=today, finishes_on=today + datetime.timedelta(days=365),
        proposed_at=AT, proposed_by="officer", partner_says="accepts", partner_at=AT,
        partner_by="head", lead_says="accepts", lead_at=AT, lead_by="lead",
    )  # fmt: skip
    if state == "agreed":
        Partnership.objects.filter(pk=made.pk).update(state=state, version=F("version") + 1)
    return Partnership.objects.get(pk=made.pk)


def assess(urn: str = PARTNER) -> None:
    asked = diagnosis.instrument("attendance-mainstream")
    one = assessing.begin(urn, asked, **done())
    given = [assessing.Given(item=each.name, value=3) for each in asked.items]
    assessing.answer(one, given, label="Head", **done())
    assessing.finish(one, on=timezone.localdate(), **done())


def reached(urn: str = PARTNER) -> dict[str, Reached]:
    return {each.name: each.reached for each in way_of(urn, on=timezone.localdate()).steps}


def words(answer: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def test_enhanced_needs_every_step_of_the_audit() -> None:
    together()
    way = way_of(PARTNER, on=timezone.localdate())
    needed = {each.name for each in way.steps if each.is_needed}
    assert needed == AUDIT | {"match", "findings", "plan", "screens", "approval", "review"}
    assert way.now is not None
    assert way.now.name == "self_assessment"


def test_a_pathway_that_asks_for_none_leaves_all_of_it_free() -> None:
    together(pathway="regional")
    way = way_of(PARTNER, on=timezone.localdate())
    assert way.says_what_is_needed
    assert not any(each.is_needed for each in way.steps)
    assert "Choose the parts you use" in words(
        signed_in(Role.PARTNER_SCHOOL_HEAD, urn=PARTNER).get(PAGE)
    )


def test_a_school_alone_can_use_the_parts_by_itself() -> None:
    assess(ALONE)
    found = reached(ALONE)
    assert found["self_assessment"] is Reached.DONE
    assert found["match"] is Reached.NOT_YET
    assert found["agreement"] is Reached.WAITS


def test_steps_are_done_as_their_apps_say() -> None:
    made = together()
    assert reached()["match"] is Reached.DONE
    assert reached()["agreement"] is Reached.NOT_YET
    told = {
        "purposes": ["make_plan"], "kinds": ["plan"], "starts_on": timezone.localdate(),
        "last_on": timezone.localdate(),
    }  # fmt: skip
    agreement = sharing.propose(made, side="lead", **told, **done())
    assert reached()["agreement"] is Reached.UNDER_WAY
    sharing.answer(agreement, side="partner", accepts=True, version=1, **done())
    assert reached()["agreement"] is Reached.DONE
    asked = diagnosis.instrument("attendance-mainstream")
    assert reached()["self_assessment"] is Reached.NOT_YET
    one = assessing.begin(PARTNER, asked, **done())
    assert reached()["self_assessment"] is Reached.UNDER_WAY
    given = [assessing.Given(item=each.name, value=3) for each in asked.items]
    assessing.answer(one, given, label="Head", **done())
    assessing.finish(one, on=timezone.localdate(), **done())
    assert reached()["self_assessment"] is Reached.DONE
    for name in ("findings", "screens", "approval", "review"):
        assert reached()[name] is Reached.WAITS


def test_a_day_that_is_planned_is_in_progress_and_its_findings_once_somebody_saw() -> None:
    together()
    both = ("diagnostic_day", "findings")
    assert [reached()[name] for name in both] == [Reached.NOT_YET, Reached.WAITS]
    told = {"held_on": timezone.localdate(), "agenda": "Lessons", "who": "Both", "to_see": "All"}
    day = looking.prepare(PARTNER, told, version=0, **done())
    assert [reached()[name] for name in both] == [Reached.UNDER_WAY, Reached.NOT_YET]
    seen = {"root_cause": "routines_differ", "says": "for", "text": "Two of four", "place": ""}
    looking.see(day, seen, side="school", **done())
    assert [reached()[name] for name in both] == [Reached.UNDER_WAY, Reached.UNDER_WAY]
    page = words(signed_in(Role.PARTNER_SCHOOL_HEAD, urn=PARTNER).get(PAGE))
    assert "Lead and partner look at the school together. In progress" in page


def test_a_proposed_match_is_in_progress() -> None:
    together("proposed")
    assert reached()["match"] is Reached.UNDER_WAY


def test_what_was_done_before_the_match_was_proposed_does_not_count() -> None:
    assess()
    later = together()
    Partnership.objects.filter(pk=later.pk).update(
        proposed_at=timezone.now() + datetime.timedelta(days=2), version=F("version") + 1
    )
    assert reached()["self_assessment"] is Reached.NOT_YET


def test_the_lead_reads_how_far_it_is_and_opens_what_is_shared() -> None:
    made = together()
    assess()
    leader = signed_in(Role.LEAD_SCHOOL, urn=LEAD, subject="lead")
    page = leader.get(PAGE)
    assert "Self-assessment" in words(page)
    assert f"/schools/{PARTNER}/self-assessment" not in page.content.decode()
    told = {
        "purposes": ["find_causes"], "kinds": ["self_assessment"],
        "starts_on": timezone.localdate(), "last_on": timezone.localdate(),
    }  # fmt: skip
    agreement = sharing.propose(made, side="lead", **told, **done())
    sharing.answer(agreement, side="partner", accepts=True, version=1, **done())
    assert f"/schools/{PARTNER}/self-assessment" in leader.get(PAGE).content.decode()


def test_another_s_journey_is_not_there() -> None:
    together()
    assert signed_in(Role.PARTNER_SCHOOL_HEAD, urn=ALONE).get(PAGE).status_code == 404


def test_a_trust_sees_each_of_its_schools() -> None:
    together()
    assess(ALONE)
    client = client_of(Role.PARTNER_TRUST, kind="trust", uid=TRUST)
    page = words(client.get(f"/trusts/{TRUST}/journeys"))
    assert f"School {PARTNER} Self-assessment Not yet started" in page
    assert f"School {ALONE} None is needed" in page
    assert client.get("/trusts/9002/journeys").status_code == 404
    assert client.get("/journey").headers["Location"] == f"/trusts/{TRUST}/journeys"
