"""Bars, funnel, histogram and load chart draw the figures they are given."""

import itertools
import re
import xml.etree.ElementTree as ET

import polars as pl
import pytest

from schoolhubs import pictures
from schoolhubs.pictures.charts.histogram import in_bins

SVG = "{http://www.w3.org/2000/svg}"


def caption(key: str = "k", **more: object) -> pictures.Caption:
    words = {"title": "A title", "sentence": "A sentence.", "source": "Invented, 2024/25"}
    return pictures.Caption(key=key, **{**words, **more})  # type: ignore[arg-type]


def said(picture: pictures.Picture) -> list[str]:
    return [text.text or "" for text in ET.fromstring(picture.svg).iter(f"{SVG}text")]


def widths(picture: pictures.Picture) -> list[float]:
    return [float(box.attrib["width"]) for box in ET.fromstring(picture.svg).iter(f"{SVG}rect")]


def test_bars_are_as_long_as_their_values() -> None:
    rows = pl.DataFrame({"rule": ["age", "grade"], "schools": [10, 40]})
    drawn = widths(pictures.charts.bars(rows, caption(), label="rule", value="schools"))
    assert drawn[1] == pytest.approx(4 * drawn[0], rel=0.01)


def test_part_and_whole_are_drawn_and_said() -> None:
    rows = pl.DataFrame({"region": ["London"], "matched": [3], "put": [4]})
    picture = pictures.charts.bars(rows, caption(), label="region", value="matched", whole="put")
    whole, part = widths(picture)
    assert part == pytest.approx(0.75 * whole, rel=0.01)
    assert "3 of 4 (75%)" in said(picture)


def test_a_long_label_takes_two_lines_and_never_a_third() -> None:
    rule = "the last graded inspection says good, requires improvement or inadequate, and more"
    rows = pl.DataFrame({"rule": [rule], "schools": [1]})
    lines = said(pictures.charts.bars(rows, caption(), label="rule", value="schools"))
    assert lines[0] == "the last graded inspection says good,"
    assert lines[1].endswith("…")
    assert lines[2] == "1"


def test_bars_of_nothing_still_draw() -> None:
    rows = pl.DataFrame(schema={"rule": pl.String, "schools": pl.Int64})
    assert widths(pictures.charts.bars(rows, caption(), label="rule", value="schools")) == []


def test_funnel_says_who_left_at_each_step() -> None:
    steps = pl.DataFrame(
        {"step": ["Applied", "May join"], "schools": [10, 5], "left": ["", "5 may not join"]}
    )
    picture = pictures.charts.funnel(steps, caption())
    assert {"Applied", "10", "May join", "5", "5 may not join"} <= set(said(picture))


def test_bins_hold_every_known_value_once() -> None:
    values = pl.Series([0.0, 9.99, 10.0, 119.9, 120.0, 240.0, None])
    table = in_bins(values, step=10, up_to=130)
    filled = {row[0]: row[2] for row in table.iter_rows() if row[2]}
    assert filled == {0.0: 2, 10.0: 1, 110.0: 1, 120.0: 1, 240.0: 1}
    assert table["schools"].sum() == 6


def test_histogram_stripes_only_what_is_over_the_limit() -> None:
    values = pl.Series([5.0, 15.0, 125.0, 130.0])
    picture = histogram(values)
    stripes = re.findall(r'stroke-dasharray="2 2"', picture.svg)
    assert len(stripes) == 2
    assert "120-minute limit" in said(picture)
    assert picture.table["schools"].sum() == 4


def test_names_of_close_values_stand_on_different_levels() -> None:
    picture = pictures.charts.histogram(
        pl.Series([40.0, 119.0, 170.0]),
        caption(),
        step=10,
        limit=120,
        marks={"median": 100.0, "95%": 119.0},
        axis="minutes",
        limit_name="120-minute limit",
    )
    texts = ET.fromstring(picture.svg).iter(f"{SVG}text")
    levels = {text.text: text.attrib["y"] for text in texts}
    assert len({levels[name] for name in ("median", "95%", "120-minute limit")}) == 3


def test_histogram_of_nothing_still_draws() -> None:
    assert histogram(pl.Series([], dtype=pl.Float64)).table["schools"].sum() == 0


def histogram(values: pl.Series) -> pictures.Picture:
    return pictures.charts.histogram(
        values,
        caption(),
        step=10,
        limit=120,
        marks={"median": 15.0} if len(values) else {},
        axis="minutes",
        limit_name="120-minute limit",
    )


def test_load_chart_puts_the_fullest_hub_first() -> None:
    hubs = pl.DataFrame(
        {
            "lead_name": ["Half", "Full"],
            "n_places": [6, 6],
            "n_running": [0, 2],
            "n_matched": [3, 4],
        }
    )
    picture = pictures.charts.load_chart(hubs, caption())
    told = [t.text for t in ET.fromstring(picture.svg).iter(f"{SVG}title")][1:]
    assert told == [
        "Full: 4 matched, 2 running, 6 places",
        "Half: 3 matched, 0 running, 6 places",
    ]
    assert picture.table["lead_name"].to_list() == ["Half", "Full"]


def test_a_synthetic_picture_says_so_in_its_own_name() -> None:
    rows = pl.DataFrame({"rule": ["age"], "schools": [10]})
    told, plain = (
        pictures.charts.bars(rows, caption(is_synthetic=flag), label="rule", value="schools").svg
        for flag in (True, False)
    )
    assert ">Synthetic: A title<" in told
    assert "Synthetic" not in plain


YEARS = ["2018/19", "2019/20", "2020/21", "2021/22", "2022/23"]


def trended(school: list[float | None], years: list[str]) -> pictures.Picture:
    bands = {f"p{each}0": [float(each)] * len(years) for each in (1, 3, 5, 7, 9)}
    table = pl.DataFrame({"year": years, "school": pl.Series(school, dtype=pl.Float64), **bands})
    return pictures.charts.trend(table, caption(), years=YEARS)


def points(picture: pictures.Picture) -> list[tuple[float, float]]:
    circles = ET.fromstring(picture.svg).iter(f"{SVG}circle")
    return [(float(each.attrib["cx"]), float(each.attrib["cy"])) for each in circles]


def school_lines(picture: pictures.Picture) -> list[str]:
    paths = ET.fromstring(picture.svg).iter(f"{SVG}path")
    return [each.attrib["d"] for each in paths if each.attrib.get("stroke-width") == "3"]


def test_a_trend_puts_each_year_in_its_place_and_higher_figures_higher() -> None:
    drawn = points(trended([2.0, 8.0, 4.0], YEARS[:3]))
    assert [x for x, _ in drawn] == sorted({x for x, _ in drawn})
    assert drawn[1][1] < drawn[2][1] < drawn[0][1]


def test_no_line_of_a_trend_crosses_years_without_figures() -> None:
    whole = school_lines(trended([5.0] * 5, YEARS))
    broken = school_lines(trended([5.0, 5.0, 5.0], [YEARS[0], YEARS[3], YEARS[4]]))
    assert len(whole) == 1
    assert len(broken) == 2


def test_a_school_without_a_figure_that_year_has_no_mark_there() -> None:
    assert len(points(trended([5.0, None, 6.0], YEARS[:3]))) == 2


def test_the_edges_of_the_bands_are_named_apart() -> None:
    narrow = {f"p{each}0": [5.0 + each / 100] for each in (1, 3, 5, 7, 9)}
    table = pl.DataFrame({"year": YEARS[:1], "school": [20.0], **narrow})
    picture = pictures.charts.trend(table, caption(), years=YEARS[:1])
    named = [
        float(text.attrib["y"])
        for text in ET.fromstring(picture.svg).iter(f"{SVG}text")
        if text.text in {"9 in 10", "middle", "1 in 10"}
    ]
    assert len(named) == 3
    assert min(b - a for a, b in itertools.pairwise(named)) >= 17


def test_a_trend_of_nothing_still_draws() -> None:
    table = pl.DataFrame(
        schema={"year": pl.String, "school": pl.Float64}
        | {f"p{each}0": pl.Float64 for each in (1, 3, 5, 7, 9)}
    )
    assert points(pictures.charts.trend(table, caption(), years=[])) == []
