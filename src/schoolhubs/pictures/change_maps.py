"""A map of England of what differs between two plans, and of nothing else."""

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from schoolhubs.pictures import palette
from schoolhubs.pictures.england import MAP_HEIGHT, WIDTH, dots, hub_mark, placed, region_names
from schoolhubs.pictures.picture import Caption, Picture, pictured
from schoolhubs.pictures.svg import line, tag, words
from schoolhubs.vocabulary.words import counted

# Each kind of difference: its line, and the sign at the school, so that colour says nothing alone.
LOOKS: Mapping[str, Mapping[str, Any]] = {
    "moved": {"stroke": palette.BLUE, "stroke_width": 1.4},
    "gained": {"stroke": palette.TEAL, "stroke_width": 2.2},
    "lost": {"stroke": palette.ALERT, "stroke_width": 1.6, "stroke_dasharray": "6 4"},
}
LEFT = {"stroke": palette.QUIET, "stroke_width": 1.0, "stroke_dasharray": "1 3"}
SIGNS: Mapping[str, str] = {
    "gained": "m-4 0h8m-4 -4v8",
    "lost": "m-4 -4l8 8m0 -8l-8 8",
    "moved": "m-3 0a3 3 0 1 0 6 0a3 3 0 1 0 -6 0",
}
SAID: Mapping[str, tuple[str, str]] = {
    "moved": ("school goes to another hub", "schools go to another hub"),
    "gained": ("school gains a hub", "schools gain a hub"),
    "lost": ("school loses its hub", "schools lose their hub"),
}


def change_map(
    schools: pl.DataFrame,
    hubs: pl.DataFrame,
    changes: pl.DataFrame,
    caption: Caption,
    *,
    table: pl.DataFrame,
) -> Picture:
    """Draw the journeys that one plan has and another has not.

    Parameters
    ----------
    schools
        ``region, easting, northing`` (metres, British National Grid) of all schools, drawn as
        light dots; without a place, or off England's part of the grid, a school is not drawn.
    hubs
        ``lead_name, phase, n_matched, easting, northing`` of the hubs that the changes touch.
    changes
        ``kind`` (moved, gained or lost), ``easting, northing`` of the school, and of its hub
        before and after ``before_easting, before_northing, after_easting, after_northing``,
        missing where it had or has none.
    table
        The figures to show beside the map.
    """
    land = placed(schools)
    drawn = placed(changes)
    body = [dots(land)]
    for kind, look in LOOKS.items():
        rows = drawn.filter(pl.col("kind") == kind)
        if kind == "moved":
            body.append(_lines(rows, "before", {"class_": "left", **LEFT}))
        side = "before" if kind == "lost" else "after"
        body += [_lines(rows, side, {"class_": kind, **look}), _signs(rows, kind)]
    body += [hub_mark(row) for row in placed(hubs).iter_rows(named=True)]
    body += region_names(land)
    if caption.is_synthetic:
        body.append(words("Synthetic", 4, 24, font_weight="bold", class_="region"))
    legend = list(_legend(drawn))
    return pictured(
        caption, WIDTH, MAP_HEIGHT + 16 + 28 * len(legend), [*body, *_set(legend)], table
    )


def _lines(rows: pl.DataFrame, side: str, look: Mapping[str, Any]) -> str:
    """Draw a line from each school to its hub of one side."""
    ends = placed(rows, f"{side}_").select(
        "x", "y", pl.col(f"{side}_x") - pl.col("x"), pl.col(f"{side}_y") - pl.col("y")
    )
    path = "".join(f"M{x} {y}l{right} {down}" for x, y, right, down in ends.iter_rows())
    return tag("path", d=path, fill="none", **look) if path else ""


def _signs(rows: pl.DataFrame, kind: str) -> str:
    path = "".join(f"M{x} {y}{SIGNS[kind]}" for x, y in rows.select("x", "y").iter_rows())
    look = {"stroke": LOOKS[kind]["stroke"], "stroke_width": 1.8, "fill": palette.WHITE}
    return tag("path", d=path, class_=f"{kind}-schools", **look) if path else ""


def _legend(drawn: pl.DataFrame) -> Iterator[tuple[str, str]]:
    """List what the map shows, as (drawing at the origin, words)."""
    counts = dict(drawn.group_by("kind").len().iter_rows())
    for kind, look in LOOKS.items():
        if kind not in counts:
            continue
        sign = {"stroke": look["stroke"], "stroke_width": 1.8, "fill": palette.WHITE}
        at_school = tag("path", d=f"M4 0{SIGNS[kind]}", **sign)
        yield line(4, 0, 32, 0, **look) + at_school, counted(counts[kind], *SAID[kind])
    if "moved" in counts:
        yield line(4, 0, 32, 0, **LEFT), "Where such a school went before"


def _set(legend: list[tuple[str, str]]) -> list[str]:
    return [
        tag(
            "g", sign, words(said, 44, 5, class_="legend"),
            transform=f"translate(4 {MAP_HEIGHT + 24 + at * 28})",
        )
        for at, (sign, said) in enumerate(legend)
    ]  # fmt: skip
