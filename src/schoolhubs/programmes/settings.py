"""Builds settings from a definition's tree: every mapping with ``values`` is one."""

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from schoolhubs.vocabulary.records.settings import DatedValue, Setting, Source, Status

Tree = Mapping[str, Any]
Path = tuple[str, ...]


def is_setting(node: object) -> bool:
    """Tell whether a node of the tree is a setting."""
    return isinstance(node, Mapping) and "values" in node and "unit" in node


def walk(node: object, path: Path = ()) -> Iterator[tuple[Path, Tree]]:
    """Give every setting below a node with its path, in the order written.

    >>> [path for path, _ in walk({"a": {"b": {"unit": "days", "values": {}}}})]
    [('a', 'b')]
    """
    if not isinstance(node, Mapping):
        return
    if is_setting(node):
        yield path, node
        return
    for key, below in node.items():
        yield from walk(below, (*path, key))


def entry_parts(node: Tree, value: Any) -> tuple[Any, Tree]:
    """Take one dated value apart: the value, and what it says that differs from its setting."""
    if isinstance(value, Mapping) and "value" in value:
        return value["value"], {**node, **value}
    return value, node


def build_setting(path: Path, node: Tree, sources: Tree) -> Setting:
    """Turn a checked node into a :class:`Setting`."""
    entries = []
    for day, given in node["values"].items():
        value, about = entry_parts(node, given)
        entries.append(_dated(day, value, node["unit"], about, sources))
    entries.sort(key=lambda entry: entry.from_on)
    # A contradicting reading is as published as the value beside it, unless it says otherwise.
    also = tuple(
        _dated(
            each["from_on"], each["value"], node["unit"], {"status": "published", **each}, sources
        )
        for each in node.get("also_published", ())
    )
    return Setting(
        path=".".join(path),
        description=node["description"],
        unit=node["unit"],
        rule=node.get("rule", ""),
        entries=tuple(entries),
        also_published=also,
    )


def build_source(named: Any, sources: Tree) -> Source:
    """Turn a source's key, or a source written out, into a :class:`Source`."""
    page = sources[named] if isinstance(named, str) else named
    read_on = datetime.date.fromisoformat(page["read_on"])
    return Source(title=page["title"], read_on=read_on, url=page.get("url", ""))


def _dated(day: str, value: Any, unit: str, about: Tree, sources: Tree) -> DatedValue:
    return DatedValue(
        from_on=datetime.date.fromisoformat(day),
        value=_dates(value) if unit == "date" else value,
        status=Status(about["status"]),
        source=build_source(about["source"], sources),
        why=about.get("why", "").strip(),
    )


def _dates(value: Any) -> Any:
    if isinstance(value, list):
        return [_dates(each) for each in value]
    return datetime.date.fromisoformat(value)
