"""How full each hub is: one column a hub, its places as the outline."""

import polars as pl

from schoolhubs.pictures import palette
from schoolhubs.pictures.picture import Caption, Picture, pictured
from schoolhubs.pictures.svg import CHART_WIDTH, box, escaped, hatch, line, tag, ticks
from schoolhubs.pictures.svg import words as said

LEFT, TOP, PLOT_HEIGHT, FOOT = 46, 40, 190, 30


def load_chart(table: pl.DataFrame, caption: Caption) -> Picture:
    """Draw a column for each hub: places taken before, places filled now, places still free.

    Parameters
    ----------
    table
        ``lead_name`` (text), ``n_places``, ``n_running``, ``n_matched`` (counts); one row a hub.
        Columns are drawn from the fullest to the emptiest; equal ones keep their order.

    Notes
    -----
    These are counts, exact and not estimates, so sorting them ranks no school.
    """
    used = pl.col("n_running") + pl.col("n_matched")
    filled = table.sort(used / pl.max_horizontal("n_places", 1), descending=True)
    heights = ticks(float(filled.select(pl.max_horizontal("n_places", used).max()).item() or 0), 4)
    scale = PLOT_HEIGHT / heights[-1]
    foot = TOP + PLOT_HEIGHT
    body = [hatch(f"{caption.key}-before", palette.QUIET), *_legend(caption.key)]
    for count in heights:
        y = foot - count * scale
        body.append(line(LEFT, y, CHART_WIDTH, y, stroke=palette.RULE))
        body.append(said(f"{count:,.0f}", LEFT - 6, y + 5, text_anchor="end"))
    pitch = min((CHART_WIDTH - LEFT - 4) / max(filled.height, 1), 40)
    for at, row in enumerate(filled.iter_rows(named=True)):
        body.append(_column(row, LEFT + 4 + at * pitch, pitch, foot, scale, caption.key))
    body.append(line(LEFT, foot, CHART_WIDTH, foot, stroke=palette.INK))
    note = f"{filled.height:,} hubs, fullest first"
    body.append(said(note, CHART_WIDTH, foot + 22, text_anchor="end", fill=palette.QUIET))
    return pictured(caption, CHART_WIDTH, foot + FOOT, body, table)


def _column(
    row: dict[str, object], x: float, pitch: float, foot: float, scale: float, key: str
) -> str:
    places, running, matched = (
        int(str(row[name])) for name in ("n_places", "n_running", "n_matched")
    )
    width = pitch * 0.78
    told = f"{row['lead_name']}: {matched} matched, {running} running, {places} places"
    before = {"fill": f"url(#{key}-before)", "stroke": palette.QUIET, "stroke_width": 0.6}
    free = {"fill": palette.WHITE, "stroke": palette.BLUE, "stroke_width": 1}
    now = {"fill": palette.BLUE}
    shapes = [box(x, foot - places * scale, width, places * scale, **free)]
    if running:
        shapes.append(box(x, foot - running * scale, width, running * scale, **before))
    if matched:
        top = foot - (running + matched) * scale
        shapes.append(box(x, top, width, matched * scale, **now))
    return tag("g", tag("title", escaped(told)), *shapes)


def _legend(key: str) -> list[str]:
    looks = {
        "matched now": {"fill": palette.BLUE},
        "running": {"fill": f"url(#{key}-before)", "stroke": palette.QUIET},
        "free": {"fill": palette.WHITE, "stroke": palette.BLUE},
    }
    body = []
    for name, x in zip(looks, (LEFT, LEFT + 140, LEFT + 240), strict=True):
        body.append(box(x, 4, 15, 15, **looks[name]))
        body.append(said(name, x + 22, 17))
    return body
