"""What nobody published is said: the time of a ferry, in the data and in a round."""

import datetime

import yaml

from schoolhubs import programmes, travel
from schoolhubs.runs.parts import told
from schoolhubs.travel.water import read_water

ISLE_OF_WIGHT = {"southampton_east_cowes", "portsmouth_fishbourne", "lymington_yarmouth"}


def test_the_minutes_said_are_those_used() -> None:
    said = {one.where: float(one.value) for one in travel.assumptions()}
    for crossing in read_water().crossings:
        if crossing.kind == "ferry":
            is_long = crossing.crossing_id in ISLE_OF_WIGHT
            name = "isle_of_wight" if is_long else "chain_ferries"
            assert crossing.delay_minutes == said[f"travel.ferries.{name}"]


def test_each_has_a_unit_and_a_reason() -> None:
    assert all(one.unit == "minutes" and len(one.why) > 40 for one in travel.assumptions())


def test_a_round_states_them_whatever_its_lists_hold() -> None:
    rules = programmes.load("rise-hubs-2025").as_at(datetime.date(2026, 2, 1))
    said = [one.where for one in told.assumed(None, rules)]
    assert said[-2:] == ["travel.ferries.isle_of_wight", "travel.ferries.chain_ferries"]


def test_they_are_marked_assumed_in_the_data(pytestconfig: object) -> None:
    path = pytestconfig.rootpath / "src/schoolhubs/travel/data/water.yaml"  # type: ignore[attr-defined]
    stored = yaml.safe_load(path.read_text(encoding="utf-8"))["assumptions"]
    assert {entry["status"] for entry in stored} == {"assumed"}
