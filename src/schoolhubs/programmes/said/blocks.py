"""Words in blocks: the same for a page, a printed copy and whatever comes next."""

import dataclasses
import datetime
import enum
from collections.abc import Iterable


class BlockKind(enum.StrEnum):
    """How a block is set."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    BULLETS = "bullets"
    TABLE = "table"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A piece of a section.

    Parameters
    ----------
    text
        A paragraph's or heading's words; a table's name.
    items
        A list's entries.
    heads, rows
        A table's columns and cells; the first cell of a row names it.
    """

    kind: BlockKind
    text: str = ""
    items: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A section: its key (unique, lower case and hyphens), its title and its blocks."""

    key: str
    title: str
    blocks: tuple[Block, ...]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Brochure:
    """A whole programme in words as at a date; ``notes`` stand before everything else."""

    programme_id: str
    title: str
    on: datetime.date
    notes: tuple[str, ...]
    sections: tuple[Section, ...]


def section(key: str, title: str, blocks: Iterable[Block]) -> Section:
    """Make a section."""
    return Section(key=key, title=title, blocks=tuple(blocks))


def paragraph(text: str) -> Block:
    """Make a paragraph."""
    return Block(kind=BlockKind.PARAGRAPH, text=text.strip())


def heading(text: str) -> Block:
    """Make a heading inside a section."""
    return Block(kind=BlockKind.HEADING, text=text)


def bullets(items: Iterable[str] | str) -> Block:
    """Make a list; a single text is a list of one."""
    listed = (items,) if isinstance(items, str) else items
    return Block(kind=BlockKind.BULLETS, items=tuple(str(each) for each in listed))


def table(name: str, heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Block:
    """Make a table."""
    return Block(kind=BlockKind.TABLE, text=name, heads=heads, rows=tuple(rows))
