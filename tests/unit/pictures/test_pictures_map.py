"""The map puts schools, hubs and journeys where they are."""

import re
import xml.etree.ElementTree as ET

import polars as pl

from schoolhubs import pictures
from schoolhubs.pictures.england import REGION_PLACES, WIDTH

SVG = "{http://www.w3.org/2000/svg}"
SCHOOLS = pl.DataFrame(
    {
        "region": ["London", "London", "North East", "Elsewhere", "London"],
        "easting": [530_000.0, 530_200.0, 420_000.0, 0.0, None],
        "northing": [180_000.0, 180_100.0, 560_000.0, 0.0, None],
    }
)
HUBS = pl.DataFrame(
    {
        "lead_name": ["St <b>Hub</b>", "Square"],
        "phase": ["primary", "secondary"],
        "n_matched": [2, 1],
        "easting": [530_000.0, 420_000.0],
        "northing": [180_000.0, 560_000.0],
    }
)
JOURNEYS = pl.DataFrame(
    {
        "pathway": ["core", "core"],
        "is_exception": [False, True],
        "easting": [540_000.0, 400_000.0],
        "northing": [190_000.0, 500_000.0],
        "lead_easting": [530_000.0, 530_000.0],
        "lead_northing": [180_000.0, 180_000.0],
    }
)
UNSERVED = pl.DataFrame({"easting": [450_000.0], "northing": [300_000.0]})


def drawn(schools: pl.DataFrame = SCHOOLS, **changes: pl.DataFrame) -> pictures.Picture:
    given = {"hubs": HUBS, "journeys": JOURNEYS, "unserved": UNSERVED, **changes}
    said = pictures.Caption(
        key="map", title="T", sentence="S.", source="Invented", is_synthetic=True
    )
    return pictures.england_map(
        schools, caption=said, table=schools, pathway_names={"core": "Core"}, **given
    )


def paths(picture: pictures.Picture, kind: str) -> list[str]:
    found = ET.fromstring(picture.svg).iter(f"{SVG}path")
    return [path.attrib["d"] for path in found if path.attrib.get("class") == kind]


def test_schools_of_one_square_kilometre_share_a_dot_and_stray_ones_are_left_out() -> None:
    (dots,) = paths(drawn(), "schools")
    assert dots == "M370 102h0M480 482h0"


def test_journeys_run_from_partner_to_hub_and_exceptions_apart() -> None:
    picture = drawn()
    assert paths(picture, "journeys") == ["M490 472l-10 10"]
    assert paths(picture, "exceptions") == ["M350 162l130 320"]
    assert 'class="exceptions" stroke="#a8360b" stroke-width="1.8" stroke-dasharray' in picture.svg


def test_a_hub_has_the_shape_of_its_phase_and_its_name_is_escaped() -> None:
    hubs = [g for g in ET.fromstring(drawn().svg).iter(f"{SVG}g") if g.get("class") == "hub"]
    assert [(hub[0].text, hub[1].tag.removeprefix(SVG)) for hub in hubs] == [
        ("St <b>Hub</b>: 2 schools matched", "circle"),
        ("Square: 1 schools matched", "path"),
    ]


def test_very_many_schools_without_a_hub_do_not_hide_the_journeys() -> None:
    order = [svg_path.get("class") for svg_path in ET.fromstring(drawn().svg).iter(f"{SVG}path")]
    assert order.index("journeys") < order.index("unserved")
    many = pl.concat([UNSERVED] * 301)
    crowded = drawn(unserved=many)
    order = [svg_path.get("class") for svg_path in ET.fromstring(crowded.svg).iter(f"{SVG}path")]
    assert order.index("unserved") < order.index("journeys")


def test_regions_with_schools_are_named_and_others_are_not() -> None:
    texts = ET.fromstring(drawn().svg).iter(f"{SVG}text")
    names = [t.text for t in texts if t.get("class") == "region"]
    assert names == ["London", "North East", "Synthetic"]


def test_the_legend_lists_only_what_is_shown() -> None:
    bare = drawn(journeys=JOURNEYS.head(1), unserved=UNSERVED.clear())
    texts = [
        t.text for t in ET.fromstring(bare.svg).iter(f"{SVG}text") if t.get("class") == "legend"
    ]
    assert texts == ["Schools", "Hub: primary", "Hub: secondary", "Core"]


def test_twenty_two_thousand_schools_stay_small_and_repeat_to_the_byte() -> None:
    n = 22_000
    many = pl.DataFrame(
        {
            "region": ["London"] * n,
            "easting": [100_000.0 + (i * 7919) % 540_000 for i in range(n)],
            "northing": [20_000.0 + (i * 104_729) % 620_000 for i in range(n)],
        }
    )
    first, second = drawn(many).svg, drawn(many.sample(fraction=1, shuffle=True, seed=1)).svg
    assert len(first) < 400_000
    assert first == second
    assert not re.search(r"\d\.\d{2,}", first)


def test_no_region_name_leaves_the_map_at_the_size_a_telephone_shows_it() -> None:
    regions = pl.DataFrame(
        {"region": sorted(REGION_PLACES), "easting": 400_000.0, "northing": 300_000.0}
    )
    size, width_of_a_letter = 22, 0.6  # px of `.map text` on a telephone; em of our bold type
    texts = list(ET.fromstring(drawn(regions).svg).iter(f"{SVG}text"))
    names = [text for text in texts if text.get("class") == "region" and text.text != "Synthetic"]
    assert len(names) > len(REGION_PLACES)
    for name in names:
        wide = len(name.text or "") * size * width_of_a_letter
        before = {"start": 0.0, "middle": 0.5, "end": 1.0}[name.get("text-anchor", "start")]
        left = float(name.attrib["x"]) - before * wide
        assert left >= 0, name.text
        assert left + wide <= WIDTH, name.text
