"""The refit: shipped constants come out of it again, and it holds on hospitals it never saw."""

import importlib
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np
import polars as pl
import pytest

from schoolhubs import travel
from schoolhubs.travel.constants import constants
from schoolhubs.travel.estimate import estimate
from schoolhubs.travel.zones import read_zones

pytestmark = pytest.mark.real_data

FILES = [
    "geo/lsoa11_england_centroids.csv.gz",
    "traveltime/hospital_postcodes_coords.csv",
    "traveltime/lsoa_to_hospital_drive_minutes_a.csv.gz",
    "traveltime/lsoa_to_hospital_drive_minutes_b.csv.gz",
]
# District and hospital on opposite sides of water, from the methods paper, section 3.3.
OVER_WATER = [
    ("Isle of Wight", "PO63LY"),
    ("Isle of Wight", "SP28BJ"),
    ("Isle of Wight", "BN112DH"),
    ("Barrow-in-Furness", "FY38NR"),
    ("Fylde", "PR86PN"),
    ("Blackpool", "PR86PN"),
    ("Tendring", "CT13NG"),
    ("Medway", "SS165NL"),
    ("Southend-on-Sea", "CT13NG"),
]
# District and hospital that a bridge joins by a way round; real journeys say what it costs.
BY_BRIDGE = [
    ("Thurrock", "ME169QQ"),
    ("Dartford", "RM70AG"),
    ("Gravesham", "SS165NL"),
    ("East Devon", "TQ27AA"),
    ("Kingston upon Hull", "LN25QY"),
]


@pytest.fixture(scope="module")
def refit(pytestconfig: pytest.Config) -> Iterator[ModuleType]:
    scripts = str(pytestconfig.rootpath / "scripts")
    sys.path.insert(0, scripts)
    yield importlib.import_module("fit_travel")
    sys.path.remove(scripts)


@pytest.fixture(scope="module")
def journeys(refit: ModuleType, shared_data: Any) -> tuple[Any, Any, Any]:
    """Read every area, every hospital and the minutes between them."""
    folder = [shared_data.path(name) for name in FILES].pop().parents[1]
    read: tuple[Any, Any, Any] = refit.read_drive_times(folder)
    return read


def test_a_fit_on_some_hospitals_holds_on_the_others(
    refit: ModuleType, journeys: tuple[Any, Any, Any]
) -> None:
    areas, hospitals, minutes = journeys
    pairs = refit.sample_pairs(areas, hospitals, minutes, most=9_000)
    begin = refit.first_guess()
    density = refit.features(areas, hospitals, pairs, begin)
    is_seen = np.random.default_rng(99).permutation(len(hospitals.ids))[pairs.end] % 3 > 0

    at = refit.fit(pairs.only(is_seen), density[is_seen], begin, 15)
    unseen = pairs.only(~is_seen)
    parts, _ = refit.drive(at, density[~is_seen], refit.lengths(unseen.km, at))
    told = refit.errors(parts.sum(axis=1) + unseen.ferry_minutes, unseen)
    plain = refit.errors(refit.published_minutes(unseen.straight_km), unseen)

    assert told["median"] <= 8.5
    assert told["p90"] <= 21
    assert abs(told["bias"]) <= 3
    assert max(told[f"band_{k}"] for k in range(5)) <= 14
    assert told["median"] < plain["median"] - 0.5
    assert told["p90"] < plain["p90"] - 1.5


def test_the_refit_gives_the_shipped_constants_again(
    refit: ModuleType, journeys: tuple[Any, Any, Any]
) -> None:
    """Powers do not depend on the level, which needs six more fits than a test has time for."""
    areas, hospitals, minutes = journeys
    pairs = refit.sample_pairs(areas, hospitals, minutes)
    begin = refit.first_guess()

    again = refit.fit(pairs, refit.features(areas, hospitals, pairs, begin), begin)

    for fresh, shipped in zip(again.stretches, constants().stretches, strict=True):
        assert fresh.near_power == pytest.approx(shipped.near_power, rel=2e-3, abs=1e-4)
        assert fresh.around_power == pytest.approx(shipped.around_power, rel=2e-3, abs=1e-4)
        assert fresh.pace == pytest.approx(shipped.pace, rel=0.03)


def test_the_settlement_grid_is_a_count_of_the_published_centres(
    refit: ModuleType, shared_data: Any
) -> None:
    cells = refit.settlement_cells(shared_data.path(FILES[0]).parents[1])
    grid = travel.settlement_grid()
    assert (grid.easting // 1000).tolist() == cells["column"].to_list()
    assert (grid.northing // 1000).tolist() == cells["row"].to_list()
    assert grid.n_centres.tolist() == cells["len"].to_list()


@pytest.mark.parametrize(("district", "hospital"), OVER_WATER)
def test_pairs_over_water_are_within_a_quarter_and_without_water_they_are_not(
    journeys: tuple[Any, Any, Any], shared_data: Any, district: str, hospital: str
) -> None:
    areas, hospitals, minutes = journeys
    names = dict(pl.read_csv(shared_data.path(FILES[0])).select("LSOA11CD", "LSOA11NM").iter_rows())
    rows = [n for n, code in enumerate(areas.ids) if names[code].rsplit(" ", 1)[0] == district]
    starts = _some(areas, rows)
    column = hospitals.ids.index(hospital)
    true = np.median(minutes[rows, column])

    wet = estimate(starts, _some(hospitals, [column]), constants(), read_zones())
    dry = estimate(starts, _some(hospitals, [column]), constants(), None)

    assert np.median(wet.minutes) == pytest.approx(true, rel=0.25)
    assert np.median(dry.minutes) < 0.75 * true
    assert wet.is_ferry.all() == (district == "Isle of Wight")


@pytest.mark.parametrize(("district", "hospital"), BY_BRIDGE)
def test_crossings_cost_what_real_journeys_over_them_cost(
    journeys: tuple[Any, Any, Any], shared_data: Any, district: str, hospital: str
) -> None:
    areas, hospitals, minutes = journeys
    names = dict(pl.read_csv(shared_data.path(FILES[0])).select("LSOA11CD", "LSOA11NM").iter_rows())
    rows = [n for n, code in enumerate(areas.ids) if names[code].startswith(district)]
    column = hospitals.ids.index(hospital)

    wet = estimate(_some(areas, rows), _some(hospitals, [column]), constants(), read_zones())

    assert len(rows) > 50
    assert np.median(wet.minutes[:, 0] / minutes[rows, column]) == pytest.approx(1, abs=0.12)


def _some(places: Any, rows: list[int]) -> Any:
    """Take some of the places."""
    kept = {
        name: getattr(places, name)[rows]
        for name in ("lat", "lon", "solid_km", "grid_km", "is_cut_off")
    }
    return type(places)(ids=tuple(places.ids[row] for row in rows), **kept)


def test_few_journeys_exceed_the_model_once_water_is_in_it(
    refit: ModuleType, journeys: tuple[Any, Any, Any]
) -> None:
    areas, hospitals, minutes = journeys
    some = list(range(0, len(areas.ids), 8))
    true = minutes[some]
    near = true <= 150

    wet = estimate(_some(areas, some), hospitals, constants(), read_zones()).minutes
    dry = estimate(_some(areas, some), hospitals, constants(), None).minutes

    assert (true > 1.6 * wet)[near].mean() < 0.0005
    assert (true > 1.6 * dry)[near].mean() > 0.0015, "water off: the same share is far larger"
