"""Figures with what is known of them: a row each, its interval as a bar on one shared axis."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import polars as pl

from schoolhubs.pictures import palette
from schoolhubs.pictures.picture import Caption, Picture, pictured
from schoolhubs.pictures.svg import CHART_WIDTH, box, escaped, line, tag, ticks, words

ROW, TOP, FOOT, EDGE = 44, 12, 50, 8
BAR, DOT = 9, 6.0
Place = Callable[[float], float]


def estimates(
    table: pl.DataFrame, caption: Caption, *, axis: str, marked: str = "", decimals: int = 1
) -> Picture:
    """Draw a row for each figure, in the order given: a dot, and a bar for its interval.

    Rows whose figures cannot be told apart share a ``group``; a line closes each group, so that
    the order within one is not read as a ranking.

    Parameters
    ----------
    table
        ``label`` (text), ``value``, ``low``, ``high`` (numbers not below 0; both ends of the
        interval missing where the figure is exact) and, if wanted, ``group`` (text, rows of one
        group together).
    axis
        Words below the axis, with the unit.
    marked
        Label of the row to point out.

    Examples
    --------
    >>> rows = pl.DataFrame(
    ...     {"label": ["Expected"], "value": [6.2], "low": [5.4], "high": [7.1]}
    ... )
    >>> said = Caption(key="e", title="Expected", sentence="6.2 %.", source="Invented.")
    >>> "Expected: 6.2 (5.4 to 7.1)" in estimates(rows, said, axis="% missed").svg
    True
    """
    ends = [each for name in ("value", "high") for each in table[name].drop_nulls().to_list()]
    scale = ticks(max([1.0, *ends]), 6)

    def across(value: float) -> float:
        return EDGE + value / scale[-1] * (CHART_WIDTH - 2 * EDGE)

    foot = TOP + ROW * max(table.height, 1)
    body = [line(across(each), TOP, across(each), foot, stroke=palette.RULE) for each in scale]
    for at, row in enumerate(table.iter_rows(named=True)):
        body.append(_row(row, TOP + at * ROW, across, row["label"] == marked, decimals))
    body += _groups(table)
    body.append(line(EDGE, foot, CHART_WIDTH - EDGE, foot, stroke=palette.INK))
    for each in scale:
        anchor = "end" if each == scale[-1] else "middle"
        body.append(words(f"{each:,g}", across(each), foot + 20, text_anchor=anchor))
    body.append(words(axis, CHART_WIDTH, foot + 42, text_anchor="end", fill=palette.QUIET))
    return pictured(caption, CHART_WIDTH, foot + FOOT, body, table)


def _row(row: dict[str, Any], top: float, across: Place, is_marked: bool, decimals: int) -> str:
    said = f"{row['value']:.{decimals}f}"
    is_exact = row["low"] is None or row["high"] is None
    if not is_exact:
        said = f"{said} ({row['low']:.{decimals}f} to {row['high']:.{decimals}f})"
    ink = palette.ALERT if is_marked else palette.BLUE
    heavy = {"font_weight": "bold"} if is_marked else {}
    middle = top + 32
    halo = {"stroke": palette.WHITE, "stroke_width": 4.0, "paint_order": "stroke"}
    shapes = [
        words(
            _short(row["label"], LETTERS - len(said) - (4 if is_marked else 0)),
            EDGE,
            top + 17,
            **halo,
            **heavy,
        ),
        words(said, CHART_WIDTH - EDGE, top + 17, text_anchor="end", **halo, **heavy),
    ]
    if not is_exact:
        left, right = across(row["low"]), across(row["high"])
        shape = {"fill": palette.BLUE_PALE, "stroke": ink, "stroke_width": 1}
        shapes.append(box(left, middle - BAR / 2, right - left, BAR, **shape))
    ring = {"fill": ink, "stroke": palette.WHITE, "stroke_width": 1.5}
    shapes.append(tag("circle", cx=across(row["value"]), cy=float(middle), r=DOT, **ring))
    return tag("g", tag("title", escaped(f"{row['label']}: {said}")), *shapes)


def _short(label: str, room: int) -> str:
    """Cut a label that would run into its figure; the whole one stays in title and table."""
    return label if len(label) <= room else f"{label[: room - 1].rstrip()}…"


def _groups(table: pl.DataFrame) -> Iterator[str]:
    """Close each group of rows with a broken line across."""
    if "group" not in table.columns:
        return
    groups = table["group"].to_list()
    for at, (above, below) in enumerate(itertools.pairwise(groups), start=1):
        if above != below:
            y = TOP + at * ROW + 1
            yield line(0, y, CHART_WIDTH, y, stroke=palette.QUIET, stroke_dasharray="6 4")


LETTERS = 52  # letters of one line across a chart, with a little air
