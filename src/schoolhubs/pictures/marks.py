"""The shape that stands for each phase, so that no map relies on colour."""

from collections.abc import Mapping

from schoolhubs.pictures import palette
from schoolhubs.pictures.svg import number, tag

# Corners on a circle of radius 1, y downwards; a phase that is absent here is drawn as a circle.
_SQUARE = ((-0.85, -0.85), (0.85, -0.85), (0.85, 0.85), (-0.85, 0.85))
_TRIANGLE = ((0.0, -1.15), (1.0, 0.75), (-1.0, 0.75))
_DIAMOND = ((0.0, -1.2), (1.0, 0.0), (0.0, 1.2), (-1.0, 0.0))
_UPSIDE = tuple((x, -y) for x, y in _TRIANGLE)
_CORNERS: Mapping[str, tuple[tuple[float, float], ...]] = {
    "secondary": _SQUARE,
    "middle_deemed_secondary": _SQUARE,
    "all_through": _TRIANGLE,
    "special": _DIAMOND,
    "alternative_provision": _UPSIDE,
}
LEGEND_MARKS: Mapping[str, str] = {
    "primary": "primary",
    "middle_deemed_primary": "middle, deemed primary",
    "secondary": "secondary",
    "middle_deemed_secondary": "middle, deemed secondary",
    "all_through": "all-through",
    "special": "special",
    "alternative_provision": "alternative provision",
    "nursery": "nursery",
    "sixteen_plus": "16 plus",
    "other": "other",
}


def mark(phase: str, x: float, y: float, radius: float = 5.5) -> str:
    """Draw the shape of a phase at a place.

    >>> mark("primary", 1, 2).startswith("<circle")
    True
    """
    look = {"fill": palette.INK, "stroke": palette.WHITE, "stroke_width": 1.4}
    corners = _CORNERS.get(phase)
    if corners is None:
        return tag("circle", cx=float(x), cy=float(y), r=radius, **look)
    places = (
        f"{number(x + radius * right)} {number(y + radius * down)}" for right, down in corners
    )
    return tag("path", d=f"M{'L'.join(places)}Z", **look)
