"""Horizontal bars: counts, parts of wholes, and the steps of a funnel."""

import polars as pl

from schoolhubs.pictures import palette
from schoolhubs.pictures.picture import Caption, Picture, pictured
from schoolhubs.pictures.svg import CHART_WIDTH, box, escaped, tag, words

ROW = 42
BAR = 15
LONGEST_LABEL = 38


def _short(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1].rstrip()}…"


def _row(y: float, label: str, said: str, shapes: str) -> str:
    """Write the label above its bar, so that no label is ever cut off by a narrow page."""
    name = words(_short(label), 0, y + 14)
    figure = words(said, CHART_WIDTH, y + 14, text_anchor="end", font_weight="bold")
    return tag("g", tag("title", escaped(f"{label}: {said}")), name, figure, shapes)


def bars(
    table: pl.DataFrame,
    caption: Caption,
    *,
    label: str,
    value: str,
    whole: str | None = None,
) -> Picture:
    """Draw a bar for each row, in the order given; with ``whole``, as part of an outlined bar.

    Parameters
    ----------
    table
        One row a bar; all its columns stay in the picture's table.
    label, value, whole
        Column names: text, number, and the number that ``value`` is part of.

    Examples
    --------
    >>> rows = pl.DataFrame({"region": ["London"], "matched": [3], "eligible": [4]})
    >>> said = Caption(key="reach", title="London", sentence="3 of 4.", source="Invented.")
    >>> "3 of 4 (75%)" in bars(rows, said, label="region", value="matched", whole="eligible").svg
    True
    """
    longest = max([1, *table[whole or value].to_list()])
    scale = (CHART_WIDTH - 2) / longest
    shapes = []
    for at, row in enumerate(table.iter_rows(named=True)):
        y = at * ROW
        part = box(1, y + 21, row[value] * scale, BAR, fill=palette.BLUE)
        said = f"{row[value]:,}"
        if whole:
            frame = {"fill": palette.BLUE_PALE, "stroke": palette.BLUE, "stroke_width": 1}
            part = box(1, y + 21, row[whole] * scale, BAR, **frame) + part
            said = f"{said} of {row[whole]:,} ({_percent(row[value], row[whole])})"
        shapes.append(_row(y, str(row[label]), said, part))
    height = max(table.height, 1) * ROW
    return pictured(caption, CHART_WIDTH, height, shapes, table)


def _percent(part: float, whole: float) -> str:
    return f"{100 * part / whole:.0f}%" if whole else "none"


def funnel(table: pl.DataFrame, caption: Caption) -> Picture:
    """Draw the steps from all to those who stay, saying at each step who left.

    Parameters
    ----------
    table
        ``step`` (text), ``schools`` (count), ``left`` (text: who left on the way here, or blank).
    """
    longest = max([1, *table["schools"].to_list()])
    row_height = ROW + 34
    shapes = []
    for at, row in enumerate(table.iter_rows(named=True)):
        y = at * row_height
        width = row["schools"] * (CHART_WIDTH - 2) / longest
        bar = box(1, y + 21, width, BAR + 3, fill=palette.BLUE)
        if row["left"]:
            bar += words(row["left"], 0, y + 55, fill=palette.QUIET)
        shapes.append(_row(y, row["step"], f"{row['schools']:,}", bar))
    return pictured(caption, CHART_WIDTH, max(table.height, 1) * row_height - 12, shapes, table)
