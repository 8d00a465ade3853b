"""Estimates, grids and funnel plots draw the figures they are given, and rank nobody."""

import re
import xml.etree.ElementTree as ET
from typing import Any

import polars as pl
import pytest

from schoolhubs import pictures
from schoolhubs.pictures import palette
from schoolhubs.pictures.charts.grid import SHADES

SVG = "{http://www.w3.org/2000/svg}"
CAPTION = pictures.Caption(key="k", title="A title", sentence="One.", source="Invented, 2024/25")
ROWS = {
    "label": ["Elm", "Oak", "Ash"],
    "value": [4.0, 8.0, 6.0],
    "low": [3.0, 6.0, None],
    "high": [5.0, 10.0, None],
}


def said(picture: pictures.Picture) -> list[str]:
    return [text.text or "" for text in ET.fromstring(picture.svg).iter(f"{SVG}text")]


def drawn(picture: pictures.Picture, name: str) -> list[dict[str, str]]:
    return [each.attrib for each in ET.fromstring(picture.svg).iter(f"{SVG}{name}")]


def test_an_interval_is_drawn_to_scale_with_its_figure_within() -> None:
    picture = pictures.charts.estimates(pl.DataFrame(ROWS), CAPTION, axis="%")
    first, second = drawn(picture, "rect")
    assert float(second["width"]) == pytest.approx(2 * float(first["width"]), abs=0.2)
    elm, oak, _ = (float(each["cx"]) for each in drawn(picture, "circle"))
    assert float(first["x"]) < elm < float(first["x"]) + float(first["width"])
    assert float(second["x"]) < oak < float(second["x"]) + float(second["width"])


def test_the_axis_says_what_its_lines_stand_at() -> None:
    """Lines 2.5 apart were once told as 0, 2, 5, 8, 10 and 12."""
    table = pl.DataFrame({"label": ["A"], "value": [12.1], "low": [11.0], "high": [12.3]})
    told = said(pictures.charts.estimates(table, CAPTION, axis="%"))
    assert {"0", "2.5", "5", "7.5", "10", "12.5"} <= set(told)


def test_an_exact_figure_has_no_bar_and_no_interval_in_words() -> None:
    picture = pictures.charts.estimates(pl.DataFrame(ROWS), CAPTION, axis="%")
    assert len(drawn(picture, "rect")) == 2
    assert {"4.0 (3.0 to 5.0)", "8.0 (6.0 to 10.0)", "6.0"} <= set(said(picture))


def test_rows_stay_in_their_order_and_groups_are_closed() -> None:
    rows = pl.DataFrame({**ROWS, "group": ["a", "a", "b"]})
    picture = pictures.charts.estimates(rows, CAPTION, axis="%")
    assert [each for each in said(picture) if each in ROWS["label"]] == ROWS["label"]
    assert len(re.findall('stroke-dasharray="6 4"', picture.svg)) == 1


def test_a_long_name_is_cut_in_the_drawing_and_whole_in_title_and_table() -> None:
    name = "Saint Barnabas and the Holy Name Church of England Primary School"
    rows = pl.DataFrame({**ROWS, "label": [name, "Oak", "Ash"]})
    picture = pictures.charts.estimates(rows, CAPTION, axis="%", marked=name)
    assert name not in said(picture)
    assert f"<title>{name}: 4.0 (3.0 to 5.0)</title>" in picture.svg
    assert picture.table["label"][0] == name


def test_no_estimates_still_draw() -> None:
    empty = pl.DataFrame(ROWS).clear()
    assert drawn(pictures.charts.estimates(empty, CAPTION, axis="%"), "circle") == []


def cells(*values: float | None) -> pl.DataFrame:
    days = ["Mon", "Tue", "Wed", "Thu"][: len(values)]
    found: dict[str, Any] = {"year": ["7"] * len(values), "day": days, "absence": values}
    return pl.DataFrame(found, schema_overrides={"absence": pl.Float64})


def grid(table: pl.DataFrame) -> pictures.Picture:
    return pictures.charts.grid(
        table, CAPTION, row="year", column="day", value="absence", steps=(4, 6, 8)
    )


def test_a_cell_is_shaded_by_its_step_the_limit_included() -> None:
    shades = [each["fill"] for each in drawn(grid(cells(3.9, 4.0, 7.9, 8.0)), "rect")][:4]
    assert shades == [fill for fill, _ in SHADES]


def test_what_is_withheld_shows_its_mark_and_never_a_nought() -> None:
    table = cells(5.0, None).with_columns(absence_mark=pl.Series(["", "c"]))
    assert "7, Tue: c" in grid(table).svg
    assert "7, Tue: –" in grid(cells(5.0, None)).svg


@pytest.mark.parametrize(("fill", "ink"), SHADES)
def test_numbers_stand_out_from_their_shade(fill: str, ink: str) -> None:
    assert palette.contrast(fill, ink) >= 4.5


LIMITS = pl.DataFrame(
    {
        "size": [50.0, 400.0],
        "middle": [5.0, 5.0],
        "low_95": [2.0, 4.0],
        "high_95": [8.0, 6.0],
        "low_998": [1.0, 3.5],
        "high_998": [9.0, 6.5],
    }
)


def schools(n: int) -> pl.DataFrame:
    names = [f"School {at}" for at in range(n)]
    return pl.DataFrame({"name": names, "size": [200.0] * n, "value": [6.0] * n})


def plot(table: pl.DataFrame, marked: str = "") -> pictures.Picture:
    return pictures.charts.funnel_plot(table, LIMITS, CAPTION, axis="pupils", marked=marked)


def test_only_the_school_asked_for_is_named() -> None:
    picture = plot(schools(3), marked="School 1")
    assert "School 1: 6.0 %, size 200" in picture.svg
    assert "School 0" not in picture.svg


def test_a_figure_not_known_is_not_drawn_at_nought() -> None:
    table = schools(2).with_columns(value=pl.Series([None, None], dtype=pl.Float64))
    assert "h0" not in plot(table).svg


def test_schools_on_one_spot_are_one_dot_and_all_stay_in_the_table() -> None:
    picture = plot(schools(5_000))
    assert picture.svg.count("h0") == 1
    assert picture.table.height == 5_000


def test_the_limits_close_with_size() -> None:
    paths = [each["d"] for each in drawn(plot(schools(1)), "path") if "L" in each["d"]]
    wide = [each for each in paths if each.count("L") == 1][-4:]
    starts = [float(re.split("[ ML]", each)[2]) for each in wide]
    assert max(starts) - min(starts) > 100
