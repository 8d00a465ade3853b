"""Days in lanes along a line of time: what is planned, what was done, what both sides agreed."""

import datetime
from collections.abc import Sequence

import polars as pl

from schoolhubs.pictures import palette
from schoolhubs.pictures.picture import Caption, Picture, pictured
from schoolhubs.pictures.svg import CHART_WIDTH, box, escaped, line, tag
from schoolhubs.pictures.svg import words as said

LEFT, RIGHT, TOP, LANE, FOOT = 8, 12, 78, 46, 8
RADIUS = 6.5
# Each state has a shape of its own, so that none is told by colour alone.
SHAPES = ("planned", "delivered", "agreed", "disputed", "missed", "paid")
Band = tuple[str, datetime.date, datetime.date]


def day_lanes(
    table: pl.DataFrame, caption: Caption, *, bands: Sequence[Band], today: datetime.date
) -> Picture:
    """Draw each day as a mark in its lane, its state by its shape.

    Parameters
    ----------
    table
        ``lane`` (text), ``on`` (date), ``state`` (one of ``SHAPES``), ``told`` (text: what
        somebody who points at the mark reads), a row a day; a lane without days has one row with
        nulls. Lanes stand in the order in which they first come.
    bands
        Terms as ``(title, first day, last day)``, in order; at least one.
    """
    lanes = table["lane"].unique(maintain_order=True).to_list()
    first, last = bands[0][1], bands[-1][2]
    foot = TOP + LANE * len(lanes)
    body = [*_legend(table), *_bands(bands, first, last, foot)]
    if first <= today <= last:
        x = _x(today, first, last)
        body.append(line(x, TOP - 12, x, foot, stroke=palette.INK, stroke_dasharray="4 3"))
        end = "end" if x > CHART_WIDTH - 60 else "start"
        body.append(said("today", x + (-4 if end == "end" else 4), foot + 14, text_anchor=end))
    for at, lane in enumerate(lanes):
        y = TOP + at * LANE
        body.append(said(str(lane)[:56], LEFT, y + 14))
        body.append(line(LEFT, y + 31, CHART_WIDTH - RIGHT, y + 31, stroke=palette.RULE))
        days = table.filter((pl.col("lane") == lane) & pl.col("on").is_not_null())
        for row in days.iter_rows(named=True):
            shape = _mark(str(row["state"]), _x(row["on"], first, last), y + 31)
            body.append(tag("g", tag("title", escaped(row["told"])), shape))
    return pictured(caption, CHART_WIDTH, foot + FOOT + 14, body, table)


def _x(on: datetime.date, first: datetime.date, last: datetime.date) -> float:
    share = (on - first).days / max((last - first).days, 1)
    return LEFT + RADIUS + share * (CHART_WIDTH - LEFT - RIGHT - 2 * RADIUS)


def _bands(
    bands: Sequence[Band], first: datetime.date, last: datetime.date, foot: float
) -> list[str]:
    drawn = []
    for at, (title, starts, ends) in enumerate(bands):
        x, to = _x(starts, first, last), _x(ends, first, last)
        fill = palette.BLUE_FAINT if at % 2 == 0 else palette.WHITE
        drawn.append(box(x, TOP - 10, to - x, foot - TOP + 10, fill=fill))
        # In a narrow band the year is left out: the table has it.
        words = title if to - x > 98 else title.split(" ")[0]
        drawn.append(said(words.capitalize(), x + 2, TOP - 16, fill=palette.QUIET))
    return drawn


def _mark(state: str, x: float, y: float) -> str:
    r = RADIUS
    if state == "planned":
        return tag("circle", cx=x, cy=y, r=r - 1, fill=palette.WHITE, stroke=palette.BLUE,
                   stroke_width=2.0)  # fmt: skip
    if state == "delivered":
        half = tag("path", d=f"M{x:.1f} {y - r:.1f}a{r} {r} 0 0 0 0 {2 * r}z", fill=palette.BLUE)
        return half + tag("circle", cx=x, cy=y, r=r - 1, fill="none", stroke=palette.BLUE,
                          stroke_width=2.0)  # fmt: skip
    if state == "agreed":
        return tag("circle", cx=x, cy=y, r=r, fill=palette.BLUE)
    if state == "paid":
        return box(x - r, y - r, 2 * r, 2 * r, fill=palette.TEAL)
    if state == "disputed":
        d = f"M{x:.1f} {y - r - 1:.1f}l{r + 1} {2 * r}h-{2 * r + 2}z"
        return tag("path", d=d, fill=palette.ALERT)
    cross = f"M{x - 5:.1f} {y - 5:.1f}l10 10m0 -10l-10 10"
    return tag("path", d=cross, stroke=palette.QUIET, stroke_width=2.5, fill="none")


def _legend(table: pl.DataFrame) -> list[str]:
    """Name the shapes that are drawn, at least those of the usual way of a day."""
    there = set(table["state"].drop_nulls().to_list())
    shown = [each for each in SHAPES if each in there | {"planned", "delivered", "agreed"}]
    drawn = []
    for at, state in enumerate(shown):
        x, y = LEFT + RADIUS + (at % 4) * 112, 12 + (at // 4) * 22
        drawn += [_mark(state, x, y), said(state, x + 13, y + 5)]
    return drawn
