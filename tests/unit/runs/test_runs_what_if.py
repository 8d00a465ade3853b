"""What an office turns is checked, is in the round that was run with it, and is told there."""

import dataclasses
import json
import math
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from schoolhubs import packs, programmes, runs
from schoolhubs.vocabulary.errors import DataProblem
from schoolhubs.vocabulary.records.matching import FloorGroup
from small_rounds import RULES, order

Facts = Callable[..., pl.DataFrame]
CHANGES = {
    "preferred_maximum_minutes": 90,
    "absolute_maximum_minutes": 200.5,
    "forbids_own_trust": False,
    "floor_group": "region",
    "floor_share": 0.5,
    "base_points": 60,
    "maximum_points": 400,
    "points_per_pupil": {"persistent_absence": 3.0},
    "places_per_lead": {"core": 4},
}


def refused(changes: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(DataProblem) as caught:
        programmes.RuleChanges(**changes).put_in(RULES)
    return [(problem.code, problem.column) for problem in caught.value.problems]


def test_every_change_is_in_the_rules_and_is_told_beside_the_value_in_force() -> None:
    new = programmes.RuleChanges.from_dict(CHANGES).put_in(RULES)

    assert new.matching.preferred_maximum_minutes == 90
    assert new.matching.absolute_maximum_minutes == 200.5
    assert new.matching.forbids_own_trust is False
    assert (new.matching.floor_group, new.matching.floor_share) == (FloorGroup.REGION, 0.5)
    assert (new.need.base_points, new.need.maximum_points) == (60, 400)
    (part,) = [each for each in new.need.parts if each.part == "persistent_absence"]
    assert part.points_per_pupil == 3.0
    assert new.pathway("core").places_per_lead == 4
    said = {change.field: str(change) for change in new.changes}
    assert said["preferred_maximum_minutes"] == "preferred_maximum_minutes 120 → 90"
    assert said["forbids_own_trust"] == "forbids_own_trust yes → no"
    assert len(said) == sum(
        len(value) if isinstance(value, dict) else 1 for value in CHANGES.values()
    )
    assert new.definition_version.startswith(f"{RULES.definition_version} + changed: ")
    assert "preferred_maximum_minutes 120 → 90" in new.definition_version
    assert RULES.changes == ()


def test_every_path_of_a_change_is_a_setting_of_the_definition() -> None:
    settings = programmes.load("behaviour-hubs-2021").settings
    new = programmes.RuleChanges.from_dict(CHANGES).put_in(RULES)
    for change in new.changes:
        setting = settings[tuple(change.path.split("."))]
        assert setting.at(RULES.on) == change.before


def test_a_value_that_was_turned_is_no_assumption_of_the_definition_any_more() -> None:
    turned = "matching.absolute_maximum_minutes"
    assert turned in {one.where for one in RULES.assumptions}
    new = programmes.RuleChanges(absolute_maximum_minutes=200).put_in(RULES)
    assert {one.where for one in RULES.assumptions} - {one.where for one in new.assumptions} == {
        turned
    }


def test_the_value_in_force_is_no_change() -> None:
    same = programmes.RuleChanges(preferred_maximum_minutes=120, floor_group="none")
    assert same.put_in(RULES) is RULES


def test_changes_come_back_as_they_were_kept() -> None:
    kept = json.loads(json.dumps(programmes.RuleChanges.from_dict(CHANGES).as_dict()))
    assert programmes.RuleChanges.from_dict(kept).as_dict() == CHANGES


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"preferred_maximum_minutes": -1}, ("no_value_for_it", "preferred_maximum_minutes")),
        ({"preferred_maximum_minutes": 0}, ("no_value_for_it", "preferred_maximum_minutes")),
        ({"absolute_maximum_minutes": math.nan}, ("no_value_for_it", "absolute_maximum_minutes")),
        ({"absolute_maximum_minutes": "90"}, ("no_value_for_it", "absolute_maximum_minutes")),
        ({"absolute_maximum_minutes": True}, ("no_value_for_it", "absolute_maximum_minutes")),
        ({"forbids_own_trust": 1}, ("no_value_for_it", "forbids_own_trust")),
        ({"floor_group": "county"}, ("no_value_for_it", "floor_group")),
        ({"floor_group": "region", "floor_share": 1.5}, ("no_value_for_it", "floor_share")),
        ({"base_points": 1.5}, ("no_value_for_it", "base_points")),
        (
            {"points_per_pupil": {"persistent_absence": -1}},
            ("no_value_for_it", "points_per_pupil.persistent_absence"),
        ),
        ({"points_per_pupil": {"luck": 1}}, ("unknown_name", "points_per_pupil.luck")),
        ({"points_per_pupil": 3}, ("no_value_for_it", "points_per_pupil")),
        ({"places_per_lead": {"core": -1}}, ("no_value_for_it", "places_per_lead.core")),
        ({"places_per_lead": {"gold": 1}}, ("unknown_name", "places_per_lead.gold")),
        ({"preferred_maximum_minutes": 300}, ("limits_crossed", "preferred_maximum_minutes")),
        ({"absolute_maximum_minutes": 60}, ("limits_crossed", "absolute_maximum_minutes")),
        ({"base_points": 900}, ("points_crossed", "base_points")),
        ({"maximum_points": 10}, ("points_crossed", "maximum_points")),
        ({"floor_share": 0.9}, ("share_without_floors", "floor_share")),
    ],
)  # fmt: skip
def test_nonsense_is_refused_by_the_name_of_its_field(
    changes: dict[str, Any], told: tuple[str, str]
) -> None:
    assert refused(changes) == [told]


def test_all_nonsense_is_told_at_once() -> None:
    found = refused({"floor_share": 2, "base_points": -1, "places_per_lead": {"gold": 1}})
    assert [column for _, column in found] == ["floor_share", "base_points", "places_per_lead.gold"]


def test_what_no_office_may_turn_is_refused() -> None:
    with pytest.raises(DataProblem) as caught:
        programmes.RuleChanges.from_dict({"programme_id": "mine", "base_points": "x"})
    codes = [(problem.code, problem.column) for problem in caught.value.problems]
    assert codes == [("unknown_change", "programme_id"), ("no_value_for_it", "base_points")]


def test_a_round_is_run_under_the_changed_limit_and_says_so(facts: Facts) -> None:
    before = order(facts, {"900001": (0, 1)}, {"900011": 20.0})
    far, _ = runs.run_intake(before, clock=lambda: 0.0)
    minutes = far.result.matches["minutes"].item()
    rules = programmes.RuleChanges(preferred_maximum_minutes=round(minutes - 1, 2)).put_in(RULES)
    done, _ = runs.run_intake(dataclasses.replace(before, rules=rules), clock=lambda: 0.0)

    assert (far.summary()["exceptions_over_limit"], done.summary()["exceptions_over_limit"]) == (
        0,
        1,
    )
    pack = packs.build(done).files
    (change,) = json.loads(pack["round.json"])["changes"]
    assert (change["field"], change["before"]) == ("preferred_maximum_minutes", 120)
    assert json.loads(packs.build(far).files["round.json"])["changes"] == []
    assert "Values changed for this round" in pack["report.html"]
    assert "What-if" in pack["report.html"]
    assert any(note.startswith("A what-if: 1 value of the definition was") for note in done.notes)
    assert "What-if" not in packs.build(far).files["report.html"]


def test_places_by_pathway_hold_for_a_lead_whose_list_says_nothing(facts: Facts) -> None:
    partners = {f"9000{n}": float(n) for n in range(11, 15)}
    silent = order(facts, {"900001": (0, 1)}, partners)
    silent = dataclasses.replace(silent, leads=silent.leads.drop("capacity_core"))
    rules = programmes.RuleChanges(places_per_lead={"core": 2}).put_in(RULES)
    done, _ = runs.run_intake(dataclasses.replace(silent, rules=rules), clock=lambda: 0.0)
    assert done.result.hubs.filter(pl.col("pathway") == "core")["n_places"].item() == 2
    assert done.result.matches.height == 2
