"""Colours of every picture: few, calm, and told apart without colour too."""

INK = "#0b0c0c"
QUIET = "#484949"
RULE = "#b1b4b6"
LAND = "#c3ccd4"
BLUE = "#1d5f99"
BLUE_MIDDLE = "#9cc0de"
BLUE_PALE = "#d5e4f1"
BLUE_FAINT = "#eef4f9"
TEAL = "#0f6b5c"
PLUM = "#6a3f8c"
ALERT = "#a8360b"
ALERT_PALE = "#c67c60"
WHITE = "#ffffff"

TEXT_COLOURS = (INK, QUIET, BLUE, TEAL, PLUM, ALERT)
MARK_COLOURS = (*TEXT_COLOURS, ALERT_PALE)
PATHWAY_COLOURS = (BLUE, TEAL, PLUM)


def _channel(value: int) -> float:
    share = value / 255
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)


def _luminance(colour: str) -> float:
    red, green, blue = (_channel(int(colour[i : i + 2], 16)) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    """Give the contrast ratio of two ``#rrggbb`` colours, 1 to 21 (WCAG 2.2, relative luminance).

    >>> round(contrast("#000000", "#ffffff"))
    21
    """
    darker, lighter = sorted((_luminance(first), _luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)
