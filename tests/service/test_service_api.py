"""The API answers what the pages answer, and says what is wrong in words."""

import csv
import io
from collections.abc import Iterator

import pytest

from invented import PROGRAMME
from keyed import Program, program
from peopled import NUMBERS, OWN, World, peopled

pytestmark = pytest.mark.django_db
PARTNER, LEAD = NUMBERS[OWN]["partner"][0], NUMBERS[OWN]["lead"][0]
OTHER_PARTNER = NUMBERS["other"]["partner"][0]


@pytest.fixture
def world() -> World:
    return peopled()


@pytest.fixture
def anybody(world: World) -> Program:
    return Program()


@pytest.fixture
def ours(world: World) -> Iterator[Program]:
    return program(world.organisations[OWN, "partner"])


def test_schools_are_listed_and_read(anybody: Program) -> None:
    said = anybody.get("/api/v1/schools")
    assert said.status_code == 200, said.content
    assert [each["urn"] for each in said.json()["items"]] == [
        "900001",
        "900002",
        "900010",
        "900011",
    ]
    one = anybody.get(f"/api/v1/schools/{PARTNER}").json()
    figures = {each["figure"]: each for each in one["figures"]}
    assert figures["absence_percent"]["value"] == 8.0
    assert figures["absence_percent"]["year"] == "2024/25"
    assert one["stages"] == []
    found = anybody.get(f"/api/v1/schools?q=school {LEAD}").json()["items"]
    assert [each["urn"] for each in found] == [LEAD]


def test_a_school_sees_how_far_it_has_come(ours: Program) -> None:
    assert ours.get(f"/api/v1/schools/{PARTNER}").json()["stages"]
    assert ours.get(f"/api/v1/schools/{OTHER_PARTNER}").json()["stages"] == []


def test_eligibility_is_told_rule_by_rule_and_as_csv(anybody: Program) -> None:
    address = f"/api/v1/eligibility/{PARTNER}?programme_id={PROGRAMME}"
    said = anybody.get(address).json()
    reasons = [
        reason
        for programme in said["programmes"]
        for pathway in programme["pathways"]
        for reason in pathway["reasons"]
    ]
    assert reasons
    text = anybody.get(address, headers={"Accept": "text/csv"})
    assert text.headers["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(text.content.decode(), newline="")))
    assert [row["rule"] for row in rows] == [reason["rule"] for reason in reasons]


def test_programmes_hubs_rounds_and_matches_are_told(
    anybody: Program, ours: Program, world: World
) -> None:
    assert anybody.get("/api/v1/programmes").status_code == 200
    assert anybody.get(f"/api/v1/programmes/{PROGRAMME}?on=2026-01-29").json()["settings"]
    hubs = anybody.get(f"/api/v1/hubs?programme_id={PROGRAMME}").json()["items"]
    assert [each["loads"] for each in hubs] == [[], []]
    lead = program(world.organisations[OWN, "lead"])
    loads = lead.get(f"/api/v1/hubs?programme_id={PROGRAMME}").json()["items"]
    assert [bool(each["loads"]) for each in loads] == [True, False]
    rounds = ours.get("/api/v1/rounds").json()["items"]
    placements = ours.get(f"/api/v1/rounds/{rounds[0]['round_id']}/placements").json()["items"]
    assert [each["urn"] for each in placements] == [PARTNER]
    match = ours.get(f"/api/v1/matches/{PROGRAMME}/{PARTNER}")
    assert match.json()["lead_urn"] == LEAD, match.content
    assert ours.get(f"/api/v1/matches/{PROGRAMME}/{OTHER_PARTNER}").status_code == 404


def test_an_application_is_read_with_its_answers(ours: Program, world: World) -> None:
    listed = ours.get("/api/v1/applications").json()["items"]
    assert [each["urn"] for each in listed] == [PARTNER]
    one = ours.get(f"/api/v1/applications/{listed[0]['reference']}")
    assert one.json()["answers"]["pathways"] == ["enhanced"]
    assert one.headers["ETag"] == f'"{listed[0]["reference"]}.1"'
