"""Reads a page as a person does: its tables by caption, its headings, its lists, its insets."""

import html.parser
from collections import defaultdict
from typing import Any

VOID = {"br", "img", "input", "link", "meta", "hr", "path", "circle", "rect", "line", "use"}


class Page(html.parser.HTMLParser):
    """One page.

    ``tables`` maps a caption to its rows of cells, ``headings`` a level to its texts, ``items``
    the id of a section's heading to the texts of the lists under it, ``insets`` what is set in.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self.headings: dict[str, list[str]] = defaultdict(list)
        self.items: dict[str, list[str]] = defaultdict(list)
        self.insets: list[str] = []
        self.paragraphs: list[str] = []
        self._open: list[tuple[str, str, list[str]]] = []
        self._section, self._rows = "", [[""]][:0]
        self._row: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag in VOID:
            self.handle_data(" ")
            return
        if tag == "section":
            self._section = told.get("aria-labelledby") or ""
        if tag == "table":
            self._rows = []
        if tag == "tr":
            self._row = []
        self._open.append((tag, told.get("class") or "", []))

    def handle_data(self, data: str) -> None:
        for _, _, text in self._open:
            text.append(data)

    def handle_endtag(self, tag: str) -> None:
        while self._open:
            name, kind, text = self._open.pop()
            self._closed(name, kind, " ".join("".join(text).split()))
            if name == tag:
                return

    def _closed(self, tag: str, kind: str, text: str) -> None:
        if tag == "caption":
            self.tables[text] = self._rows
        elif tag in {"th", "td"}:
            self._row.append(text)
        elif tag == "tr":
            self._rows.append(self._row)
        elif tag in {"h1", "h2", "h3"}:
            self.headings[tag].append(text)
        elif tag == "li":
            self.items[self._section].append(text)
        elif tag == "p":
            self.paragraphs.append(text)
        elif "govuk-inset-text" in kind:
            self.insets.append(text)


def spoken(*parts: Any) -> str:
    """Join words as a page shows them, its white space as one."""
    return " ".join(" ".join(str(part) for part in parts if part not in ("", None)).split())
