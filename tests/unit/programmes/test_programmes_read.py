"""No setting is dead: each is read by the rules, or the schema says that it is only told."""

import datetime
from collections.abc import Mapping
from typing import Any

import pytest

from schoolhubs import programmes
from schoolhubs.programmes.as_at import rules_as_at
from schoolhubs.programmes.checking import schema
from schoolhubs.programmes.delivered.money import money_as_at
from schoolhubs.programmes.settings import Path
from schoolhubs.vocabulary import official
from schoolhubs.vocabulary.phases import Framework
from schoolhubs.vocabulary.records.settings import Setting

DAYS = [datetime.date(2018, 9, 1), datetime.date(2022, 8, 31), datetime.date(2026, 11, 21)]


class Watched(dict[Path, Setting]):
    """Settings that remember which of them were asked for by name."""

    def __init__(self, settings: Mapping[Path, Setting]) -> None:
        super().__init__(settings)
        self.read: set[Path] = set()

    def __getitem__(self, path: Path) -> Setting:
        self.read.add(path)
        return super().__getitem__(path)


def read_of(programme: programmes.Programme) -> set[Path]:
    watched = Watched(programme.settings)
    for day in DAYS:
        rules_as_at(programme.tree, watched, programme.definition_version, day)
        money_as_at(programme.tree, watched, day)
    return watched.read


def is_narrative(path: Path, whole: Mapping[str, Any]) -> bool:
    node: Mapping[str, Any] = whole
    for key in path:
        node = node.get("properties", {}).get(key) or node.get("additionalProperties") or {}
        if "is_narrative" not in node and "$ref" in node:
            node = {**whole["$defs"][node["$ref"].rpartition("/")[2]], **node}
    return bool(node.get("is_narrative"))


@pytest.mark.parametrize("programme_id", programmes.list_ids())
def test_every_setting_is_read_or_declared_narrative(programme_id: str) -> None:
    programme = programmes.load(programme_id)
    told = {path for path in programme.settings if is_narrative(path, schema())}
    assert set(programme.settings) - read_of(programme) == told


def test_a_setting_nobody_reads_is_found() -> None:
    """The control: a setting that no stage knows is neither read nor told."""
    programme = programmes.load("rise-hubs-2025")
    dead = ("matching", "phase_of_the_moon")
    settings = {**programme.settings, dead: programme.settings["matching", "floor_share"]}
    watched = Watched(settings)
    rules_as_at(programme.tree, watched, "1", DAYS[-1])
    assert dead not in watched.read
    assert not is_narrative(dead, schema())


def test_definitions_name_frameworks_and_leave_their_dates_to_the_inspections() -> None:
    part = schema()["$defs"]["part"]["properties"]["frameworks"]["propertyNames"]["enum"]
    rule = schema()["$defs"]["rule"]["properties"]["frameworks"]["propertyNames"]["enum"]
    assert part == rule == [framework.value for framework in Framework]
    assert set(part) == set(official.framework_begins())
