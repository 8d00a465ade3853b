"""Just enough SVG: tags, escaped text, short numbers, and one frame round every drawing."""

import math
import re
from collections.abc import Iterable
from html import escape

from schoolhubs.pictures.palette import INK

CHART_WIDTH = 480
FONT_SIZE = 15
# Characters that neither XML nor HTML allows, even escaped.
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def number(value: float) -> str:
    """Write a coordinate with at most one decimal.

    >>> number(3.0), number(2.25), number(-0.01)
    ('3', '2.2', '0')
    """
    short = f"{value:.1f}".removesuffix(".0")
    return "0" if short == "-0" else short


def escaped(words: object) -> str:
    """Make any text safe between tags and in attributes.

    >>> escaped('St <b>"X"</b>')
    'St &lt;b&gt;&quot;X&quot;&lt;/b&gt;'
    """
    return escape(_NOT_TEXT.sub("", str(words)))


def tag(name: str, *inside: str, **attributes: object) -> str:
    """Write one element. ``inside`` is finished SVG; attribute values are escaped.

    Underscores in attribute names become hyphens, one at the end is dropped.

    >>> tag("g", tag("path", d="M0 0h1"), stroke_width=2.0, class_="a")
    '<g stroke-width="2" class="a"><path d="M0 0h1"/></g>'
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="'
        f'{number(value) if isinstance(value, float) else escaped(value)}"'
        for key, value in attributes.items()
    )
    return f"<{name}{written}>{''.join(inside)}</{name}>" if inside else f"<{name}{written}/>"


def words(said: object, x: float, y: float, **attributes: object) -> str:
    """Write text at a place; the text is escaped."""
    return tag("text", escaped(said), x=float(x), y=float(y), **attributes)


def line(x1: float, y1: float, x2: float, y2: float, **attributes: object) -> str:
    """Draw a straight line."""
    return tag("path", d=f"M{number(x1)} {number(y1)}L{number(x2)} {number(y2)}", **attributes)


def box(x: float, y: float, width: float, height: float, **attributes: object) -> str:
    """Draw a rectangle."""
    sides = {"width": float(max(width, 0)), "height": float(max(height, 0))}
    return tag("rect", x=float(x), y=float(y), **sides, **attributes)


def striped(x: float, y: float, width: float, height: float, colour: str) -> str:
    """Draw a rectangle of level stripes, told apart from a plain one without colour.

    The stripes are one broad dashed line: a pattern fill would make printed pages huge.
    """
    middle = x + width / 2
    bars = line(middle, y + height, middle, y, stroke=colour, stroke_width=float(width))
    stripes = bars.replace("/>", ' stroke-dasharray="2 2"/>')
    return stripes + box(x, y, width, height, fill="none", stroke=colour, stroke_width=0.8)


def drawing(
    key: str, width: float, height: float, *, title: str, about: str, body: Iterable[str]
) -> str:
    """Frame a drawing: an image with a title and a description for those who do not see it.

    ``key`` makes its ids unique in a page. The drawing scales to the width it is given.
    """
    named = tag("title", escaped(title), id=f"{key}-title")
    told = tag("desc", escaped(about), id=f"{key}-desc")
    return tag(
        "svg",
        named,
        told,
        *body,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {number(width)} {number(height)}",
        class_=f"picture {key}",
        role="img",
        aria_labelledby=f"{key}-title {key}-desc",
        font_family="system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif",
        font_size=FONT_SIZE,
        fill=INK,
    )


def ticks(maximum: float, most: int = 5) -> list[float]:
    """Choose round numbers from 0 up to at least ``maximum``, at most ``most`` + 1 of them.

    >>> ticks(83), ticks(0)
    ([0.0, 20.0, 40.0, 60.0, 80.0, 100.0], [0.0, 1.0])
    """
    if maximum <= 0:
        return [0.0, 1.0]
    size = 10.0 ** math.floor(math.log10(maximum / most))
    step = next(size * k for k in (1, 2, 2.5, 5, 10) if size * k * most >= maximum)
    step = max(step, 1.0)
    return [step * i for i in range(math.ceil(maximum / step) + 1)]
