"""Tables that are read row by row, part below part, where the screen is narrow."""

import html
import re

from markupsafe import Markup

_HEAD = re.compile(r'<th scope="col"[^>]*>(.*?)</th>', re.DOTALL)
_ROW = re.compile(r"<tr\b[^>]*>.*?</tr>", re.DOTALL)
_CELL = re.compile(r"<(td|th)\b(?![^>]*\brole=)([^>]*)>")
_TAGS = re.compile(r"<[^>]*>")
_ROLES = (
    (re.compile(r"<thead\b"), '<thead role="rowgroup"'),
    (re.compile(r"<tbody\b"), '<tbody role="rowgroup"'),
    (re.compile(r"<tr\b"), '<tr role="row"'),
    (re.compile(r'<th scope="col"'), '<th scope="col" role="columnheader"'),
    (re.compile(r'<table class="'), '<table role="table" class="hubs-stacked '),
)


def stacked(table: str) -> Markup:
    """Let one table of a page stack on a narrow screen: each part of a row names its head.

    Styles take the rows apart there, and with them what a browser tells of a table; so its parts
    say themselves what they are.

    Examples
    --------
    >>> print(stacked('<table class="t"><thead><tr><th scope="col">A</th><th scope="col">B &amp; C'
    ...     '</th></tr></thead><tbody><tr><th scope="row">x</th><td>1</td></tr></tbody></table>'))
    ... # doctest: +ELLIPSIS
    <table role="table" class="hubs-stacked t">...<td role="cell" data-head="B &amp; C">1</td>...
    """
    heads = [
        html.escape(html.unescape(" ".join(_TAGS.sub(" ", each).split())))
        for each in _HEAD.findall(table)
    ]
    named = _ROW.sub(lambda row: _named(row[0], heads), table)
    for old, new in _ROLES:
        named = old.sub(new, named)
    return Markup(named)  # noqa: S704 - the page's own markup, escaped already; heads anew


def _named(row: str, heads: list[str]) -> str:
    if '<th scope="col"' in row:
        return row
    at = iter(heads)

    def cell(found: re.Match[str]) -> str:
        head = next(at, "")
        if found[1] == "th":
            return f'<th role="rowheader"{found[2]}>'
        return f'<td role="cell" data-head="{head}"{found[2]}>'

    return _CELL.sub(cell, row)
