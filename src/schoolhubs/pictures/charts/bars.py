"""Horizontal bars: counts, parts of wholes, and the steps of a funnel."""

import functools
import textwrap
from collections.abc import Callable

import polars as pl

from schoolhubs.pictures import palette
from schoolhubs.pictures.picture import Caption, Picture, pictured
from schoolhubs.pictures.svg import CHART_WIDTH, box, escaped, line, tag, words
from schoolhubs.vocabulary.words import signed

ROW = 42
LINE = 20
BAR = 15
LONGEST_LINE = 38


def _lines(label: str) -> list[str]:
    """Break a long label into two lines, so that it never runs into its figure."""
    return textwrap.wrap(label, LONGEST_LINE, max_lines=2, placeholder=" …") or [""]


def _row(y: float, label: str, said: str, shapes: Callable[[float], str]) -> tuple[str, float]:
    """Draw one row from ``y`` down: label above its bar; give it with the height it took.

    ``shapes`` draws the bar, given its top.
    """
    lines = _lines(label)
    named = [words(part, 0, y + 14 + LINE * at) for at, part in enumerate(lines)]
    figure = words(said, CHART_WIDTH, y + 14, text_anchor="end", font_weight="bold")
    extra = LINE * (len(lines) - 1)
    title = tag("title", escaped(f"{label}: {said}"))
    return tag("g", title, *named, figure, shapes(y + extra + 21)), ROW + extra


def bars(
    table: pl.DataFrame,
    caption: Caption,
    *,
    label: str,
    value: str,
    whole: str | None = None,
    decimals: int | None = None,
    written: str | None = None,
) -> Picture:
    """Draw a bar for each row, in the order given; with ``whole``, as part of an outlined bar.

    With ``decimals`` the values are signed amounts: bars go left and right from a line of zero.

    Parameters
    ----------
    table
        One row a bar; all its columns stay in the picture's table.
    label, value, whole
        Column names: text, number, and the number that ``value`` is part of.
    written
        Column with ``value`` as it is to be written, such as pence as pounds.

    Examples
    --------
    >>> rows = pl.DataFrame({"region": ["London"], "matched": [3], "eligible": [4]})
    >>> said = Caption(key="reach", title="London", sentence="3 of 4.", source="Invented.")
    >>> "3 of 4 (75%)" in bars(rows, said, label="region", value="matched", whole="eligible").svg
    True
    """
    if decimals is not None:
        return _signed(table, caption, label, value, decimals)
    longest = max([1, *table[whole or value].to_list()])
    scale = (CHART_WIDTH - 2) / longest
    drawn, y = [], 0.0
    for row in table.iter_rows(named=True):
        said = row[written] if written else f"{row[value]:,}"
        if whole:
            said = f"{said} of {row[whole]:,} ({_percent(row[value], row[whole])})"
        widths = (row[value] * scale, row[whole] * scale if whole else 0.0)
        shape, height = _row(y, str(row[label]), said, functools.partial(_bar, *widths))
        drawn.append(shape)
        y += height
    return pictured(caption, CHART_WIDTH, max(y, ROW), drawn, table)


def _signed(
    table: pl.DataFrame, caption: Caption, label: str, value: str, decimals: int
) -> Picture:
    """Draw amounts of both signs, each with its sign, from one line of zero.

    >>> rows = pl.DataFrame({"piece": ["Last year", "Size"], "points": [0.42, -0.1]})
    >>> said = Caption(key="why", title="Why", sentence="Both.", source="Invented.")
    >>> drawn = bars(rows, said, label="piece", value="points", decimals=2).svg
    >>> "Last year: +0.42" in drawn, "Size: \u22120.10" in drawn
    (True, True)
    """
    amounts = table[value].to_list()
    lowest, highest = min([0.0, *amounts]), max([0.0, *amounts])
    scale = (CHART_WIDTH - 2) / max(highest - lowest, 1e-9)
    zero = 1 - lowest * scale

    def shapes(amount: float, top: float) -> str:
        length = abs(amount) * scale
        start = zero if amount > 0 else zero - length
        colour = palette.ALERT if amount > 0 else palette.BLUE
        axis = line(zero, top - 3, zero, top + BAR + 3, stroke=palette.INK)
        return box(start, top, length, BAR, fill=colour) + axis

    drawn, y = [], 0.0
    for row in table.iter_rows(named=True):
        said = signed(row[value], decimals)
        shape, height = _row(y, str(row[label]), said, functools.partial(shapes, row[value]))
        drawn.append(shape)
        y += height
    return pictured(caption, CHART_WIDTH, max(y, ROW), drawn, table)


def _bar(part: float, whole: float, top: float) -> str:
    frame = {"fill": palette.BLUE_PALE, "stroke": palette.BLUE, "stroke_width": 1}
    outline = box(1, top, whole, BAR, **frame) if whole else ""
    return outline + box(1, top, part, BAR, fill=palette.BLUE)


def _percent(part: float, whole: float) -> str:
    return f"{100 * part / whole:.0f}%" if whole else "none"


def funnel(table: pl.DataFrame, caption: Caption) -> Picture:
    """Draw the steps from all to those who stay, saying at each step who left.

    Parameters
    ----------
    table
        ``step`` (text), ``schools`` (count), ``left`` (text: who left on the way here, or blank).
    """
    scale = (CHART_WIDTH - 2) / max([1, *table["schools"].to_list()])
    drawn, y = [], 0.0
    for row in table.iter_rows(named=True):
        bar = functools.partial(_bar, row["schools"] * scale, 0.0)
        shape, height = _row(y, row["step"], f"{row['schools']:,}", bar)
        y += height
        drawn += [shape, words(row["left"], 0, y + 13, fill=palette.QUIET)]
        y += LINE + 14
    return pictured(caption, CHART_WIDTH, max(y - 12, ROW), drawn, table)
