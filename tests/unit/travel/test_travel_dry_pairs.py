"""No dry pair is lengthened: thousands on one bank, and thousands that a bridge joins."""

import dataclasses
import functools

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from pyproj import Transformer

from schoolhubs import travel
from schoolhubs.travel.constants import constants
from schoolhubs.travel.estimate import estimate
from schoolhubs.travel.places import Places, check_places
from schoolhubs.travel.settlement import grid_km
from schoolhubs.travel.water import read_water
from schoolhubs.travel.ways import crosses, straight_km
from schoolhubs.travel.zones import Zones, read_zones

Km = NDArray[np.float64]
Pairs = NDArray[np.bool_]

MOST = 1.15  # times the minutes that the estimate would give with no water anywhere
NEAR_WATER_KM, FAR_KM = 7.0, 40.0
BESIDE_KM = 10.0
STRAIGHT_ON = 1.1  # a bridge joins two places if the way by it is no longer than this

# Either side of the Dartford Crossing: those it joins, and those for whom it is a real detour.
KENT = {"Dartford": (51.446, 0.215), "Stone": (51.448, 0.265), "Bean": (51.425, 0.285)}
ESSEX = {
    "Purfleet": (51.481, 0.237),
    "West Thurrock": (51.475, 0.280),
    "Aveley": (51.501, 0.254),
    "South Ockendon": (51.515, 0.290),
    "Chafford Hundred": (51.486, 0.297),
    "Grays": (51.476, 0.325),
}
OPPOSITE = {
    "Erith to Purfleet": ((51.480, 0.178), (51.481, 0.237)),
    "Swanscombe to Grays": ((51.447, 0.310), (51.476, 0.325)),
    "Gravesend to Tilbury": ((51.441, 0.370), (51.463, 0.360)),
}


def places(km: Km) -> Places:
    to_degrees = Transformer.from_crs("EPSG:27700", "EPSG:4326", always_xy=True)
    lon, lat = to_degrees.transform(1000 * km[:, 0], 1000 * km[:, 1])
    ids = [str(n) for n in range(len(km))]
    return check_places(pl.DataFrame({"id": ids, "lat": lat, "lon": lon}), "places")


def times_dry(km: Km, zones: Zones) -> tuple[NDArray[np.float32], Pairs]:
    """Give minutes over those of dry land, shape (n, n), and which pairs go by ferry."""
    at = places(km)
    wet, dry = (estimate(at, at, constants(), given) for given in (zones, None))
    with np.errstate(invalid="ignore"):
        return wet.minutes / dry.minutes, wet.is_ferry


@functools.cache
def settled_near_water() -> Km:
    """Give the middles of settled cells near a wall."""
    grid, walls = travel.settlement_grid(), read_zones().walls
    cells = np.stack([grid.easting, grid.northing], axis=-1) / 1000
    away = np.full(len(cells), np.inf)
    for start, end in walls:
        along = end - start
        share = np.clip((cells - start) @ along / (along @ along), 0, 1)
        away = np.minimum(away, np.hypot(*(start + share[:, None] * along - cells).T))
    near: Km = cells[away < NEAR_WATER_KM]
    return near


@functools.cache
def on_one_bank() -> tuple[Km, Pairs]:
    """Draw places near water, and tell which pairs of them have no wall between."""
    near = settled_near_water()
    draw = np.random.default_rng(15)
    km = near[draw.choice(len(near), 900, replace=False)] + draw.uniform(-0.4, 0.4, (900, 2))
    apart = straight_km(km, km)
    return km, (apart < FAR_KM) & (apart > 0.3) & ~crosses(km, km, read_zones().walls)


@functools.cache
def joined_by(crossing_id: str) -> tuple[Km, Pairs]:
    """Give places round a bridge or tunnel, and which pairs it joins with hardly a detour."""
    (at,) = (c.at_km for c in read_water().crossings if c.crossing_id == crossing_id)
    near, walls = settled_near_water(), read_zones().walls
    km = near[np.hypot(*(near - at).T) < BESIDE_KM]
    sees = ~crosses(km, at[None], walls)[:, 0]
    leg = np.hypot(*(km - at).T)
    apart = straight_km(km, km)
    by_it = (leg[:, None] + leg <= STRAIGHT_ON * apart) & sees[:, None] & sees
    return km, by_it & crosses(km, km, walls)


LINKS = [c.crossing_id for c in read_water().crossings if c.kind != "ferry"]


def n_lengthened_by_a_bridge(zones: Zones) -> int:
    return sum(
        int((times_dry(km, zones)[0][joined] > MOST).sum()) for km, joined in map(joined_by, LINKS)
    )


def zones_alone(km: Km) -> Km:
    """Give km by the zones of both ends, the pair itself not looked at."""
    zones = read_zones()
    zone = zones.of(km)
    first = zones.first[zone][:, zone]
    last = zones.last[first, zone]
    legs = np.hypot(*(km[:, None] - zones.bend_km[first]).transpose(2, 0, 1))
    into = np.hypot(*(zones.bend_km[last] - km[None]).transpose(2, 0, 1))
    straight = straight_km(km, km)
    way = legs + zones.cost_km[first, last] + into
    return np.where(first >= 0, np.maximum(way, straight), straight)


def test_no_pair_on_one_bank_is_lengthened() -> None:
    km, dry = on_one_bank()
    times, is_ferry = times_dry(km, read_zones())
    assert dry.sum() > 20_000
    assert times[dry & ~is_ferry].max() <= MOST
    assert (dry & is_ferry).sum() < 20, "only where the line runs through a ferry's own gap"


def test_by_zones_alone_some_pairs_on_one_bank_would_be_sent_round() -> None:
    """Negative control: the draw holds pairs at the edges of zones, which are the hard ones."""
    km, dry = on_one_bank()
    times = zones_alone(km)[dry] / straight_km(km, km)[dry]
    assert (times > 1.25).sum() >= 10


def test_no_pair_that_a_bridge_or_tunnel_joins_is_lengthened() -> None:
    n_pairs = {link: int(joined_by(link)[1].sum()) for link in LINKS}
    assert sum(n > 0 for n in n_pairs.values()) >= 0.9 * len(LINKS)
    assert sum(n_pairs.values()) > 20_000
    assert n_lengthened_by_a_bridge(read_zones()) == 0


def test_without_looking_for_a_bridge_the_same_check_fails() -> None:
    """Negative control: zones that know no link by itself send some past the bridge at hand."""
    blind = dataclasses.replace(read_zones(), fixed=np.zeros(0, np.intp))
    assert n_lengthened_by_a_bridge(blind) >= 20


@pytest.mark.parametrize("kent", KENT)
@pytest.mark.parametrize("essex", ESSEX)
def test_the_dartford_crossing_is_no_detour_for_those_beside_it(kent: str, essex: str) -> None:
    there, back = _both_ways(KENT[kent], ESSEX[essex])
    assert there <= MOST
    assert back == pytest.approx(there, rel=0.01)


@pytest.mark.parametrize("name", OPPOSITE)
def test_those_who_face_each_other_over_the_thames_do_go_round(name: str) -> None:
    """Negative control: the crossing is not simply free."""
    assert min(_both_ways(*OPPOSITE[name])) > MOST


def _both_ways(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    at = grid_km(np.array([one[0], other[0]]), np.array([one[1], other[1]]))
    times, _ = times_dry(at, read_zones())
    return float(times[0, 1]), float(times[1, 0])
