"""The map of what differs between two plans."""

import re

import polars as pl
import pytest

from schoolhubs.pictures import Caption, change_map

CAPTION = Caption(key="what-differs", title="T", sentence="S", source="Made up")
SCHOOLS = pl.DataFrame(
    {"region": ["London", "London"], "easting": [530_000, 540_000], "northing": [180_000, 190_000]}
)
HUBS = pl.DataFrame(
    {
        "lead_name": ["Oak & Elm"],
        "phase": ["primary"],
        "n_matched": [1],
        "easting": [500_000],
        "northing": [200_000],
    }
)
PLACE = {"easting": 530_000, "northing": 180_000}
BEFORE = {"before_easting": 500_000, "before_northing": 200_000}
AFTER = {"after_easting": 520_000, "after_northing": 210_000}
NONE_BEFORE = dict.fromkeys(BEFORE)
NONE_AFTER = dict.fromkeys(AFTER)


def drawn(*changes: dict[str, object]) -> str:
    schema = {"kind": pl.String} | dict.fromkeys((*PLACE, *BEFORE, *AFTER), pl.Int64)
    frame = pl.DataFrame(changes, schema=schema)
    return change_map(SCHOOLS, HUBS, frame, CAPTION, table=pl.DataFrame({"n": [1]})).svg


@pytest.mark.parametrize(
    ("kind", "sides", "lines"),
    [
        ("gained", {**NONE_BEFORE, **AFTER}, {"gained": "M480 482l-10 -30"}),
        ("lost", {**BEFORE, **NONE_AFTER}, {"lost": "M480 482l-30 -20"}),
        (
            "moved",
            {**BEFORE, **AFTER},
            {"moved": "M480 482l-10 -30", "left": "M480 482l-30 -20"},
        ),
    ],
)
def test_each_kind_has_its_own_line_sign_and_words(
    kind: str, sides: dict[str, object], lines: dict[str, str]
) -> None:
    svg = drawn({"kind": kind, **PLACE, **sides})
    found = {name: path for path, name in re.findall(r'<path d="([^"]+)"[^>]*class="(\w+)"', svg)}
    assert {name: found[name] for name in lines} == lines
    assert not {"gained", "lost", "moved"} - set(lines) & set(found)
    assert f'class="{kind}-schools"' in svg
    assert "1 school" in svg


def test_nothing_that_differs_is_a_bare_map() -> None:
    svg = drawn()
    assert "legend" not in svg
    assert "Oak &amp; Elm" in svg


def test_a_place_that_is_not_known_is_not_drawn() -> None:
    svg = drawn({"kind": "gained", "easting": None, "northing": None, **NONE_BEFORE, **AFTER})
    assert 'class="gained"' not in svg
