"""Progress is drawn where its figures say, on an axis that shows what changes."""

import datetime
import re
import xml.etree.ElementTree as ET
from typing import Any

import polars as pl

from schoolhubs import pictures

SVG = "{http://www.w3.org/2000/svg}"
CAPTION = pictures.Caption(key="p", title="A title", sentence="One.", source="Invented, 2026/27")
DAY = datetime.date
SCHEMA = {
    "on": pl.Date, "value": pl.Float64, "low": pl.Float64, "high": pl.Float64, "label": pl.String
}  # fmt: skip


def drawn(*rows: tuple[Any, ...], **other: Any) -> ET.Element:
    told: dict[str, Any] = {
        "baseline": 24.0, "target": 22.0, "starts_on": DAY(2026, 9, 1), "target_on": DAY(2027, 7, 1)
    } | other  # fmt: skip
    table = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    return ET.fromstring(pictures.progress_line(table, CAPTION, axis="%", **told).svg)


def dots(picture: ET.Element) -> list[tuple[float, float]]:
    found = picture.iter(f"{SVG}circle")
    return [(float(each.attrib["cx"]), float(each.attrib["cy"])) for each in found]


def ends(picture: ET.Element, **wanted: str) -> list[float]:
    """Give the numbers of the path that has these attributes."""
    (found,) = [
        each.attrib["d"]
        for each in picture.iter(f"{SVG}path")
        if wanted.items() <= {k.replace("-", "_"): v for k, v in each.attrib.items()}.items()
        and float(each.attrib["d"].split()[1].split("L")[0]) > 60  # not the legend's
    ]
    return [float(each) for each in re.findall(r"-?[\d.]+", found)]


def test_the_way_to_the_target_passes_the_figures_that_lie_on_it() -> None:
    picture = drawn((DAY(2026, 9, 1), 24.0, None, None, "Start"),
                    (DAY(2027, 7, 1), 22.0, None, None, "Review"))  # fmt: skip
    first, last = dots(picture)
    assert ends(picture, stroke_dasharray="8 4") == [*first, *last]
    assert ends(picture, stroke_dasharray="2 3")[1] == first[1], "the baseline is level with it"


def test_higher_figures_are_drawn_higher_and_later_ones_further_right() -> None:
    rows = [(DAY(2026, 12, 1), 23.0, 22.0, 25.0, "a"), (DAY(2027, 4, 1), 25.0, 24.0, 26.0, "b")]
    (x1, y1), (x2, y2) = dots(drawn(*reversed(rows)))
    assert x1 < x2
    assert y1 > y2


def test_an_interval_reaches_as_far_as_it_says() -> None:
    picture = drawn((DAY(2026, 12, 1), 23.0, 22.0, 24.0, "a"))
    ((x, y),) = dots(picture)
    bars = [
        each.attrib["d"]
        for group in picture.iter(f"{SVG}g") for each in group.iter(f"{SVG}path")
    ]  # fmt: skip
    upright = [[float(n) for n in re.findall(r"-?[\d.]+", each)] for each in bars]
    (bar,) = [each for each in upright if each[0] == each[2]]
    assert bar[0] == x
    assert abs((bar[1] + bar[3]) / 2 - y) < 0.2
    assert ends(picture, stroke_dasharray="2 3")[1] == bar[3], "24 is the baseline"


def test_a_figure_without_noise_has_no_bar_and_says_no_interval() -> None:
    picture = drawn((DAY(2026, 12, 1), 23.0, None, None, "Review"))
    titles = [each.text or "" for each in picture.iter(f"{SVG}title")]
    assert "Review, 1 December 2026: 23.00" in titles
    assert not [one for group in picture.iter(f"{SVG}g") for one in group.iter(f"{SVG}path")]


def test_nothing_measured_yet_and_a_target_that_is_the_baseline_still_draw() -> None:
    assert dots(drawn()) == []
    assert dots(drawn(baseline=0.0, target=0.0)) == []


def test_days_that_lie_close_are_not_written_over_one_another() -> None:
    near = [(DAY(2027, 6, each), 23.0, None, None, "a") for each in (1, 10, 20)]
    said = [each.text or "" for each in drawn(*near).iter(f"{SVG}text")]
    assert [each for each in said if re.fullmatch(r"\w{3} 20\d\d", each)] == [
        "Sep 2026", "Jul 2027",
    ]  # fmt: skip
