"""A hub reads a school that is with it, and of one that was, only what was then; keys alike."""

import datetime
from typing import Any

import pytest

from invented import AT, ON, PROGRAMME, facts, register
from keyed import Program, key_for
from partnering import LEAD, SECOND_LEAD, a_round, applied, of, published, term_day, world
from schoolhubs.service.accounts.models import Organisation
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.api.models import ApiKey
from schoolhubs.service.eligibility.models import Application
from schoolhubs.service.matching.models import Placement, Round
from schoolhubs.service.partnerships import actions
from schoolhubs.service.partnerships.doing.terms import turn
from schoolhubs.service.partnerships.models import Objection, Partnership
from schoolhubs.service.schools.models import RegisterSnapshot
from signing import signed_in

SCHOOL = "900001"
MATCH = f"/programmes/{PROGRAMME}/schools/{SCHOOL}/match"
PAGE = f"/schools/{SCHOOL}"
WHO: dict[str, Any] = {"organisation": "school:1", "at": AT, "place": "/match"}
STAGE = "Next date"
LATER = "2026-27-spring"

pytestmark = pytest.mark.django_db


def lead(urn: str = LEAD) -> Any:
    return signed_in(Role.LEAD_SCHOOL, urn=urn, subject=f"lead-{urn}")


def program(urn: str = LEAD) -> Program:
    ours, _ = Organisation.objects.get_or_create(
        sign_in_id=f"school-{urn}", defaults={"kind": "school", "urn": urn, "name": f"School {urn}"}
    )
    scopes = "read:matches", "read:rounds", "write:acceptances"
    name = f"Program {ApiKey.objects.count()}"  # an organisation's keys differ in name
    return Program(key_for(ours, *scopes, name=name)[1], ours)


def listed(client: Any, address: str) -> list[str]:
    name = "partner_urn" if address == "/acceptances" else "urn"
    return [each[name] for each in client.get(f"/api/v1{address}").json()["items"]]


def reads(urn: str = LEAD) -> dict[str, bool]:
    """Tell what a hub reads of the school, on pages and with a key."""
    client, keyed = lead(urn), program(urn)
    first = Round.objects.earliest("pk")
    return {
        "match": client.get(MATCH).status_code == 200,
        "stage": STAGE in client.get(PAGE).content.decode(),
        "match by key": keyed.get(f"/api/v1/matches/{PROGRAMME}/{SCHOOL}").status_code == 200,
        "placements": SCHOOL in listed(keyed, f"/rounds/{first.pk}/placements"),
        "acceptances": SCHOOL in listed(keyed, "/acceptances"),
    }


def agreed() -> tuple[RegisterSnapshot, Round]:
    made = world({SCHOOL: LEAD})
    for side in ("partner", "lead"):
        one = of(SCHOOL)
        actions.answer(one, side=side, says="accepts", version=one.version, by=side, **WHO)
    return made


def finished() -> tuple[RegisterSnapshot, Round]:
    made = agreed()
    turn(on=term_day(2026, 2), at=AT, place="test")
    turn(on=of(SCHOOL).finishes_on, at=AT, place="test")
    assert of(SCHOOL).state == "finished"
    return made


def applied_again(snapshot: RegisterSnapshot, state: str = "draft") -> Application:
    sent = {"submitted_at": AT, "submitted_by": "head", "snapshot": snapshot, "applied_on": ON}
    return Application.objects.create(
        reference="T-AGAIN", programme_id=PROGRAMME, cohort_id=LATER, urn=SCHOOL, state=state,
        pathways=["enhanced"], begun_at=AT, begun_by="head", **sent,
    )  # fmt: skip


def later_round(snapshot: RegisterSnapshot, lead_urn: str) -> Round:
    """Publish a later cohort's round, in which the school goes to a hub."""
    made = Round.objects.create(
        programme_id=PROGRAMME, cohort_id=LATER, definition_version="1", snapshot=snapshot,
        on=ON + datetime.timedelta(days=200), made_at=AT, made_by="officer", is_synthetic=True,
        summary={}, record={"travel": {"source": "estimate", "band_share": 0.8}}, pack=b"",
    )  # fmt: skip
    Placement.objects.create(
        round=made, urn=SCHOOL, outcome="matched", name=f"School {SCHOOL}", phase="primary",
        region="South West", pathway="enhanced", lead_urn=lead_urn, minutes=77.0,
        record={"minutes_low": 70.0, "minutes_high": 80.0, "travel_source": "estimated"},
    )  # fmt: skip
    return published(made)


def test_a_hub_reads_the_school_that_is_with_it() -> None:
    agreed()
    assert set(reads().values()) == {True}, reads()
    assert set(reads(SECOND_LEAD).values()) == {False}


def test_a_hub_never_reads_a_school_that_withdrew_before_it_was_proposed() -> None:
    snapshot = register(*(facts(urn) for urn in (SCHOOL, LEAD, SECOND_LEAD)), leads=(LEAD,))
    applied(snapshot, [SCHOOL])
    round_ = a_round(snapshot, {SCHOOL: LEAD})
    application = Application.objects.get()
    actions.leave(
        application, "withdrawn", reason="A new head", version=application.version, by="head", **WHO
    )
    published(round_)
    assert not Partnership.objects.exists()
    assert set(reads().values()) == {False}, reads()
    school = signed_in(Role.PARTNER_SCHOOL_HEAD, urn=SCHOOL, subject="head")
    assert "Published round: matched" not in school.get(PAGE).content.decode()
    assert school.get(MATCH).status_code == 200, "the school may read its own all the same"


def test_a_hub_reads_nothing_more_of_a_school_it_was_parted_from() -> None:
    world({SCHOOL: LEAD})
    one = of(SCHOOL)
    actions.answer(
        one, side="partner", says="objects", reasons=("journey",), version=one.version, by="head",
        **WHO,
    )  # fmt: skip
    assert set(reads().values()) == {True}, reads()
    actions.decide(
        Objection.objects.get(), is_upheld=True, reason="It is too far", by="officer", **WHO
    )
    assert set(reads().values()) == {False}, reads()
    theirs = program(SCHOOL)
    assert listed(theirs, "/acceptances") == [SCHOOL], "the school keeps what it answered"
    answered = program().get(f"/api/v1/acceptances/{one.pk}")
    assert answered.status_code == 404


def test_a_former_hub_reads_what_was_in_its_time() -> None:
    finished()
    assert set(reads().values()) == {True}, reads()
    assert set(reads(SECOND_LEAD).values()) == {False}


@pytest.mark.parametrize("state", ["draft", "submitted"])
def test_a_former_hub_hears_nothing_of_the_next_application(state: str) -> None:
    snapshot, _ = finished()
    applied_again(snapshot, state)
    said = lead().get(PAGE).content.decode()
    assert "T-AGAIN" not in said
    assert f"Application T-{SCHOOL}" in said
    head = signed_in(Role.PARTNER_SCHOOL_HEAD, urn=SCHOOL, subject="head")
    assert "T-AGAIN" in head.get(PAGE).content.decode(), "the school itself is told"


def test_a_former_hub_reads_the_round_of_its_time_and_no_later_one() -> None:
    snapshot, first = finished()
    applied_again(snapshot, "submitted")
    Application.objects.filter(reference="T-AGAIN").update(state="eligible", version=2)
    later = later_round(snapshot, SECOND_LEAD)
    assert of(SCHOOL).lead_urn == SECOND_LEAD
    page = lead().get(MATCH).content.decode()
    assert "21 minutes" in page
    assert "77 minutes" not in page
    assert "77 minutes" not in lead().get(PAGE).content.decode()
    told = program().get(f"/api/v1/matches/{PROGRAMME}/{SCHOOL}").json()
    assert (told["round_id"], told["lead_urn"]) == (first.pk, LEAD)
    assert listed(program(), f"/rounds/{later.pk}/placements") == []
    theirs = program(SECOND_LEAD).get(f"/api/v1/matches/{PROGRAMME}/{SCHOOL}").json()
    assert (theirs["round_id"], theirs["lead_urn"]) == (later.pk, SECOND_LEAD)
    head = signed_in(Role.PARTNER_SCHOOL_HEAD, urn=SCHOOL, subject="head")
    assert "77 minutes" in head.get(MATCH).content.decode()


def test_a_round_that_names_another_hub_is_not_read_for_a_partnership_outside_of_rounds() -> None:
    snapshot, _ = finished()
    Partnership.objects.update(round=None, version=99)
    applied_again(snapshot, "submitted")
    later_round(snapshot, SECOND_LEAD)
    assert lead().get(MATCH).status_code == 404
