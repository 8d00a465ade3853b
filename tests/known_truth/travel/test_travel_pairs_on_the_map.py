"""Journeys that people know: over water, beside water, and where no car goes."""

import numpy as np
import polars as pl
import pytest

from schoolhubs import travel
from schoolhubs.vocabulary.errors import DataProblem

PLACES = {
    "Hull": (53.745, -0.336),
    "Grimsby": (53.567, -0.08),
    "Southend": (51.538, 0.714),
    "Sheerness": (51.441, 0.763),
    "Harwich": (51.943, 1.28),
    "Felixstowe": (51.962, 1.351),
    "Exmouth": (50.62, -3.412),
    "Dawlish": (50.58, -3.467),
    "Gosport": (50.795, -1.124),
    "Portsmouth": (50.798, -1.092),
    "Morecambe": (54.073, -2.868),
    "Barrow": (54.113, -3.226),
    "Liverpool": (53.407, -2.99),
    "Birkenhead": (53.39, -3.02),
    "Cowes": (50.763, -1.3),
    "Southampton": (50.905, -1.404),
    "Hugh Town": (49.914, -6.315),
    "Penzance": (50.118, -5.537),
    "Leeds": (53.8, -1.549),
    "York": (53.958, -1.08),
    "Hove": (50.835, -0.171),
}
# Kilometres by road (published approximate figures), and a pace for such a mixed journey.
BY_ROAD = {
    ("Hull", "Grimsby"): 53,
    ("Southend", "Sheerness"): 110,
    ("Harwich", "Felixstowe"): 50,
    ("Exmouth", "Dawlish"): 40,
    ("Gosport", "Portsmouth"): 20,
    ("Morecambe", "Barrow"): 75,
}
KM_AN_HOUR = (45, 75)
# Two schools on one bank, or joined by a bridge or tunnel: water must not lengthen these.
DRY = [
    ("Leeds", "York"),
    ("Liverpool", "Birkenhead"),
]


def points(*names: str) -> pl.DataFrame:
    lat, lon = zip(*(PLACES[name] for name in names), strict=True)
    return pl.DataFrame({"id": list(names), "lat": list(lat), "lon": list(lon)})


def minutes(start: str, end: str) -> float:
    return float(travel.between(points(start), points(end)).minutes[0, 0])


@pytest.mark.parametrize(("start", "end"), BY_ROAD)
def test_water_is_driven_round(start: str, end: str) -> None:
    km = BY_ROAD[start, end]
    quick, slow = (60 * km / pace for pace in reversed(KM_AN_HOUR))
    assert 0.7 * quick <= minutes(start, end) <= 1.3 * slow


@pytest.mark.parametrize(("start", "end"), DRY)
def test_a_bridge_or_tunnel_is_no_detour(start: str, end: str) -> None:
    # A crossing beside both ends costs little more than the same distance inland.
    if (start, end) == ("Liverpool", "Birkenhead"):
        assert minutes(start, end) < 20
    else:
        assert 30 < minutes(start, end) < 55


def test_the_isle_of_wight_takes_a_ferry_and_says_so() -> None:
    found = travel.between(points("Cowes"), points("Southampton", "Portsmouth"))
    assert found.is_ferry.all()
    assert (found.minutes > 75).all()
    assert (found.minutes < 190).all()


def test_the_isles_of_scilly_cannot_be_reached() -> None:
    found = travel.between(points("Hugh Town", "Penzance"), points("Hugh Town", "Penzance"))
    assert np.isnan(found.minutes[0, 1])
    assert np.isnan(found.minutes[1, 0])
    assert found.minutes[0, 0] == 0
    assert found.minutes[1, 1] == 0


def test_the_band_holds_the_estimate_and_straddles_a_limit_inside_it() -> None:
    found = travel.between(points("Leeds"), points("York", "Hull"))
    assert (found.minutes_low < found.minutes).all()
    assert (found.minutes < found.minutes_high).all()
    assert found.straddles(float(found.minutes[0, 0])).tolist() == [[True, False]]
    assert 0.75 <= found.band_share <= 0.87
    assert found.source


def test_swapped_latitude_and_longitude_are_refused() -> None:
    swapped = pl.DataFrame({"id": ["hull"], "lat": [-0.336], "lon": [53.745]})
    with pytest.raises(DataProblem, match="swapped"):
        travel.between(swapped, points("Hove"))


def test_there_and_back_and_by_way_of_a_third_place() -> None:
    names = [name for name in PLACES if name != "Hugh Town"]
    grid = travel.between(points(*names), points(*names)).minutes.astype(float)
    assert np.allclose(grid, grid.T, rtol=0.05)
    assert (np.diag(grid) == 0).all()
    by_way = grid[:, :, None] + grid[None, :, :]  # from, by way of, to
    assert (by_way < grid[:, None, :] - 1e-3).mean() < 0.005
