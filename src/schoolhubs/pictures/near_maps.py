"""A small map of one school, the hub proposed for it and the next nearest, with the minutes."""

import dataclasses
from collections.abc import Sequence

import polars as pl

from schoolhubs.pictures import palette
from schoolhubs.pictures.marks import mark
from schoolhubs.pictures.picture import Caption, Picture, pictured
from schoolhubs.pictures.svg import line, tag, words

WIDTH, HEIGHT, MARGIN = 480, 360, 56
METRES_IN_A_KM = 1_000
# Lengths that a scale bar may have; the longest that fills no more than a third is taken.
BARS_KM = (1, 2, 5, 10, 20, 50, 100, 200)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """One school on the map.

    Parameters
    ----------
    name, phase
        As people read it; the shape it is drawn with.
    easting, northing
        Metres of the British National Grid.
    minutes
        By car, one way, from the school; None for the school itself, or where it is not known.
    is_proposed
        The hub that is proposed.
    """

    name: str
    phase: str
    easting: float
    northing: float
    minutes: float | None = None
    is_proposed: bool = False


def near_map(school: Spot, hubs: Sequence[Spot], caption: Caption) -> Picture:
    """Draw one school, the hub proposed for it and others: lines as the crow flies.

    Hubs are numbered in the order given; their names stand in the table, by the same numbers.
    """
    spots = (school, *hubs)
    scale = _scale(spots)
    at = [_place(each, spots, scale) for each in spots]
    body = [
        *(_way(at[0], end, each) for end, each in zip(at[1:], hubs, strict=True)),
        *(_hub(n, end, each) for n, (end, each) in enumerate(zip(at[1:], hubs, strict=True), 1)),
        _school(at[0]),
        *_bar(scale),
    ]
    if caption.is_synthetic:
        body.append(words("Synthetic", 8, 20, font_weight="bold"))
    return pictured(caption, WIDTH, HEIGHT, body, _table(hubs, school))


def _scale(spots: Sequence[Spot]) -> float:
    """Give units of the drawing a metre, so that every spot fits."""
    wide = max(each.easting for each in spots) - min(each.easting for each in spots)
    high = max(each.northing for each in spots) - min(each.northing for each in spots)
    return min((WIDTH - 2 * MARGIN) / max(wide, 1.0), (HEIGHT - 2 * MARGIN - 24) / max(high, 1.0))


def _place(spot: Spot, spots: Sequence[Spot], scale: float) -> tuple[float, float]:
    west, east = min(s.easting for s in spots), max(s.easting for s in spots)
    south, north = min(s.northing for s in spots), max(s.northing for s in spots)
    x = WIDTH / 2 + (spot.easting - (west + east) / 2) * scale
    y = (HEIGHT - 24) / 2 - (spot.northing - (south + north) / 2) * scale
    return x, y


def _way(start: tuple[float, float], end: tuple[float, float], hub: Spot) -> str:
    look: dict[str, object] = {"stroke": palette.BLUE, "stroke_width": 2.6}
    if not hub.is_proposed:
        look = {"stroke": palette.RULE, "stroke_width": 1.4, "stroke_dasharray": "5 4"}
    return line(start[0], start[1], end[0], end[1], **look)


def _hub(n: int, at: tuple[float, float], hub: Spot) -> str:
    minutes = "" if hub.minutes is None else f", {hub.minutes:.0f} min"
    halo = {"stroke": palette.WHITE, "stroke_width": 4.0, "paint_order": "stroke"}
    weight = {"font_weight": "bold"} if hub.is_proposed else {}
    is_right = at[0] > WIDTH - 2 * MARGIN
    said = words(
        f"{n}{minutes}", at[0] + (-11 if is_right else 11), at[1] + 5,
        text_anchor="end" if is_right else "start", **halo, **weight,
    )  # fmt: skip
    return tag("g", mark(hub.phase, *at, 7.0), said, class_="hub")


def _school(at: tuple[float, float]) -> str:
    look = {"fill": palette.WHITE, "stroke": palette.BLUE, "stroke_width": 3.0}
    halo = {"stroke": palette.WHITE, "stroke_width": 4.0, "paint_order": "stroke"}
    ring = tag("circle", cx=at[0], cy=at[1], r=7.0, **look)
    return tag("g", ring, words("School", at[0], at[1] - 13, text_anchor="middle", **halo))


def _bar(scale: float) -> list[str]:
    """Draw how long some kilometres are."""
    fit = [km for km in BARS_KM if km * METRES_IN_A_KM * scale <= WIDTH / 3]
    km = max(fit, default=BARS_KM[0])
    y, length = HEIGHT - 12.0, km * METRES_IN_A_KM * scale
    bar = line(12, y, 12 + length, y, stroke=palette.INK, stroke_width=2.0)
    return [bar, words(f"{km} km, north is up", 12, y - 8)]


def _table(hubs: Sequence[Spot], school: Spot) -> pl.DataFrame:
    """Give the hubs by their numbers, with minutes and the distance as the crow flies."""
    rows = [
        {
            "Number": str(n),
            "Hub": each.name,
            "Minutes by car": None if each.minutes is None else f"{each.minutes:.0f}",
            "Kilometres in a straight line": f"{_km(each, school):.0f}",
        }
        for n, each in enumerate(hubs, 1)
    ]
    columns = ("Number", "Hub", "Minutes by car", "Kilometres in a straight line")
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String()))


def _km(hub: Spot, school: Spot) -> float:
    east, north = hub.easting - school.easting, hub.northing - school.northing
    return float((east**2 + north**2) ** 0.5) / METRES_IN_A_KM
