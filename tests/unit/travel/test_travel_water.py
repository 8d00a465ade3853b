"""Water: what each barrier is for, what bridges do, and that the guard is not asleep."""

import dataclasses
import functools

import numpy as np
import polars as pl
import pytest

from schoolhubs import travel
from schoolhubs.travel.constants import constants
from schoolhubs.travel.estimate import estimate
from schoolhubs.travel.places import Places, check_places
from schoolhubs.travel.settlement import grid_km
from schoolhubs.travel.water import Water, read_water
from schoolhubs.travel.ways import DELAY_KM_PER_MINUTE, Network, best_ways, lay_network
from schoolhubs.travel.zones import Zones, read_zones

LatLon = tuple[float, float]

# A pair on opposite banks for each barrier, whose way round is at least so many km longer.
ACROSS: dict[str, tuple[LatLon, LatLon, float]] = {
    "humber": ((53.745, -0.336), (53.567, -0.080), 8),
    "trent": ((53.660, -0.710), (53.655, -0.670), 5),
    "severn": ((51.438, -2.854), (51.580, -2.990), 15),
    "avon": ((51.472, -2.665), (51.485, -2.640), 2),
    "mersey": ((53.340, -2.890), (53.300, -2.840), 8),
    "dee": ((53.370, -3.190), (53.330, -3.320), 20),
    "ribble": ((53.737, -2.960), (53.680, -2.960), 20),
    "wyre": ((53.922, -3.010), (53.930, -2.980), 6),
    "lune": ((54.000, -2.850), (54.020, -2.880), 6),
    "morecambe_bay": ((54.070, -2.868), (54.110, -3.226), 20),
    "leven": ((54.195, -3.080), (54.185, -2.990), 5),
    "duddon": ((54.210, -3.270), (54.190, -3.200), 10),
    "wash": ((53.144, 0.336), (52.940, 0.490), 30),
    "thames": ((51.540, 0.710), (51.441, 0.760), 40),
    "medway": ((51.450, 0.690), (51.410, 0.650), 8),
    "swale": ((51.400, 0.930), (51.320, 0.890), 5),
    "crouch": ((51.640, 0.850), (51.600, 0.850), 15),
    "blackwater": ((51.745, 0.830), (51.700, 0.840), 8),
    "colne": ((51.780, 0.920), (51.810, 1.030), 8),
    "stour": ((51.945, 1.280), (51.960, 1.270), 15),
    "orwell": ((51.945, 1.280), (51.962, 1.351), 20),
    "deben": ((51.968, 1.360), (52.022, 1.412), 8),
    "southampton_water": ((50.840, -1.390), (50.850, -1.300), 15),
    "itchen": ((50.900, -1.392), (50.910, -1.370), 0.2),
    "hamble": ((50.850, -1.325), (50.850, -1.290), 3),
    "portsmouth_harbour": ((50.795, -1.124), (50.798, -1.095), 8),
    "langstone_harbour": ((50.790, -1.040), (50.790, -0.990), 5),
    "chichester_harbour": ((50.785, -0.950), (50.790, -0.890), 5),
    "poole_harbour": ((50.640, -2.000), (50.715, -1.985), 8),
    "exe": ((50.620, -3.412), (50.580, -3.467), 10),
    "clyst": ((50.682, -3.466), (50.680, -3.440), 3),
    "dart": ((50.350, -3.585), (50.390, -3.520), 8),
    "tamar": ((50.480, -4.240), (50.480, -4.180), 3),
    "lynher": ((50.370, -4.250), (50.405, -4.250), 5),
    "fowey": ((50.335, -4.640), (50.345, -4.620), 8),
    "fal": ((50.155, -5.060), (50.160, -5.015), 3),
    "camel": ((50.540, -4.945), (50.550, -4.915), 8),
    "taw": ((51.055, -4.170), (51.105, -4.160), 4),
    "torridge": ((51.052, -4.195), (51.050, -4.175), 3),
    "tees": ((54.610, -1.080), (54.640, -1.190), 10),
    "tyne": ((55.020, -1.425), (54.998, -1.420), 4),
}
SEA_ONLY = {"isle_of_wight", "channel_off_wight"}

# Same bank, or beside a bridge or tunnel: water must not lengthen these by more than 15 %.
DRY: dict[str, tuple[LatLon, LatLon]] = {
    "Liverpool to Birkenhead": ((53.408, -2.985), (53.392, -3.020)),
    "Liverpool to Wallasey": ((53.420, -2.980), (53.424, -3.045)),
    "Widnes to Runcorn": ((53.362, -2.735), (53.338, -2.735)),
    "Barton to Hessle": ((53.685, -0.440), (53.722, -0.435)),
    "Goole to Howden": ((53.705, -0.875), (53.745, -0.867)),
    "Keadby to Scunthorpe": ((53.592, -0.745), (53.590, -0.660)),
    "Saltash to St Budeaux": ((50.409, -4.218), (50.405, -4.185)),
    "Jarrow to Howdon": ((54.980, -1.485), (54.995, -1.490)),
    "Newcastle to Gateshead": ((54.973, -1.610), (54.958, -1.600)),
    "Middlesbrough to Billingham": ((54.575, -1.240), (54.600, -1.285)),
    "Rochester to Strood": ((51.388, 0.507), (51.396, 0.490)),
    "Chatham to Hoo": ((51.385, 0.525), (51.420, 0.560)),
    "Sittingbourne to Sheerness": ((51.345, 0.735), (51.415, 0.750)),
    "Greenwich to Poplar": ((51.485, 0.005), (51.508, -0.012)),
    "Bermondsey to Wapping": ((51.498, -0.070), (51.508, -0.065)),
    "Woolston to Southampton": ((50.898, -1.372), (50.905, -1.400)),
    "Wherstead to Nacton": ((52.025, 1.145), (52.030, 1.200)),
    "Bideford, east and west": ((51.017, -4.195), (51.017, -4.215)),
    "Barnstaple, north and south": ((51.082, -4.060), (51.072, -4.060)),
    "Preston to Penwortham": ((53.760, -2.710), (53.750, -2.735)),
    "Sutton Bridge to King's Lynn": ((52.766, 0.190), (52.752, 0.395)),
    "Aust to Chepstow": ((51.600, -2.625), (51.640, -2.675)),
    "Queensferry to Connah's Quay": ((53.205, -3.015), (53.220, -3.060)),
    "Clifton to Abbots Leigh": ((51.456, -2.615), (51.455, -2.645)),
    "Avonmouth to Portbury": ((51.500, -2.690), (51.475, -2.710)),
    "Hayling Island to Havant": ((50.800, -0.980), (50.852, -0.985)),
    "Portsmouth to Havant": ((50.840, -1.050), (50.852, -0.985)),
    "Gloucester to Minsterworth": ((51.865, -2.245), (51.855, -2.320)),
    "Gosport to Fareham": ((50.795, -1.130), (50.853, -1.180)),
    "Exeter to Exmouth": ((50.722, -3.530), (50.620, -3.410)),
    "Exeter to Dawlish": ((50.722, -3.530), (50.581, -3.466)),
    "Torquay to Brixham": ((50.465, -3.530), (50.395, -3.515)),
    "Plymouth to Plympton": ((50.375, -4.140), (50.385, -4.060)),
    "Truro to Falmouth": ((50.263, -5.051), (50.155, -5.070)),
    "Weston to Clevedon": ((51.347, -2.977), (51.438, -2.854)),
    "Poole to Bournemouth": ((50.720, -1.980), (50.720, -1.880)),
    "Ryde to Newport": ((50.730, -1.160), (50.700, -1.290)),
    "Felixstowe to Ipswich": ((51.963, 1.351), (52.056, 1.155)),
    "Harwich to Colchester": ((51.945, 1.280), (51.890, 0.900)),
    "Maldon to Chelmsford": ((51.732, 0.675), (51.735, 0.470)),
    "Southend to Canvey": ((51.540, 0.710), (51.520, 0.580)),
    "Gravesend to Dartford": ((51.441, 0.370), (51.446, 0.215)),
    "Tilbury to Grays": ((51.462, 0.360), (51.476, 0.325)),
    "Skegness to Boston": ((53.144, 0.336), (52.978, -0.024)),
    "Grimsby to Cleethorpes": ((53.567, -0.080), (53.560, -0.030)),
    "Hull, east and west": ((53.745, -0.280), (53.740, -0.380)),
    "Redcar to Middlesbrough": ((54.617, -1.060), (54.575, -1.235)),
    "South Shields to Sunderland": ((54.998, -1.430), (54.906, -1.380)),
    "Barrow to Ulverston": ((54.110, -3.226), (54.195, -3.095)),
    "Lancaster to Morecambe": ((54.047, -2.800), (54.070, -2.868)),
    "Fleetwood to Blackpool": ((53.920, -3.010), (53.815, -3.050)),
    "Southport to Formby": ((53.645, -3.000), (53.560, -3.060)),
    "Birkenhead to West Kirby": ((53.390, -3.020), (53.375, -3.180)),
}


def places(*at: LatLon) -> Places:
    frame = pl.DataFrame(
        {
            "id": [str(n) for n in range(len(at))],
            "lat": [lat for lat, _ in at],
            "lon": [lon for _, lon in at],
        }
    )
    return check_places(frame, "places")


def km(*at: LatLon) -> np.ndarray:
    return grid_km(np.array([lat for lat, _ in at]), np.array([lon for _, lon in at]))


def test_every_barrier_has_a_pair_to_show_for_itself() -> None:
    assert {barrier.barrier_id for barrier in read_water().barriers} == set(ACROSS) | SEA_ONLY


@pytest.mark.parametrize("barrier_id", ACROSS)
def test_a_barrier_lengthens_the_way_across_it_and_without_it_the_way_is_short(
    barrier_id: str,
) -> None:
    start, end, at_least_km = ACROSS[barrier_id]
    straight = float(np.hypot(*(km(start) - km(end))[0]))

    with_it = cost_km(start, end, whole_network())
    without = cost_km(start, end, lay_network(near(start).without(barrier_id)))

    assert with_it - straight >= at_least_km
    assert without < with_it - 0.5 * at_least_km


@functools.cache
def whole_network() -> Network:
    return lay_network(read_water())


def near(place: LatLon) -> Water:
    """Keep the barriers that come within 60 km of a place; fewer are laid faster."""
    water = read_water()
    kept = [b for b in water.barriers if np.hypot(*(b.line_km - km(place)).T).min() < 60]
    names = {barrier.barrier_id for barrier in kept}
    crossings = tuple(c for c in water.crossings if c.barrier_id in names)
    return dataclasses.replace(water, barriers=tuple(kept), crossings=crossings)


def cost_km(start: LatLon, end: LatLon, network: Network) -> float:
    """Give km of the best way with minutes lost on it told in km."""
    way = best_ways(km(start), km(end), network)
    return float(way.km[0, 0] + DELAY_KM_PER_MINUTE * way.ferry_minutes[0, 0])


def sent_round(zones: Zones | None) -> dict[str, bool]:
    """Tell for each barrier whether an estimate with these zones goes round it."""
    starts = places(*(start for start, _, _ in ACROSS.values()))
    ends = places(*(end for _, end, _ in ACROSS.values()))
    on_land = np.diag(estimate(starts, ends, constants(), None).minutes)
    longer = np.diag(estimate(starts, ends, constants(), zones).minutes) - on_land
    least = [at_least for _, _, at_least in ACROSS.values()]
    return {name: bool(by > 0.4 * km) for name, by, km in zip(ACROSS, longer, least, strict=True)}


def test_the_shipped_zones_send_every_such_pair_round() -> None:
    assert [name for name, is_round in sent_round(read_zones()).items() if not is_round] == []


def test_without_zones_the_same_check_fails() -> None:
    assert not any(sent_round(None).values())


@pytest.mark.parametrize("name", DRY)
def test_no_dry_pair_is_lengthened_by_more_than_15_percent(name: str) -> None:
    start, end = places(DRY[name][0]), places(DRY[name][1])
    wet = estimate(start, end, constants(), read_zones()).minutes[0, 0]
    dry = estimate(start, end, constants(), None).minutes[0, 0]
    assert wet <= 1.15 * dry


def test_there_are_fifty_dry_pairs() -> None:
    assert len(DRY) >= 50


def test_the_isle_of_wight_is_reached_by_ferry_from_everywhere_and_left_by_none_within() -> None:
    newport, ryde = (50.700, -1.290), (50.730, -1.160)
    mainland = [(50.905, -1.404), (51.5, -0.1), (54.97, -1.61), (50.26, -5.05), (50.72, -1.88)]

    found = estimate(places(newport), places(ryde, *mainland), constants(), read_zones())

    assert found.is_ferry.tolist() == [[False, True, True, True, True, True]]
    assert found.minutes[0, 0] < 30
    assert (found.minutes[0, 1:] > 85).all()


def test_a_ferry_less_way_is_taken_where_the_ferry_is_slower() -> None:
    gosport, portsmouth = (50.795, -1.124), (50.798, -1.092)
    found = estimate(places(gosport), places(portsmouth), constants(), read_zones())
    assert not found.is_ferry[0, 0]
    assert 18 < found.minutes[0, 0] < 40


def test_zones_agree_with_the_exact_way_within_a_tenth() -> None:
    """The shipped zones against a fresh reckoning from water.yaml: they have not drifted apart."""
    grid = travel.settlement_grid()
    draw = np.random.default_rng(11)
    chosen = draw.choice(len(grid.easting), 160, p=grid.n_centres / grid.n_centres.sum())
    east, north = grid.easting[chosen] / 1000, grid.northing[chosen] / 1000
    at = np.stack([east, north], axis=-1)
    near_water = [(lat, lon) for start, end, _ in ACROSS.values() for lat, lon in (start, end)]
    at = np.concatenate([at, km(*near_water)])

    exact = best_ways(at, at, whole_network())
    looked_up = _looked_up(at)

    apart = np.abs(
        looked_up / np.maximum(exact.km, 3.0) - np.maximum(exact.km, 0) / np.maximum(exact.km, 3.0)
    )
    assert np.quantile(apart, 0.99) < 0.10
    assert apart.mean() < 0.01


def _looked_up(at: np.ndarray) -> np.ndarray:
    """Give km between places by the shipped zones alone."""
    zones = read_zones()
    zone = zones.of(at)
    straight = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))
    first = zones.first[zone][:, zone]
    last = zones.last[first, zone]
    legs = np.hypot(*(at[:, None] - zones.bend_km[first]).transpose(2, 0, 1))
    into = np.hypot(*(zones.bend_km[last] - at[None]).transpose(2, 0, 1))
    way = legs + zones.cost_km[first, last] + into
    return np.where(first >= 0, np.maximum(way, straight), straight)


def test_water_can_be_taken_away_one_at_a_time() -> None:
    water = read_water()
    less = water.without("humber")
    assert len(less.barriers) == len(water.barriers) - 1
    assert not [c for c in less.crossings if c.barrier_id == "humber"]
    assert dataclasses.replace(water).barriers == water.barriers
