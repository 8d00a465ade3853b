"""How values are spread, with a limit that some lie beyond."""

import math
from collections.abc import Callable, Mapping

import polars as pl

from schoolhubs.pictures import palette
from schoolhubs.pictures.picture import Caption, Picture, pictured
from schoolhubs.pictures.svg import CHART_WIDTH, box, line, striped, ticks, words

LEFT, TOP, PLOT_HEIGHT, FOOT = 54, 72, 200, 48
PLOT_WIDTH = CHART_WIDTH - LEFT - 8


def in_bins(values: pl.Series, *, step: float, up_to: float) -> pl.DataFrame:
    """Count values in bins ``[from, to)`` of equal width from 0; missing values are left out.

    >>> in_bins(pl.Series([0.0, 9.0, 10.0, None]), step=10, up_to=20)["schools"].to_list()
    [2, 1]
    """
    known = values.drop_nulls()
    n_bins = math.ceil(max(up_to, (float(known.max() or 0)) + 1e-9) / step)  # type: ignore[arg-type]
    place = (known / step).floor().cast(pl.Int64)
    counted = place.alias("bin").value_counts(name="schools")
    return (
        pl.DataFrame({"bin": range(n_bins)}, schema={"bin": pl.Int64})
        .join(counted, on="bin", how="left")
        .sort("bin")
        .select(
            from_minutes=pl.col("bin") * step,
            to_minutes=(pl.col("bin") + 1) * step,
            schools=pl.col("schools").fill_null(0).cast(pl.Int64),
        )
    )


def histogram(
    values: pl.Series,
    caption: Caption,
    *,
    step: float,
    limit: float,
    marks: Mapping[str, float],
    axis: str,
    limit_name: str,
) -> Picture:
    """Draw how often values occur; bins from the limit on are striped.

    Parameters
    ----------
    values
        Not negative; missing values are left out.
    step
        Width of a bin; the limit should be a multiple of it.
    marks
        Names and values to point out, such as the median.
    axis, limit_name
        Words below the axis, and beside the line at the limit.
    """
    table = in_bins(values, step=step, up_to=limit + step)
    heights = ticks(float(max(table["schools"].to_list())), 4)
    right = float(table["to_minutes"][-1])

    def across(value: float) -> float:
        return LEFT + value / right * PLOT_WIDTH

    def down(count: float) -> float:
        return TOP + PLOT_HEIGHT * (1 - count / heights[-1])

    body, foot = [], TOP + PLOT_HEIGHT
    for count in heights:
        body.append(line(LEFT, down(count), CHART_WIDTH, down(count), stroke=palette.RULE))
        body.append(words(f"{count:,g}", LEFT - 6, down(count) + 5, text_anchor="end"))
    for start, end, n in table.iter_rows():
        x, width, height = across(start) + 1, across(end) - across(start) - 2, foot - down(n)
        if n and start >= limit:
            body.append(striped(x, down(n), width, height, palette.ALERT))
        elif n:
            body.append(box(x, down(n), width, height, fill=palette.BLUE))
    body += _axis(right, across, axis)
    body += _marks({**marks, limit_name: limit}, across, limit_name)
    return pictured(caption, CHART_WIDTH, TOP + PLOT_HEIGHT + FOOT, body, table)


def _axis(right: float, across: Callable[[float], float], axis: str) -> list[str]:
    foot = TOP + PLOT_HEIGHT
    body = [line(LEFT, foot, CHART_WIDTH, foot, stroke=palette.INK)]
    for value in ticks(right, 6):
        if value <= right:
            body.append(line(across(value), foot, across(value), foot + 5, stroke=palette.INK))
            body.append(words(f"{value:,g}", across(value), foot + 21, text_anchor="middle"))
    return [*body, words(axis, CHART_WIDTH, foot + 42, text_anchor="end", fill=palette.QUIET)]


def _marks(
    marks: Mapping[str, float], across: Callable[[float], float], limit_name: str
) -> list[str]:
    """Point out values with lines, and name them above on the first level with room."""
    lines, names = [], []
    ends = [0.0] * LEVELS
    for name, value in sorted(marks.items(), key=lambda item: item[1]):
        x, room = across(value), LETTER * len(name)
        is_late = x + room > CHART_WIDTH
        left = x - room if is_late else x
        level = next((at for at, end in enumerate(ends) if end <= left), LEVELS - 1)
        ends[level] = left + room
        y = 14 + 20 * level
        ink = palette.ALERT if name == limit_name else palette.INK
        dashes = _DASHED if name == limit_name else _DOTTED
        lines.append(line(x, y + 4, x, TOP + PLOT_HEIGHT, stroke=ink, **dashes))
        halo = {"stroke": palette.WHITE, "stroke_width": 4.0, "paint_order": "stroke"}
        anchor = "end" if is_late else "start"
        names.append(
            words(name, x + (-5 if is_late else 5), y, fill=ink, text_anchor=anchor, **halo)
        )
    return [*lines, *names]


LEVELS = 3
LETTER = 10.5  # width of a letter as a telephone shows it, with a little air
_DASHED = {"stroke_width": 2.0, "stroke_dasharray": "6 4"}
_DOTTED = {"stroke_width": 1.0, "stroke_dasharray": "2 3"}
