"""What every map of England is drawn on: its schools as dots, and the names of its regions."""

import itertools
from collections.abc import Mapping

import polars as pl

from schoolhubs.pictures import palette
from schoolhubs.pictures.marks import mark
from schoolhubs.pictures.svg import escaped, line, tag, words

WIDTH, MAP_HEIGHT = 640, 664
WEST, NORTH = 50_000, 662_000
METRES_PER_UNIT = 1_000
# Where each region's name stands clear of its schools, in map units, and how it is anchored.
REGION_PLACES: Mapping[str, tuple[float, float, str]] = {
    "north east": (404, 64, "start"),
    "north west": (214, 250, "end"),
    "yorkshire and the humber": (636, 168, "end"),
    "east midlands": (524, 236, "start"),
    "west midlands": (222, 362, "end"),
    "east of england": (640, 290, "end"),
    "london": (640, 474, "end"),
    "south east": (500, 600, "middle"),
    "south west": (206, 478, "end"),
}
# Regions whose name stands off at sea are tied to their middle by a line, which begins this far
# to the right of the name's anchor.
LEADERS: Mapping[str, float] = {"london": -66, "east midlands": -5}


def placed(frame: pl.DataFrame, prefix: str = "") -> pl.DataFrame:
    """Add map units ``x`` and ``y``; rows that would fall off the map are dropped."""
    x = ((pl.col(f"{prefix}easting") - WEST) / METRES_PER_UNIT).round().cast(pl.Int64)
    y = ((NORTH - pl.col(f"{prefix}northing")) / METRES_PER_UNIT).round().cast(pl.Int64)
    return frame.with_columns(x.alias(f"{prefix}x"), y.alias(f"{prefix}y")).filter(
        pl.col(f"{prefix}x").is_between(0, WIDTH), pl.col(f"{prefix}y").is_between(0, MAP_HEIGHT)
    )


def dots(schools: pl.DataFrame) -> str:
    """Draw one round dot for each square kilometre with a school, as a single path.

    A dot is a line of no length with round ends; within a row only the step to the next is
    written. That keeps 22,000 schools under 100 kB.
    """
    cells = schools.select("y", "x").unique().sort("y", "x")
    path = []
    for y, row in itertools.groupby(cells.iter_rows(), key=lambda cell: cell[0]):
        columns = [x for _, x in row]
        steps = [f"m{b - a} 0h0" for a, b in itertools.pairwise(columns)]
        path.append(f"M{columns[0]} {y}h0{''.join(steps)}")
    look = {"stroke": palette.LAND, "stroke_width": 2.4, "stroke_linecap": "round"}
    return tag("path", d="".join(path) or "M0 0", fill="none", class_="schools", **look)


def region_names(schools: pl.DataFrame) -> list[str]:
    """Name each region that has schools, clear of the dots."""
    named = []
    centres = schools.drop_nulls("region").group_by("region").agg(pl.col("x", "y").median())
    for region, x, y in centres.sort("region").iter_rows():
        place = REGION_PLACES.get(region.casefold(), (x, y, "middle"))
        if region.casefold() in LEADERS:
            start = place[0] + LEADERS[region.casefold()]
            named.append(line(x, y, start, place[1] - 5, stroke=palette.INK, stroke_width=0.8))
        halo = {"stroke": palette.WHITE, "stroke_width": 4.0, "paint_order": "stroke"}
        look = {"text_anchor": place[2], "font_weight": "bold", "class_": "region", **halo}
        for at, part in enumerate(_two_lines(region)):
            named.append(words(part, place[0], place[1] + 22 * at, **look))
    return named


def _two_lines(name: str) -> list[str]:
    """Break a long name near its middle."""
    spaces = [at for at, letter in enumerate(name) if letter == " "]
    if len(name) <= 12 or not spaces:
        return [name]
    middle = min(spaces, key=lambda at: abs(at - len(name) / 2))
    return [name[:middle], name[middle + 1 :]]


def hub_mark(row: Mapping[str, object]) -> str:
    """Draw a hub as the shape of its phase, with its name for whoever points at it."""
    told = f"{row['lead_name']}: {row['n_matched']} schools matched"
    shape = mark(str(row["phase"]), float(str(row["x"])), float(str(row["y"])))
    return tag("g", tag("title", escaped(told)), shape, class_="hub")
