"""Diverging bars tell both parts of every question, wave by wave, and draw nothing hidden."""

import xml.etree.ElementTree as ET
from typing import Any

import polars as pl
import pytest

from schoolhubs import pictures

SVG = "{http://www.w3.org/2000/svg}"
CAPTION = pictures.Caption(key="k", title="A title", sentence="One.", source="Invented, 2026")
ROWS: dict[str, list[Any]] = {
    "label": ["I felt safe.", "I felt safe.", "It was calm."],
    "wave": ["June 2026", "November 2026", "November 2026"],
    "value": [60.0, 75.0, None],
    "low": [52.0, 70.0, None],
    "high": [68.0, 80.0, None],
    "said": ["60 %", "75 %", "not shown"],
}


def picture(**more: list[Any]) -> pictures.Picture:
    table = pl.DataFrame({**ROWS, **more})
    return pictures.charts.diverging(table, CAPTION, right="good", left="other")


def said(drawn: pictures.Picture) -> list[str]:
    return [text.text or "" for text in ET.fromstring(drawn.svg).iter(f"{SVG}text")]


def bars(drawn: pictures.Picture) -> list[tuple[float, float]]:
    """Give where each bar begins, and how long both its parts are."""
    boxes = list(ET.fromstring(drawn.svg).iter(f"{SVG}rect"))
    pairs = zip(boxes[::2], boxes[1::2], strict=True)
    return [
        (float(left.attrib["x"]), float(left.attrib["width"]) + float(right.attrib["width"]))
        for left, right in pairs
    ]


def test_a_bar_is_as_long_as_all_answers_and_lies_by_the_good_ones() -> None:
    (first, all_first), (second, all_second) = bars(picture())
    assert all_first == pytest.approx(all_second)
    # Fifteen in a hundred more good answers: the bar lies that much further to the right.
    assert second - first == pytest.approx(15 / 100 * all_first, abs=0.2)
    middle = 240.0
    assert middle - first == pytest.approx(0.40 * all_first, abs=0.2)


def test_each_question_is_named_once_and_each_wave_with_its_interval() -> None:
    told = said(picture())
    assert told.count("I felt safe.") == 1
    assert "June 2026: 60 % (52 to 68)" in told
    assert "November 2026: 75 % (70 to 80)" in told


def test_what_is_not_shown_has_words_and_no_bar() -> None:
    assert "November 2026: not shown" in said(picture())
    assert len(bars(picture())) == 2


def test_waves_are_told_apart_without_colour() -> None:
    drawn = picture()
    assert drawn.svg.count('stroke-dasharray="2 2"') == 2  # both parts of the earlier wave


def test_the_national_figure_is_marked_only_where_there_is_one() -> None:
    assert "England, the same month" not in said(picture())
    none: list[Any] = [None, None, None]
    table = pl.DataFrame({**ROWS, "national": none}, schema_overrides={"national": pl.Float64})
    drawn = pictures.charts.diverging(table, CAPTION, right="good", left="other")
    assert "England, the same month" not in said(drawn)
    assert "England, the same month" in said(picture(national=[61.0, 65.0, None]))


def test_the_change_stands_below_its_question() -> None:
    told = said(picture(change=["", "+15 points (5 to 25)", ""]))
    assert told.index("+15 points (5 to 25)") == told.index("It was calm.") - 1


def test_a_long_question_is_broken_and_whole_in_the_table() -> None:
    words = " ".join(["word"] * 30)
    drawn = picture(label=[words] * 3)
    assert drawn.table["label"][0] == words
    assert all(len(each) < 60 for each in said(drawn))
