"""Which kind of published file a header belongs to, from the declarations in the YAML beside."""

import dataclasses
import functools
import importlib.resources
from collections.abc import Mapping, Sequence
from typing import Any

from schoolhubs.vocabulary.written.stored import read_facts

ALIKE_SHARE = 0.6


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One source column that is read: the name it gets here and how its cells are read."""

    heading: str
    name: str
    type: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What two columns may not be in any row: ``at_most`` above the other, ``differs`` the same."""

    asks: str
    first: str
    second: str
    because: str
    up_to_share: float = 0.0


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A kind of published file; ``layouts.yaml`` says what each field means."""

    kind: str
    title: str
    publisher: str
    recognised_by: tuple[str, ...]
    gives: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    not_with: tuple[str, ...] = ()
    series: str = ""
    dated_by: str = "nothing"
    needs_year: bool = False
    encoding: str = "utf-8"
    date_format: str = "%Y-%m-%d"
    unique: tuple[str, ...] = ()
    quirks: tuple[str, ...] = ()
    columns: tuple[Source, ...] = ()
    rules: tuple[Rule, ...] = ()
    header: tuple[str, ...] = ()
    header_since_report_cards: tuple[str, ...] = ()
    half_terms: Mapping[str, int] = dataclasses.field(default_factory=dict)
    nulls: tuple[str, ...] = ()
    blank_urn: str = ""
    spills: str = ""
    title_lines: int = 0
    at_most_columns: int = 0
    at_least_columns: int = 0
    reader: str = "table"

    def fits(self, keys: frozenset[str]) -> bool:
        """Tell whether a header, as :func:`key` words, belongs to this layout."""
        if self.reader != "table" or not keys.issuperset(map(key, self.recognised_by)):
            return False
        if self.any_of and keys.isdisjoint(map(key, self.any_of)):
            return False
        if self.at_most_columns and len(keys) > self.at_most_columns:
            return False
        return len(keys) >= self.at_least_columns and keys.isdisjoint(map(key, self.not_with))


def key(heading: str) -> str:
    """Reduce a heading to what it is recognised by: letters' case and spacing do not count.

    >>> key(" LinkURN "), key("Latest OEIF  safeguarding")
    ('linkurn', 'latest oeif safeguarding')
    """
    return " ".join(heading.replace("\ufeff", "").split()).casefold()


@functools.cache
def all_layouts() -> Mapping[str, Layout]:
    """Give every layout by its kind."""
    folder = importlib.resources.files(__package__)
    read: dict[str, Any] = {}
    for name in ("layouts.yaml", "other_layouts.yaml"):
        read |= read_facts((folder / name).read_text(encoding="utf-8"))
    return {kind: _layout(kind, said) for kind, said in read.items()}


def _layout(kind: str, said: Mapping[str, Any]) -> Layout:
    fields: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in said.items()
    }
    rules = said.get("rules", ())
    return Layout(
        **fields
        | {
            "kind": kind,
            "columns": tuple(_source(*item) for item in said.get("columns", {}).items()),
            "rules": tuple(
                Rule(
                    asks=asks,
                    first=rule[asks][0],
                    second=rule[asks][1],
                    because=rule["because"],
                    up_to_share=rule.get("up_to_share", 0.0),
                )
                for rule in rules
                for asks in ("at_most", "differs")
                if asks in rule
            ),
        }
    )


def _source(heading: str, said: str) -> Source:
    words = said.split()
    name = words[0] if len(words) > 1 else heading
    return Source(heading=heading, name=name, type=words[-1])


def recognise(header: Sequence[str]) -> Layout | None:
    """Find the layout of a header: of those that fit, the one that asks for most.

    >>> recognise(["URN", "LinkURN", "LinkName", "LinkType", "LinkEstablishedDate"]).kind
    'gias_links'
    """
    keys = frozenset(map(key, header))
    fitting = [layout for layout in all_layouts().values() if layout.fits(keys)]
    return max(fitting, key=lambda layout: len(layout.recognised_by), default=None)


def nearest(header: Sequence[str]) -> tuple[Layout, tuple[str, ...]] | None:
    """Find the layout a header nearly is, with the columns it lacks; None if it is like none."""
    keys = frozenset(map(key, header))
    alike = []
    for layout in all_layouts().values():
        lacking = tuple(name for name in layout.recognised_by if key(name) not in keys)
        found = len(layout.recognised_by) - len(lacking)
        if found and found >= ALIKE_SHARE * len(layout.recognised_by):
            alike.append((found, layout, lacking))
    if not alike:
        return None
    _, layout, lacking = max(alike, key=lambda item: item[0])
    return layout, lacking
