"""A funnel plot: each school's figure by its size, within the limits that chance alone draws."""

from collections.abc import Callable, Iterator, Sequence

import polars as pl

from schoolhubs.pictures import palette
from schoolhubs.pictures.picture import Caption, Picture, pictured
from schoolhubs.pictures.svg import CHART_WIDTH, escaped, line, number, tag, ticks, words

LEFT, TOP, PLOT_HEIGHT, FOOT = 46, 34, 260, 50
WIDE, NARROW = "high_998", "high_95"
# Of each limit: its two columns, how its line is broken, and its name at the right.
LIMITS = (("low_95", NARROW, "6 3", "95 %"), ("low_998", WIDE, "2 3", "99.8 %"))
Place = Callable[[float], float]


def funnel_plot(
    schools: pl.DataFrame, limits: pl.DataFrame, caption: Caption, *, axis: str, marked: str = ""
) -> Picture:
    """Draw schools as dots over the limits that chance draws round the middle, by size.

    Parameters
    ----------
    schools
        ``name`` (text), ``size`` (number over 0), ``value`` (percent); one row a school. Schools
        with either missing are not drawn.
    limits
        By ``size``, rising: ``middle``, ``low_95``, ``high_95``, ``low_998``, ``high_998``
        (percent). How far schools differ by more than chance is in them already.
    axis
        Words below the axis: what ``size`` is.
    marked
        Name of the school to point out.

    Notes
    -----
    It is no ranking: within the limits, schools cannot be told apart.

    Examples
    --------
    >>> schools = pl.DataFrame({"name": ["Elm"], "size": [200.0], "value": [6.0]})
    >>> lines = {"size": [50.0, 400.0], "middle": [5.0, 5.0]}
    >>> lines |= {"low_95": [2.0, 4.0], "high_95": [8.0, 6.0]}
    >>> lines |= {"low_998": [1.0, 3.5], "high_998": [9.0, 6.5]}
    >>> said = Caption(key="f", title="Absence", sentence="As chance has it.", source="Invented.")
    >>> drawn = funnel_plot(schools, pl.DataFrame(lines), said, axis="pupils", marked="Elm")
    >>> "Elm: 6.0 %, size 200" in drawn.svg
    True
    """
    known = schools.drop_nulls(["size", "value"])
    highest = [*known["value"].to_list(), *limits[NARROW].to_list()]
    heights = ticks(max(highest, default=0.0), 6)
    widths = ticks(float(max([*known["size"].to_list(), *limits["size"].to_list(), 1.0])), 5)

    def across(size: float) -> float:
        return LEFT + size / widths[-1] * (CHART_WIDTH - LEFT - 10)

    def down(value: float) -> float:
        share = min(max(value, 0.0) / heights[-1], 1.0)
        return TOP + PLOT_HEIGHT * (1 - share)

    body = [words("% of sessions missed", 0, 14, fill=palette.QUIET)]
    body += _axes(heights, widths, across, down, axis)
    body += _dots(known.filter(pl.col("name") != marked), across, down)
    body += _limits(limits, across, down)
    body += _marked(known.filter(pl.col("name") == marked), across, down)
    return pictured(caption, CHART_WIDTH, TOP + PLOT_HEIGHT + FOOT, body, schools)


def _axes(
    heights: Sequence[float], widths: Sequence[float], across: Place, down: Place, axis: str
) -> Iterator[str]:
    foot = TOP + PLOT_HEIGHT
    for each in heights:
        yield line(LEFT, down(each), CHART_WIDTH, down(each), stroke=palette.RULE)
        yield words(f"{each:,g}", LEFT - 6, down(each) + 5, text_anchor="end")
    yield line(LEFT, foot, CHART_WIDTH, foot, stroke=palette.INK)
    for each in widths:
        anchor = {"text_anchor": "end" if each == widths[-1] else "middle"}
        yield words(
            f"{each:,g}", across(each) + (10 if each == widths[-1] else 0), foot + 21, **anchor
        )
    yield words(axis, CHART_WIDTH, foot + 42, text_anchor="end", fill=palette.QUIET)


def _dots(schools: pl.DataFrame, across: Place, down: Place) -> Iterator[str]:
    """Draw all dots with one path; schools that fall on one spot are drawn once."""
    spots = {
        (round(across(size)), round(down(value)))
        for size, value in schools.select("size", "value").iter_rows()
    }
    if spots:
        drawn = "".join(f"M{x} {y}h0" for x, y in sorted(spots))
        dot = {"stroke": palette.LAND, "stroke_width": 3.0, "stroke_linecap": "round"}
        yield tag("path", d=drawn, fill="none", **dot)


def _limits(limits: pl.DataFrame, across: Place, down: Place) -> Iterator[str]:
    yield _curve(limits, "middle", across, down, stroke=palette.INK, stroke_width=1.5)
    floor = 0.0
    for low, high, dashes, name in reversed(LIMITS):
        for column in (low, high):
            broken = {"stroke": palette.BLUE, "stroke_dasharray": dashes}
            yield _curve(limits, column, across, down, stroke_width=1.5, **broken)
        if limits.height:
            floor = max(down(limits[high][-1]) - 4, floor + 17)
            yield words(name, CHART_WIDTH, floor, text_anchor="end", fill=palette.BLUE)


def _curve(
    limits: pl.DataFrame, column: str, across: Place, down: Place, **attributes: object
) -> str:
    spots = [
        f"{number(across(size))} {number(down(value))}"
        for size, value in limits.select("size", column).iter_rows()
    ]
    return tag("path", d="M" + "L".join(spots), fill="none", **attributes) if spots else ""


def _marked(schools: pl.DataFrame, across: Place, down: Place) -> Iterator[str]:
    for row in schools.iter_rows(named=True):
        told = f"{row['name']}: {row['value']:.1f} %, size {row['size']:,.0f}"
        ring = {"fill": palette.ALERT, "stroke": palette.WHITE, "stroke_width": 1.5}
        x, y = across(row["size"]), down(row["value"])
        yield tag("circle", tag("title", escaped(told)), cx=x, cy=y, r=7.0, **ring)
