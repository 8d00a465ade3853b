"""The drawing primitives: escaped text, short numbers, sound colours."""

import itertools
import xml.etree.ElementTree as ET

import pytest

from schoolhubs.pictures import palette, svg


def test_text_from_data_cannot_become_markup() -> None:
    drawn = svg.words('<script>alert("x")</script>', 0, 0, class_='a" onload="b')
    parsed = ET.fromstring(drawn)
    assert parsed.text == '<script>alert("x")</script>'
    assert parsed.attrib["class"] == 'a" onload="b'
    assert len(parsed) == 0


def test_characters_that_no_page_may_hold_are_dropped() -> None:
    assert svg.escaped("St\x00 Ag\x0bnes\ud800") == "St Agnes"


def test_a_drawing_names_itself_for_those_who_do_not_see_it() -> None:
    drawn = ET.fromstring(svg.drawing("k", 10, 5, title="A & B", about="x < y", body=[]))
    inside = {child.attrib["id"]: child.text for child in drawn}
    assert drawn.attrib["role"] == "img"
    assert drawn.attrib["aria-labelledby"].split() == ["k-title", "k-desc"]
    assert inside == {"k-title": "A & B", "k-desc": "x < y"}


@pytest.mark.parametrize("maximum", [0, 0.2, 1, 7, 83, 999, 12_345, 5.5e6])
def test_ticks_reach_the_maximum_in_a_few_even_steps(maximum: float) -> None:
    marks = svg.ticks(maximum, 4)
    assert marks[0] == 0
    assert marks[-1] >= maximum
    assert len(marks) <= 5
    assert len({round(b - a, 6) for a, b in itertools.pairwise(marks)}) == 1


@pytest.mark.parametrize("colour", palette.TEXT_COLOURS)
def test_text_stands_out_from_white(colour: str) -> None:
    assert palette.contrast(colour, palette.WHITE) >= 4.5


@pytest.mark.parametrize("colour", palette.MARK_COLOURS)
def test_marks_stand_out_from_white(colour: str) -> None:
    assert palette.contrast(colour, palette.WHITE) >= 3


def test_the_contrast_check_can_fail() -> None:
    assert palette.contrast(palette.LAND, palette.WHITE) < 4.5
    assert palette.contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
