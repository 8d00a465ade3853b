"""Reads YAML that a person wrote, so that every fault can be told with its file and line.

Stricter than YAML itself, so that a file says what it seems to say: a repeated key, an
anchor or alias and a custom tag are faults; only ``true`` and ``false`` are flags (``yes``,
``no``, ``on`` and ``off`` stay text); dates stay text as written.
"""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from schoolhubs.vocabulary.errors import Problem

MOST_BYTES = 1_000_000
# The C parser is ten times as quick and marks the same places; not every build of PyYAML has it.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
KNOWN_TAGS = ("map", "seq", "str", "int", "float", "bool", "null", "timestamp")
Path_ = tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class YamlText:
    """A YAML file as JSON-like values, with the place of every value.

    ``places`` gives line and column, counted from 1, for a path of keys.
    """

    file: str
    values: Any
    places: dict[Path_, tuple[int, int]]
    problems: tuple[Problem, ...]

    def place(self, path: Path_) -> tuple[int, int]:
        """Give line and column of a path, or of the nearest thing above it."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, (1, 1))


def read_yaml(path: Path, shown_as: str = "") -> YamlText:
    """Read one file; faults come back as problems, never as an exception."""
    file = shown_as or path.name
    try:
        raw = path.read_bytes()
        if len(raw) > MOST_BYTES:
            raise ValueError(f"it has {len(raw):,} bytes, more than {MOST_BYTES:,}")
        return parse_yaml(raw.decode("utf-8-sig"), file)
    except (OSError, ValueError) as error:
        fault = f"the file cannot be read: {error}"
        remedy = "Give a YAML file in UTF-8, smaller than 1 MB."
        problem = Problem(code="unreadable", file=file, fault=fault, remedy=remedy)
        return YamlText(file=file, values=None, places={}, problems=(problem,))


def parse_yaml(text: str, file: str) -> YamlText:
    r"""Read YAML text.

    >>> parse_yaml("on: 2021-04-01", "x.yaml").values
    {'on': '2021-04-01'}
    >>> print(parse_yaml("a: 1\na: 2", "x.yaml").problems[0])
    x.yaml, row 2: the key 'a' (line 2, column 1) was given before.
    Keep one of the two.
    """
    try:
        root = yaml.compose(text, Loader=LOADER)
    except yaml.MarkedYAMLError as error:
        return _broken(file, error)
    except (yaml.YAMLError, RecursionError) as error:
        problem = Problem(code="not_yaml", file=file, fault=f"this is not YAML: {error}")
        return YamlText(file=file, values=None, places={}, problems=(problem,))
    walk = _Walk(file)
    values = walk.value(root, ()) if root is not None else None
    return YamlText(file=file, values=values, places=walk.places, problems=tuple(walk.problems))


def _broken(file: str, error: yaml.MarkedYAMLError) -> YamlText:
    mark = error.problem_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    problem = Problem(
        code="not_yaml",
        file=file,
        row=line,
        fault=f"this is not YAML (line {line}, column {column}): {error.problem}",
        remedy="Check the indentation, the colons and the quotes around there.",
    )
    return YamlText(file=file, values=None, places={}, problems=(problem,))


class _Walk:
    """Turns composed nodes into values, noting places and faults on the way."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.places: dict[Path_, tuple[int, int]] = {}
        self.problems: list[Problem] = []
        self.seen: set[int] = set()
        self.scalars = yaml.SafeLoader("")

    def value(self, node: yaml.Node, path: Path_) -> Any:
        self.places.setdefault(path, (node.start_mark.line + 1, node.start_mark.column + 1))
        if id(node) in self.seen:
            self._fault(node, "repeated_by_alias", "an alias (*name) stands here", "Write it out.")
            return None
        self.seen.add(id(node))
        kind = node.tag.rsplit(":", 1)[-1]
        if kind not in KNOWN_TAGS:
            self._fault(node, "odd_tag", f"the tag {node.tag} is not taken here", "Leave it out.")
            return None
        if isinstance(node, yaml.MappingNode):
            return {key: self.value(below, (*path, key)) for key, below in self._pairs(node, path)}
        if isinstance(node, yaml.SequenceNode):
            return [self.value(below, (*path, str(i))) for i, below in enumerate(node.value)]
        return self._scalar(node)

    def _pairs(self, node: yaml.MappingNode, path: Path_) -> Iterator[tuple[str, yaml.Node]]:
        given = set()
        for key, below in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag.endswith(":merge"):
                self._fault(key, "odd_key", "this key is not plain text", "Use a plain word.")
                continue
            if key.value in given:
                fault = f"the key {key.value!r} {self._at(key)} was given before"
                self._fault(key, "repeated_key", fault, "Keep one of the two.")
                continue
            given.add(key.value)
            here = (key.start_mark.line + 1, key.start_mark.column + 1)
            self.places[(*path, key.value)] = here
            yield key.value, below

    def _scalar(self, node: yaml.Node) -> Any:
        kind = node.tag.rsplit(":", 1)[-1]
        if kind == "bool" and node.value.lower() not in {"true", "false"}:
            return node.value
        if kind in {"str", "timestamp"}:
            return node.value
        return self.scalars.construct_object(node)

    def _at(self, node: yaml.Node) -> str:
        return f"(line {node.start_mark.line + 1}, column {node.start_mark.column + 1})"

    def _fault(self, node: yaml.Node, code: str, fault: str, remedy: str) -> None:
        row = node.start_mark.line + 1
        shown = fault if "line" in fault else f"{fault} {self._at(node)}"
        self.problems.append(
            Problem(code=code, file=self.file, row=row, fault=shown, remedy=remedy)
        )
