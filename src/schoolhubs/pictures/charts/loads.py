"""How full each hub is: one column a hub, its places as the outline."""

import polars as pl

from schoolhubs.pictures import palette
from schoolhubs.pictures.picture import Caption, Picture, pictured
from schoolhubs.pictures.svg import CHART_WIDTH, box, escaped, line, striped, tag, ticks
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
    body = _legend()
    for count in heights:
        y = foot - count * scale
        body.append(line(LEFT, y, CHART_WIDTH, y, stroke=palette.RULE))
        body.append(said(f"{count:,g}", LEFT - 6, y + 5, text_anchor="end"))
    pitch = min((CHART_WIDTH - LEFT - 4) / max(filled.height, 1), 40)
    for at, row in enumerate(filled.iter_rows(named=True)):
        body.append(_column(row, LEFT + 4 + at * pitch, pitch, foot, scale))
    body.append(line(LEFT, foot, CHART_WIDTH, foot, stroke=palette.INK))
    note = f"{filled.height:,} hubs, fullest first"
    body.append(said(note, CHART_WIDTH, foot + 22, text_anchor="end", fill=palette.QUIET))
    return pictured(caption, CHART_WIDTH, foot + FOOT, body, table)


def _column(row: dict[str, object], x: float, pitch: float, foot: float, scale: float) -> str:
    places, running, matched = (
        int(str(row[name])) for name in ("n_places", "n_running", "n_matched")
    )
    width = pitch * 0.78
    told = f"{row['lead_name']}: {matched} matched, {running} running, {places} places"
    free = {"fill": palette.WHITE, "stroke": palette.BLUE, "stroke_width": 1}
    now = {"fill": palette.BLUE}
    shapes = [box(x, foot - places * scale, width, places * scale, **free)]
    if running:
        shapes.append(striped(x, foot - running * scale, width, running * scale, palette.QUIET))
    if matched:
        top = foot - (running + matched) * scale
        shapes.append(box(x, top, width, matched * scale, **now))
    return tag("g", tag("title", escaped(told)), *shapes)


def _legend() -> list[str]:
    free = {"fill": palette.WHITE, "stroke": palette.BLUE, "stroke_width": 1}
    return [
        box(LEFT, 4, 15, 15, fill=palette.BLUE),
        said("matched now", LEFT + 22, 17),
        striped(LEFT + 150, 4, 15, 15, palette.QUIET),
        said("running", LEFT + 172, 17),
        box(LEFT + 260, 4, 15, 15, **free),
        said("free", LEFT + 282, 17),
    ]
