"""A map of England made of nothing but its schools."""

from collections.abc import Mapping, Sequence

import polars as pl

from schoolhubs.pictures import palette
from schoolhubs.pictures.england import MAP_HEIGHT, WIDTH, dots, hub_mark, placed, region_names
from schoolhubs.pictures.marks import LEGEND_MARKS, mark
from schoolhubs.pictures.picture import Caption, Picture, pictured
from schoolhubs.pictures.svg import line, tag, words

FEW_CROSSES = 300


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
    land = placed(schools)
    lines = placed(placed(journeys, "lead_"))
    left_out = placed(unserved)
    is_loud = need_first or left_out.height <= FEW_CROSSES
    entries = _entries(hubs, lines, left_out, pathway_names, (is_loud, need_first))
    crosses = [_crosses(left_out, is_loud=is_loud)]
    body = [
        dots(land),
        *([] if is_loud else crosses),
        *_journeys(lines, list(pathway_names), is_quiet=need_first),
        *(crosses if is_loud else []),
        *(hub_mark(row) for row in placed(hubs).iter_rows(named=True)),
        *region_names(land),
        *_legend(entries),
    ]
    if caption.is_synthetic:
        # Said in the drawing itself, which may be copied out of its page.
        body.append(words("Synthetic", 4, 24, font_weight="bold", class_="region"))
    height = MAP_HEIGHT + 16 + 28 * ((len(entries) + 1) // 2)
    return pictured(caption, WIDTH, height, body, table)


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
