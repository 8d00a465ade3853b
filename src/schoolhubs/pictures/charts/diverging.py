"""Diverging bars: of each question, good answers to the right and others to the left, by wave."""

import itertools
import textwrap
from collections.abc import Callable, Sequence
from typing import Any

import polars as pl

from schoolhubs.pictures import palette
from schoolhubs.pictures.picture import Caption, Picture, pictured
from schoolhubs.pictures.svg import CHART_WIDTH, box, escaped, line, number, striped, tag, words

LINE, BAR, WAVE, GAP, FOOT, EDGE = 20, 13, 40, 16, 46, 4
LONGEST_LINE, MOST_LINES = 54, 3
Row = dict[str, Any]


def diverging(table: pl.DataFrame, caption: Caption, *, right: str, left: str) -> Picture:
    """Draw a bar for each wave of each question: to the right of the line who answered well.

    A bar is always as long as all answers, so where it ends tells both parts; the part to the left
    is paler. The newest wave is filled, the ones before it are striped. Rows without a value say
    why and have no bar.

    Parameters
    ----------
    table
        ``label`` (text; rows of one question together), ``wave`` (text, oldest first), ``value``,
        ``low``, ``high`` (0-100; missing where not shown), ``said`` (the figure in words) and, if
        wanted, ``national`` (0-100 or missing) and ``change`` (text, told below the question).
    right, left
        What lies right and left of the line.

    Examples
    --------
    >>> rows = pl.DataFrame(
    ...     {
    ...         "label": ["I felt safe."], "wave": ["June 2026"], "value": [60.0],
    ...         "low": [52.0], "high": [68.0], "said": ["60 %"],
    ...     }
    ... )
    >>> said = Caption(key="d", title="Safe", sentence="60 %.", source="Invented.")
    >>> "June 2026: 60 % (52 to 68)" in diverging(rows, said, right="yes", left="no").svg
    True
    """
    middle = CHART_WIDTH / 2

    def across(value: float) -> float:
        """Place a share of good answers: all of them at the right edge, none in the middle."""
        return middle + value / 100 * (middle - EDGE)

    body, y = [], 0.0
    rows = table.iter_rows(named=True)
    for _, asked in itertools.groupby(rows, key=lambda row: row["label"]):
        drawn, y = _question(list(asked), y, across)
        body += drawn
    body.insert(0, line(middle, 0, middle, y, stroke=palette.RULE))
    quiet = {"fill": palette.QUIET}
    body.append(words(f"{left} \u25c0", middle - 8, y + 16, text_anchor="end", **quiet))
    body.append(words(f"\u25b6 {right}", middle + 8, y + 16, **quiet))
    if "national" in table.columns and table["national"].count():
        body.append(_diamond(EDGE + 8, y + 32))
        body.append(words("England, the same month", EDGE + 20, y + 37, **quiet))
    return pictured(caption, CHART_WIDTH, y + FOOT, body, table)


def _question(
    waves: Sequence[Row], y: float, across: Callable[[float], float]
) -> tuple[list[str], float]:
    """Draw one question from ``y`` down; give it with where the next one begins."""
    halo = {"stroke": palette.WHITE, "stroke_width": 4.0, "paint_order": "stroke"}
    drawn = []
    for part in _lines(waves[0]["label"]):
        drawn.append(words(part, 0, y + 15, font_weight="bold", **halo))
        y += LINE
    for row in waves:
        drawn.append(_wave(row, y, across, is_newest=row is waves[-1], halo=halo))
        y += WAVE if row["value"] is not None else LINE
    if told := waves[-1].get("change"):
        drawn.append(words(told, 0, y + 14, fill=palette.QUIET, **halo))
        y += LINE
    return drawn, y + GAP


def _lines(label: str) -> list[str]:
    return textwrap.wrap(label, LONGEST_LINE, max_lines=MOST_LINES, placeholder=" …")


def _wave(
    row: Row, top: float, across: Callable[[float], float], *, is_newest: bool, halo: dict[str, Any]
) -> str:
    said = f"{row['wave']}: {row['said']}"
    has_interval = row["value"] is not None and row["low"] is not None
    if has_interval:
        said = f"{said} ({row['low']:.0f} to {row['high']:.0f})"
    shapes = [words(said, 0, top + 14, **halo)]
    if row["value"] is not None:
        start, none, end = (across(at) for at in (row["value"] - 100, 0, row["value"]))
        bar = top + 20
        for x, width, colour in (
            (start, none - start, palette.BLUE_MIDDLE), (none, end - none, palette.BLUE),
        ):  # fmt: skip
            shapes.append(
                box(x, bar, width, BAR, fill=colour)
                if is_newest
                else striped(x, bar, width, BAR, colour)
            )
        shapes.append(line(none, bar - 2, none, bar + BAR + 2, stroke=palette.INK))
        if has_interval:
            centre = bar + BAR / 2
            low, high = across(row["low"]), across(row["high"])
            shapes.append(line(low, centre, high, centre, stroke=palette.WHITE, stroke_width=5.0))
            shapes.append(line(low, centre, high, centre, stroke=palette.INK, stroke_width=2.0))
        if row.get("national") is not None:
            shapes.append(_diamond(across(row["national"]), bar + BAR / 2))
    return tag("g", tag("title", escaped(f"{row['label']} {said}")), *shapes)


def _diamond(x: float, y: float) -> str:
    corners = ((x, y - 7), (x + 6, y), (x, y + 7), (x - 6, y))
    path = "L".join(f"{number(a)} {number(b)}" for a, b in corners)
    return tag("path", d=f"M{path}Z", fill=palette.ALERT, stroke=palette.WHITE, stroke_width=1.5)
