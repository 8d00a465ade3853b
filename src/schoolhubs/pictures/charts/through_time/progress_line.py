"""A measure from its baseline through the reviews, each with its interval, beside the target."""

import datetime
import math
from collections.abc import Callable, Iterator
from typing import Any

import polars as pl

from schoolhubs.pictures import palette
from schoolhubs.pictures.picture import Caption, Picture, pictured
from schoolhubs.pictures.svg import CHART_WIDTH, escaped, line, number, tag, words

LEFT, TOP, PLOT_HEIGHT, FOOT = 52, 62, 200, 34
RIGHT = CHART_WIDTH - 14
PAD = 18
STEPS = 5
HALF_A_MONTH = 38  # of the width of a month's name with its year
Place = Callable[[float], float]


def progress_line(
    table: pl.DataFrame,
    caption: Caption,
    *,
    baseline: float,
    target: float,
    starts_on: datetime.date,
    target_on: datetime.date,
    axis: str,
) -> Picture:
    """Draw figures through time, each with its interval, beside the baseline and the target.

    The axis does not begin at 0: it shows what changes.

    Parameters
    ----------
    table
        A row a figure: ``on`` (date), ``value``, ``low``, ``high`` (numbers; both ends of the
        interval missing where the noise is not known) and ``label`` (text for the mark).
    baseline, target
        Drawn as a dotted level line, and as a broken line from the baseline on ``starts_on`` to
        the target on ``target_on``.
    axis
        Words above the axis, with the unit.

    Examples
    --------
    >>> day = datetime.date
    >>> rows = pl.DataFrame(
    ...     {"on": [day(2027, 3, 26)], "value": [23.0], "low": [21.9], "high": [24.1],
    ...      "label": ["Review"]}
    ... )
    >>> said = Caption(key="p", title="Progress", sentence="23 %.", source="Invented.")
    >>> drawn = progress_line(
    ...     rows, said, baseline=24.1, target=22.1, starts_on=day(2026, 11, 30),
    ...     target_on=day(2027, 7, 16), axis="%",
    ... )
    >>> "Review, 26 March 2027: 23.00 (21.90 to 24.10)" in drawn.svg
    True
    """  # fmt: skip
    rows = sorted(table.iter_rows(named=True), key=lambda row: row["on"])
    ends: list[float | None] = [row[name] for row in rows for name in ("value", "low", "high")]
    heights = _heights([baseline, target, *(each for each in ends if each is not None)])
    days: list[datetime.date] = [starts_on, target_on, *(row["on"] for row in rows)]
    first, last = min(days), max(days)
    whole = max((last - first).days, 1)

    def across(day: datetime.date) -> float:
        return LEFT + PAD + (day - first).days / whole * (RIGHT - LEFT - 2 * PAD)

    def down(value: float) -> float:
        share = (value - heights[0]) / (heights[-1] - heights[0])
        return TOP + PLOT_HEIGHT * (1 - share)

    body = [words(axis, 0, TOP - 16, fill=palette.QUIET), *_legend(), *_grid(heights, down)]
    body.append(
        line(LEFT, down(baseline), RIGHT, down(baseline), stroke=palette.QUIET,
             stroke_width=1.5, stroke_dasharray="2 3")
    )  # fmt: skip
    way = (across(starts_on), down(baseline), across(target_on), down(target))
    body.append(line(*way, stroke=palette.TEAL, stroke_width=2.0, stroke_dasharray="8 4"))
    body += _days(sorted({starts_on, target_on, *(row["on"] for row in rows)}), across)
    body += _figures(rows, across, down)
    return pictured(caption, CHART_WIDTH, TOP + PLOT_HEIGHT + FOOT, body, table)


def _heights(values: list[float]) -> list[float]:
    """Choose round levels from below the lowest value to above the highest.

    >>> _heights([22.1, 24.1, 25.9])
    [22.0, 23.0, 24.0, 25.0, 26.0]
    """
    low, high = min(values), max(values)
    room = (high - low) or max(abs(high), 1.0)
    size = 10.0 ** math.floor(math.log10(room / STEPS))
    step = next(size * k for k in (1, 2, 2.5, 5, 10) if size * k * STEPS >= room)
    begin, end = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    if begin == end:
        begin, end = begin - 1, end + 1
    return [round(step * at, 9) for at in range(begin, end + 1)]


def _legend() -> Iterator[str]:
    yield line(0, 12, 28, 12, stroke=palette.BLUE, stroke_width=3.0)
    yield words("measured", 34, 17)
    yield line(128, 12, 156, 12, stroke=palette.QUIET, stroke_width=1.5, stroke_dasharray="2 3")
    yield words("baseline", 162, 17)
    yield line(250, 12, 278, 12, stroke=palette.TEAL, stroke_width=2.0, stroke_dasharray="8 4")
    yield words("way to the target", 284, 17)


def _grid(heights: list[float], down: Place) -> Iterator[str]:
    for height in heights:
        yield line(LEFT, down(height), RIGHT, down(height), stroke=palette.RULE)
        yield words(f"{height:,g}", LEFT - 6, down(height) + 5, text_anchor="end")


def _days(days: list[datetime.date], across: Callable[[datetime.date], float]) -> Iterator[str]:
    """Mark every day, and name the first, the last, and those between that have room."""
    foot = TOP + PLOT_HEIGHT
    yield line(LEFT, foot, RIGHT, foot, stroke=palette.INK)
    taken = [across(days[0]), across(days[-1])]
    for day in days:
        x = across(day)
        yield line(x, foot, x, foot + 5, stroke=palette.INK)
        is_end = day in (days[0], days[-1])
        if is_end or all(abs(x - each) > 62 for each in taken):
            taken.append(x)
            # Kept within the picture: its right edge cut the last month's year off.
            is_at_edge = x > CHART_WIDTH - HALF_A_MONTH
            place, anchor = (CHART_WIDTH, "end") if is_at_edge else (x, "middle")
            yield words(f"{day:%b %Y}", place, foot + 23, text_anchor=anchor)


def _figures(
    rows: list[dict[str, Any]], across: Callable[[datetime.date], float], down: Place
) -> Iterator[str]:
    places = [(across(row["on"]), down(row["value"])) for row in rows]
    if len(places) > 1:
        path = "M" + "L".join(f"{number(x)} {number(y)}" for x, y in places)
        yield tag("path", d=path, fill="none", stroke=palette.BLUE, stroke_width=3.0)
    for row, (x, y) in zip(rows, places, strict=True):
        said, shapes = f"{row['value']:.2f}", []
        if row["low"] is not None and row["high"] is not None:
            said += f" ({row['low']:.2f} to {row['high']:.2f})"
            ends = (down(row["low"]), down(row["high"]))
            shapes.append(line(x, ends[0], x, ends[1], stroke=palette.BLUE, stroke_width=2.0))
            shapes += [
                line(x - 6, end, x + 6, end, stroke=palette.BLUE, stroke_width=2.0) for end in ends
            ]
        ring = {"fill": palette.BLUE, "stroke": palette.WHITE, "stroke_width": 1.5}
        shapes.append(tag("circle", cx=x, cy=y, r=6.0, **ring))
        on = row["on"]
        told = f"{row['label']}, {on.day} {on:%B %Y}: {said}"
        yield tag("g", tag("title", escaped(told)), *shapes)
