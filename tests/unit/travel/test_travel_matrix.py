"""What the estimate promises whatever its constants: shape, symmetry, zero, order, refusals."""

import copy
import dataclasses
import pickle

import numpy as np
import polars as pl
import pytest

from schoolhubs import travel
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.errors import DataProblem

INLAND = (52.6, -1.6)  # near Tamworth: no barrier for tens of kilometres around


def points(*places: tuple[float, float]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "id": [f"p{n}" for n in range(len(places))],
            "lat": [float(lat) for lat, _ in places],
            "lon": [float(lon) for _, lon in places],
        }
    )


def settled(n: int, seed: int) -> pl.DataFrame:
    """Draw places where people live, by the shipped grid."""
    grid = travel.settlement_grid()
    draw = np.random.default_rng(seed)
    chosen = draw.choice(len(grid.easting), n, p=grid.n_centres / grid.n_centres.sum())
    # Near enough to degrees for drawing: England is narrow.
    lat = 49.77 + grid.northing[chosen] / 111_300
    lon = -2.0 + (grid.easting[chosen] - 400_000) / (111_300 * np.cos(np.radians(lat)))
    inside = (lon > -6.4) & (lon < 1.85) & ((lat > 50.05) | (lon > -6.0))
    return points(*zip(lat[inside], lon[inside], strict=True))


@pytest.mark.parametrize(("n", "m"), [(0, 2), (2, 0), (0, 0), (1, 1), (3, 2)])
def test_every_matrix_has_a_row_for_each_start_and_a_column_for_each_end(n: int, m: int) -> None:
    starts = points(*[INLAND] * n) if n else frames.POINTS.empty()
    ends = points(*[(53.8, -1.55)] * m) if m else frames.POINTS.empty()

    found = travel.between(starts, ends)

    grids = (found.minutes, found.minutes_low, found.minutes_high, found.is_ferry)
    assert [grid.shape for grid in grids] == [(n, m)] * 4
    assert (len(found.from_ids), len(found.to_ids)) == (n, m)


def test_there_takes_as_long_as_back_and_nowhere_takes_no_time() -> None:
    places = settled(600, seed=5)

    minutes = travel.between(places, places).minutes

    reachable = ~np.isnan(minutes)
    assert np.allclose(minutes[reachable], minutes.T[reachable], rtol=0.05)
    assert (np.diag(minutes) == 0).all()
    assert (minutes[~np.eye(len(minutes), dtype=bool) & reachable] > 0).mean() > 0.999


def test_going_by_a_third_place_is_almost_never_quicker() -> None:
    places = settled(300, seed=6)
    minutes = travel.between(places, places).minutes.astype(float)

    broken = [
        (minutes > minutes[:, [third]] + minutes[[third], :] + 1e-3).mean()
        for third in range(0, len(minutes), 5)
    ]

    assert float(np.mean(broken)) < 0.005


def test_further_takes_longer_inland() -> None:
    lat, lon = INLAND
    rays = np.radians(np.arange(0, 360, 15))
    km = np.arange(0.5, 60, 0.5)
    for ray in rays:
        north = lat + km * np.cos(ray) / 111.2
        east = lon + km * np.sin(ray) / (111.2 * np.cos(np.radians(lat)))
        minutes = travel.between(points(INLAND), points(*zip(north, east, strict=True))).minutes[0]
        assert (np.diff(minutes) > -1.0).all(), "no step outward saves a minute"
        assert (np.diff(minutes[::10]) > 0).all(), "5 km further is longer"


def test_a_short_way_is_short() -> None:
    lat, lon = INLAND
    minutes = travel.between(points(INLAND), points((lat + 0.0005, lon), (lat + 0.02, lon))).minutes
    assert 0 < minutes[0, 0] < 3, "50 m is one campus"
    assert 7 < minutes[0, 1] < 12


def test_a_matrix_survives_copying_pickling_and_other_minutes() -> None:
    found = travel.between(points(INLAND), points((53.8, -1.55)))

    doubled = dataclasses.replace(found, minutes=found.minutes * 2)
    again = pickle.loads(pickle.dumps(found))

    assert doubled.minutes[0, 0] == 2 * found.minutes[0, 0]
    assert np.array_equal(again.minutes_high, found.minutes_high)
    assert np.array_equal(copy.deepcopy(found).is_ferry, found.is_ferry)
    with pytest.raises(AttributeError):
        found.speed  # noqa: B018
    with pytest.raises(TypeError, match="needs from_ids"):
        type(found)(minutes=found.minutes)


def test_rows_outside_england_are_listed_each_with_its_remedy() -> None:
    hull, hove = (53.745, -0.336), (50.835, -0.171)
    swapped_hull, paris, nowhere = (-0.336, 53.745), (48.85, 2.35), (0.0, 0.0)

    with pytest.raises(DataProblem) as caught:
        travel.between(points(hull, swapped_hull, hove, paris, nowhere), points(hove))

    problems = caught.value.problems
    assert [(p.code, p.row) for p in problems] == [
        ("swapped_coordinates", 3),
        ("outside_england", 5),
        ("outside_england", 6),
    ]
    assert "swap the two columns" in problems[0].remedy
    assert "48.85" in str(problems[1])
    assert problems[0].file == "from_points"


def test_a_place_that_is_no_number_is_refused() -> None:
    with pytest.raises(DataProblem):
        travel.between(points((float("nan"), 0.0)), points(INLAND))


def test_ends_are_checked_as_starts_are() -> None:
    with pytest.raises(DataProblem, match="to_points, row 2"):
        travel.between(points(INLAND), points((-0.171, 50.835)))


def test_progress_hears_every_start() -> None:
    heard: list[tuple[str, int, int]] = []
    places = settled(400, seed=7)

    def listen(stage: str, done: int, total: int) -> None:
        heard.append((stage, done, total))

    travel.between(places, places, progress=listen)

    assert heard[-1] == ("travel", places.height, places.height)
    assert [done for _, done, _ in heard] == sorted(done for _, done, _ in heard)


def test_how_the_list_is_ordered_does_not_matter() -> None:
    places, ends = settled(200, seed=8), settled(30, seed=9)
    order = np.random.default_rng(1).permutation(places.height)

    straight = travel.between(places, ends).minutes
    shuffled = travel.between(places[order.tolist()], ends).minutes

    assert np.allclose(shuffled, straight[order], rtol=1e-5, equal_nan=True)
