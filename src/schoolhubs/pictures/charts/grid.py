"""Figures in a grid, such as year group by weekday: each with its number, shaded in steps."""

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from schoolhubs.pictures import palette
from schoolhubs.pictures.picture import Caption, Picture, pictured
from schoolhubs.pictures.svg import CHART_WIDTH, box, escaped, tag, words

LEFT, TOP, ROW, LEGEND = 92, 30, 38, 34
# Fill and ink of each step, palest first; ink stands out by 4.5 to 1 or more (a test keeps that).
SHADES = (
    (palette.WHITE, palette.INK),
    (palette.BLUE_PALE, palette.INK),
    (palette.BLUE_MIDDLE, palette.INK),
    (palette.BLUE, palette.WHITE),
)


def grid(
    table: pl.DataFrame,
    caption: Caption,
    *,
    row: str,
    column: str,
    value: str,
    steps: Sequence[float],
    decimals: int = 1,
) -> Picture:
    """Draw a number for each row and column, the shade telling in which step it lies.

    Parameters
    ----------
    table
        One line a cell; rows and columns are drawn in the order they come. A missing ``value``
        shows the cell's ``<value>_mark`` where there is such a column, else a dash.
    row, column, value
        Column names: text, text, number.
    steps
        Where the second, third and fourth shade begin, rising.

    Examples
    --------
    >>> cells = pl.DataFrame({"year": ["7", "7"], "day": ["Mon", "Tue"], "absence": [5.2, None]})
    >>> said = Caption(key="g", title="Absence", sentence="5.2 %.", source="Invented.")
    >>> drawn = grid(cells, said, row="year", column="day", value="absence", steps=(4, 6, 8))
    >>> "7, Mon: 5.2" in drawn.svg, "7, Tue: –" in drawn.svg
    (True, True)
    """
    rows = list(dict.fromkeys(table[row].to_list()))
    columns = list(dict.fromkeys(table[column].to_list()))
    pitch = (CHART_WIDTH - LEFT) / max(len(columns), 1)
    body = [
        words(name, LEFT + (at + 0.5) * pitch, TOP - 10, text_anchor="middle")
        for at, name in enumerate(columns)
    ]
    body += [words(name, 0, TOP + at * ROW + 24) for at, name in enumerate(rows)]
    for cell in table.iter_rows(named=True):
        x = LEFT + columns.index(cell[column]) * pitch
        y = TOP + rows.index(cell[row]) * ROW
        said = _said(cell, value, decimals)
        named = tag("title", escaped(f"{cell[row]}, {cell[column]}: {said}"))
        body.append(tag("g", named, *_cell(cell[value], said, x, y, pitch, steps)))
    foot = TOP + ROW * max(len(rows), 1)
    body += _legend(foot + 12, steps)
    return pictured(caption, CHART_WIDTH, foot + LEGEND, body, table)


def _said(cell: dict[str, Any], value: str, decimals: int) -> str:
    if cell[value] is None:
        return str(cell.get(f"{value}_mark") or "–")
    return f"{cell[value]:,.{decimals}f}"


def _cell(
    figure: float | None, said: str, x: float, y: float, width: float, steps: Sequence[float]
) -> Iterator[str]:
    fill, ink = SHADES[0 if figure is None else sum(figure >= step for step in steps)]
    yield box(x + 1, y + 1, width - 2, ROW - 2, fill=fill, stroke=palette.RULE, stroke_width=1)
    yield words(said, x + width / 2, y + 24, text_anchor="middle", fill=ink)


def _legend(y: float, steps: Sequence[float]) -> Iterator[str]:
    names = [f"under {steps[0]:g}", *(f"{step:g} or more" for step in steps)]
    pitch = CHART_WIDTH / len(names)
    for at, (name, (fill, _)) in enumerate(zip(names, SHADES, strict=True)):
        yield box(at * pitch + 1, y, 15, 15, fill=fill, stroke=palette.QUIET, stroke_width=1)
        yield words(name, at * pitch + 21, y + 13)
