"""A map of England made of nothing but its schools."""

import itertools
from collections.abc import Mapping, Sequence

import polars as pl

from schoolhubs.pictures import palette
from schoolhubs.pictures.marks import LEGEND_MARKS, mark
from schoolhubs.pictures.picture import Caption, Picture, pictured
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
FEW_CROSSES = 300
# Regions whose name stands off at sea are tied to their middle by a line, which begins this far
# to the right of the name's anchor.
LEADERS: Mapping[str, float] = {"london": -66, "east midlands": -5}


def england_map(
    schools: pl.DataFrame,
    hubs: pl.DataFrame,
    journeys: pl.DataFrame,
    unserved: pl.DataFrame,
    caption: Caption,
    *,
    table: pl.DataFrame,
    pathway_names: Mapping[str, str],
    need_first: bool = False,
) -> Picture:
    """Draw every school as a light dot, hubs as shapes by phase, journeys as lines.

    Parameters
    ----------
    schools
        ``region, easting, northing`` (metres, British National Grid) of all schools. A school
        without a place, or off England's part of the grid, is not drawn.
    hubs
        ``lead_name, phase, n_matched, easting, northing``.
    journeys
        ``pathway, is_exception, easting, northing, lead_easting, lead_northing``.
    unserved
        ``easting, northing`` of eligible schools that no hub could take.
    table
        The figures to show beside the map.
    pathway_names
        Display name of each pathway, in the order of their colours.
    need_first
        Make the schools left out the loudest mark: on top of the journeys, which turn quieter.
    """
    dots = _placed(schools)
    lines = _placed(_placed(journeys, "lead_"))
    left_out = _placed(unserved)
    is_loud = need_first or left_out.height <= FEW_CROSSES
    entries = _entries(hubs, lines, left_out, pathway_names, (is_loud, need_first))
    crosses = [_crosses(left_out, is_loud=is_loud)]
    body = [
        _dots(dots),
        *([] if is_loud else crosses),
        *_journeys(lines, list(pathway_names), is_quiet=need_first),
        *(crosses if is_loud else []),
        *(_hub(row) for row in _placed(hubs).iter_rows(named=True)),
        *_region_names(dots),
        *_legend(entries),
    ]
    if caption.is_synthetic:
        # Said in the drawing itself, which may be copied out of its page.
        body.append(words("Synthetic", 4, 24, font_weight="bold", class_="region"))
    height = MAP_HEIGHT + 16 + 28 * ((len(entries) + 1) // 2)
    return pictured(caption, WIDTH, height, body, table)


def _placed(frame: pl.DataFrame, prefix: str = "") -> pl.DataFrame:
    """Add map units ``x`` and ``y``; rows that would fall off the map are dropped."""
    x = ((pl.col(f"{prefix}easting") - WEST) / METRES_PER_UNIT).round().cast(pl.Int64)
    y = ((NORTH - pl.col(f"{prefix}northing")) / METRES_PER_UNIT).round().cast(pl.Int64)
    return frame.with_columns(x.alias(f"{prefix}x"), y.alias(f"{prefix}y")).filter(
        pl.col(f"{prefix}x").is_between(0, WIDTH), pl.col(f"{prefix}y").is_between(0, MAP_HEIGHT)
    )


def _dots(dots: pl.DataFrame) -> str:
    """Draw one round dot for each square kilometre with a school, as a single path.

    A dot is a line of no length with round ends; within a row only the step to the next is
    written. That keeps 22,000 schools under 100 kB.
    """
    cells = dots.select("y", "x").unique().sort("y", "x")
    path = []
    for y, row in itertools.groupby(cells.iter_rows(), key=lambda cell: cell[0]):
        columns = [x for _, x in row]
        steps = [f"m{b - a} 0h0" for a, b in itertools.pairwise(columns)]
        path.append(f"M{columns[0]} {y}h0{''.join(steps)}")
    look = {"stroke": palette.LAND, "stroke_width": 2.4, "stroke_linecap": "round"}
    return tag("path", d="".join(path) or "M0 0", fill="none", class_="schools", **look)


def _journeys(lines: pl.DataFrame, pathways: Sequence[str], *, is_quiet: bool) -> list[str]:
    """Draw journeys within the limit as thin lines by pathway, and those over it dashed."""
    drawn = []
    within, over = (lines.filter(pl.col("is_exception") == is_over) for is_over in (False, True))
    for at, pathway in enumerate(pathways):
        colour = palette.PATHWAY_COLOURS[at % len(palette.PATHWAY_COLOURS)]
        look = {"stroke": colour, "stroke_width": 1.4 if at == 0 else 0.8}
        look["opacity"] = 0.35 if is_quiet else 0.6
        drawn.append(_strokes(within.filter(pl.col("pathway") == pathway), "journeys", look))
    ink, width = (palette.QUIET, 1.0) if is_quiet else (palette.ALERT, 1.8)
    look = {"stroke": ink, "stroke_width": width, "stroke_dasharray": "6 4"}
    return [*drawn, _strokes(over, "exceptions", look)]


def _strokes(lines: pl.DataFrame, kind: str, look: Mapping[str, object]) -> str:
    ends = lines.select(
        "x", "y", (pl.col("lead_x") - pl.col("x")), (pl.col("lead_y") - pl.col("y"))
    )
    path = "".join(f"M{x} {y}l{right} {down}" for x, y, right, down in ends.iter_rows())
    return tag("path", d=path, fill="none", class_=kind, **look) if path else ""


def _crosses(left_out: pl.DataFrame, *, is_loud: bool) -> str:
    """Mark schools that no hub could take; finer where many, pale where not to hide the rest."""
    is_few = left_out.height <= FEW_CROSSES
    arm = 4 if is_few else 2
    path = "".join(
        f"M{x - arm} {y - arm}l{2 * arm} {2 * arm}m0 -{2 * arm}l-{2 * arm} {2 * arm}"
        for x, y in left_out.select("x", "y").iter_rows()
    )
    if not path:
        return ""
    white = {"stroke": palette.WHITE, "stroke_width": 3.6}
    halo = tag("path", d=path, fill="none", **white) if is_few else ""
    ink = palette.ALERT if is_loud else palette.ALERT_PALE
    look = {"stroke": ink, "stroke_width": 1.8 if is_few else 1.2 if is_loud else 0.9}
    return halo + tag("path", d=path, fill="none", class_="unserved", **look)


def _hub(row: Mapping[str, object]) -> str:
    told = f"{row['lead_name']}: {row['n_matched']} schools matched"
    shape = mark(str(row["phase"]), float(str(row["x"])), float(str(row["y"])))
    return tag("g", tag("title", escaped(told)), shape, class_="hub")


def _region_names(dots: pl.DataFrame) -> list[str]:
    """Name each region that has schools, clear of the dots."""
    named = []
    centres = dots.drop_nulls("region").group_by("region").agg(pl.col("x", "y").median())
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


def _entries(
    hubs: pl.DataFrame,
    lines: pl.DataFrame,
    left_out: pl.DataFrame,
    pathway_names: Mapping[str, str],
    loudness: tuple[bool, bool],
) -> list[tuple[str, str]]:
    """List what the map shows, as (drawing at the origin, words)."""
    is_loud, need_first = loudness
    dot = {"stroke": palette.QUIET, "stroke_width": 5.0, "stroke_linecap": "round"}
    entries = [(tag("path", d="M14 0h0", **dot), "Schools")]
    entries += [
        (mark(phase, 14, 0), f"Hub: {name}")
        for phase, name in LEGEND_MARKS.items()
        if hubs.filter(pl.col("phase") == phase).height
    ]
    used = set(lines["pathway"].unique())
    for at, (pathway, name) in enumerate(pathway_names.items()):
        if pathway in used:
            colour = palette.PATHWAY_COLOURS[at % len(palette.PATHWAY_COLOURS)]
            width = 2.6 if at == 0 else 1.6
            entries.append((line(0, 0, 28, 0, stroke=colour, stroke_width=width), name))
    if lines["is_exception"].any():
        ink = palette.QUIET if need_first else palette.ALERT
        look = {"stroke": ink, "stroke_width": 2, "stroke_dasharray": "6 4"}
        entries.append((line(0, 0, 28, 0, **look), "Journey over the limit"))
    if left_out.height:
        ink = palette.ALERT if is_loud else palette.ALERT_PALE
        look = {"stroke": ink, "stroke_width": 2, "fill": "none"}
        entries.append((tag("path", d="M10 -4l8 8m0 -8l-8 8", **look), "Eligible, no hub"))
    return entries


def _legend(entries: Sequence[tuple[str, str]]) -> list[str]:
    drawn = []
    for at, (sign, name) in enumerate(entries):
        x, y = 4 + (at % 2) * WIDTH // 2, MAP_HEIGHT + 24 + (at // 2) * 28
        place = f"translate({x} {y})"
        drawn.append(tag("g", sign, words(name, 40, 5, class_="legend"), transform=place))
    return drawn
