"""One figure through the years, against the tenths of all schools like it."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import polars as pl

from schoolhubs.pictures import palette
from schoolhubs.pictures.picture import Caption, Picture, pictured
from schoolhubs.pictures.svg import CHART_WIDTH, escaped, line, number, tag, ticks, words

LEFT, TOP, PLOT_HEIGHT, FOOT = 46, 34, 210, 34
RIGHT = CHART_WIDTH - 62  # what follows is for the names of the bands
PAD = 24
BANDS = (("p10", "p90", palette.BLUE_FAINT), ("p30", "p70", palette.BLUE_PALE))
NAMED = (("p90", "9 in 10"), ("p50", "middle"), ("p10", "1 in 10"))
DRAWN = ("school", "p90", "p50")
NAME_HEIGHT = 17.0
Place = Callable[[float], float]


def trend(table: pl.DataFrame, caption: Caption, *, years: Sequence[str]) -> Picture:
    """Draw a school's figure year by year over the bands that other schools lie in.

    Parameters
    ----------
    table
        A row a year, earliest first: ``year``, ``school`` (missing where not published) and
        ``p10, p30, p50, p70, p90``: the figures that one, three, five, seven and nine in ten
        schools do not pass (missing where none are known).
    years
        Every year of the axis, earliest first, so that a year without figures leaves a gap: no
        line is drawn across it.

    Examples
    --------
    >>> row = {"year": ["2023/24"], "school": [6.0]}
    >>> row |= {f"p{each}0": [float(each)] for each in (1, 3, 5, 7, 9)}
    >>> said = Caption(key="t", title="Absence", sentence="6 %.", source="Invented.")
    >>> "This school, 2023/24: 6.0 %" in trend(pl.DataFrame(row), said, years=["2023/24"]).svg
    True
    """
    rows = {row["year"]: row for row in table.iter_rows(named=True)}
    figures = [row[name] for row in rows.values() for name in DRAWN if row[name] is not None]
    heights = ticks(max(figures, default=0.0), 5)
    pitch = (RIGHT - LEFT - 2 * PAD) / max(len(years) - 1, 1)
    across = {year: LEFT + PAD + at * pitch for at, year in enumerate(years)}

    def down(value: float) -> float:
        return TOP + PLOT_HEIGHT * (1 - value / heights[-1])

    body = [words("% of sessions missed", 0, 14, fill=palette.QUIET)]
    bands = list(_bands(rows, years, across, down))
    for height in heights:
        bands.append(line(LEFT, down(height), RIGHT, down(height), stroke=palette.RULE))
        body.append(words(f"{height:,g}", LEFT - 6, down(height) + 5, text_anchor="end"))
    body = [*bands, *body, *_axis(years, across)]
    body += [*_middle(rows, years, across, down), *_school(rows, years, across, down)]
    body += _names(rows, years, down)
    return pictured(caption, CHART_WIDTH, TOP + PLOT_HEIGHT + FOOT, body, table)


def _runs(
    rows: dict[str, dict[str, Any]], years: Sequence[str], *columns: str
) -> Iterator[list[str]]:
    """Give the stretches of years without a gap in which every column is known."""

    def is_known(year: str) -> bool:
        return year in rows and all(rows[year][name] is not None for name in columns)

    for known, stretch in itertools.groupby(years, is_known):
        if known:
            yield list(stretch)


def _bands(
    rows: dict[str, dict[str, Any]], years: Sequence[str], across: dict[str, float], down: Place
) -> Iterator[str]:
    """Draw the band most schools lie in, and in it the one of the four middle tenths."""
    for low, high, colour in BANDS:
        for run in _runs(rows, years, low, high):
            over, under = (_ends(rows, run, name, across, down) for name in (high, low))
            yield tag("path", d=f"{_path([*over, *reversed(under)])}Z", fill=colour)
            for edge in (over, under):
                yield tag("path", d=_path(edge), fill="none", stroke=palette.BLUE, stroke_width=0.6)


def _middle(
    rows: dict[str, dict[str, Any]], years: Sequence[str], across: dict[str, float], down: Place
) -> Iterator[str]:
    dotted = {"fill": "none", "stroke": palette.QUIET, "stroke_dasharray": "2 3"}
    for run in _runs(rows, years, "p50"):
        ends = _ends(rows, run, "p50", across, down)
        yield tag("path", d=_path(ends), stroke_width=1.5, **dotted)


def _ends(
    rows: dict[str, dict[str, Any]],
    run: Sequence[str],
    name: str,
    across: dict[str, float],
    down: Place,
) -> list[tuple[float, float]]:
    """Give the places of a column; a year that stands alone is as wide as a mark."""
    ends = [(across[year], down(rows[year][name])) for year in run]
    if len(ends) > 1:
        return ends
    x, y = ends[0]
    return [(x - PAD / 2, y), (x + PAD / 2, y)]


def _school(
    rows: dict[str, dict[str, Any]], years: Sequence[str], across: dict[str, float], down: Place
) -> Iterator[str]:
    for run in _runs(rows, years, "school"):
        ends = [(across[year], down(rows[year]["school"])) for year in run]
        yield tag("path", d=_path(ends), fill="none", stroke=palette.BLUE, stroke_width=3.0)
        for year, (x, y) in zip(run, ends, strict=True):
            told = f"This school, {year}: {rows[year]['school']:.1f} %"
            ring = {"fill": palette.BLUE, "stroke": palette.WHITE, "stroke_width": 1.5}
            yield tag("circle", tag("title", escaped(told)), cx=x, cy=y, r=5.0, **ring)


def _names(rows: dict[str, dict[str, Any]], years: Sequence[str], down: Place) -> Iterator[str]:
    """Name the bands' edges at the newest year, each clear of the one above it."""
    newest = next((rows[year] for year in reversed(years) if year in rows), None)
    floor = 0.0
    for name, said in NAMED:
        if newest and newest[name] is not None:
            floor = max(down(newest[name]) + 5, floor + NAME_HEIGHT)
            yield words(said, RIGHT + 4, floor, fill=palette.QUIET)


def _axis(years: Sequence[str], across: dict[str, float]) -> Iterator[str]:
    foot = TOP + PLOT_HEIGHT
    yield line(LEFT, foot, RIGHT, foot, stroke=palette.INK)
    step = 1 + max(len(years) - 1, 0) // 4
    # From the newest backwards, so that the newest always has its name.
    shown = set(list(reversed(years))[::step])
    for year in years:
        yield line(across[year], foot, across[year], foot + 5, stroke=palette.INK)
        if year in shown:
            yield words(year, across[year], foot + 23, text_anchor="middle")


def _path(ends: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in ends)
