"""The small map of a match: who is where, how far, and the same bytes each time."""

import re

from schoolhubs.pictures import Caption, Spot, near_map

CAPTION = Caption(key="near", title="The hubs near", sentence="A is nearest.", source="Register")
SCHOOL = Spot(name="School", phase="primary", easting=300_000, northing=100_000)
HUBS = (
    Spot(
        name="A <b>", phase="secondary", easting=310_000, northing=100_000, minutes=21.4,
        is_proposed=True,
    ),
    Spot(name="B", phase="primary", easting=300_000, northing=140_000),
)  # fmt: skip


def test_it_tells_each_hub_by_number_with_minutes_and_distance() -> None:
    picture = near_map(SCHOOL, HUBS, CAPTION)
    assert picture.table.rows() == [("1", "A <b>", "21", "10"), ("2", "B", None, "40")]
    assert "1, 21 min" in picture.svg
    assert picture.svg.count('class="hub"') == 2
    assert picture.svg == near_map(SCHOOL, HUBS, CAPTION).svg


def test_north_is_up_and_everything_stands_inside() -> None:
    svg = near_map(SCHOOL, HUBS, CAPTION).svg
    places = [(float(x), float(y)) for x, y in re.findall(r"M(-?[\d.]+) (-?[\d.]+)", svg)]
    assert places
    assert all(0 <= x <= 480 and 0 <= y <= 360 for x, y in places)
    ways = re.findall(r"M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)", svg)
    to_the_north = next(way for way in ways if way[0] == way[2])
    assert float(to_the_north[3]) < float(to_the_north[1])


def test_one_place_for_all_is_still_drawn() -> None:
    assert "<svg" in near_map(SCHOOL, (SCHOOL,), CAPTION).svg
