"""Small files a person writes for us, YAML or JSON: every value stays text, aliases are refused."""

import datetime
import functools
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.written.stored import read_facts

if TYPE_CHECKING:
    import jsonschema

MOST_BYTES = 1_000_000
SEE = "docs/how-to/read-marks.md shows every key."


class _Texts(yaml.SafeLoader):
    """Reads every value as text (``on`` is no flag here), and neither aliases nor a key twice."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - as the base class has it

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("an alias")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        if len(set(keys)) < len(node.value):
            raise yaml.YAMLError("a key twice")
        return super().construct_mapping(node, deep)


def read_document(path: Path, schema: str) -> dict[str, Any]:
    """Read a file and check its shape.

    Parameters
    ----------
    path
        YAML or JSON, smaller than 1 MB.
    schema
        Name of the schema beside this module.

    Raises
    ------
    DataProblem
        With every fault of shape, by its place. No value is quoted: the file may be the wrong
        one, and hold pupils.
    """
    try:
        raw = path.read_bytes() if path.stat().st_size <= MOST_BYTES else b""
    except OSError as error:
        raise _broken(path, f"the file cannot be read ({error.strerror})") from error
    read, fault, row = None, "there are no keys with values in it", None
    try:
        read = yaml.load(raw.decode("utf-8-sig"), Loader=_Texts) if raw else None  # noqa: S506
    except (yaml.YAMLError, ValueError, RecursionError, TypeError) as error:
        fault, mark = "this is neither YAML nor JSON that we read", _mark_of(error)
        row = mark.line + 1 if mark else None
    # Raised out here, so that the error does not carry about what YAML quotes of the file.
    if not isinstance(read, dict):
        raise _broken(path, fault, row)
    problems = list(_problems_of_shape(path, read, schema))
    if problems:
        raise DataProblem(problems)
    return read


def _mark_of(error: Exception) -> yaml.Mark | None:
    mark: yaml.Mark | None = getattr(error, "problem_mark", None)
    return mark


def _broken(path: Path, text: str, row: int | None = None) -> DataProblem:
    remedy = f"Give a YAML or JSON file in UTF-8, without aliases, smaller than 1 MB. {SEE}"
    return DataProblem(
        [Problem(code="unreadable", file=path.name, row=row, fault=text, remedy=remedy)]
    )


@functools.cache
def schema_of(name: str) -> dict[str, Any]:
    """Give a schema, or other data, that stands beside this module."""
    text = resources.files(__package__).joinpath(name).read_text("utf-8")
    read: dict[str, Any] = read_facts(text)
    return read


def _problems_of_shape(path: Path, read: dict[str, Any], schema: str) -> Iterator[Problem]:
    import jsonschema  # takes longer to import than most marks to count

    for error in jsonschema.Draft202012Validator(schema_of(schema)).iter_errors(read):
        place = ".".join(map(str, error.absolute_path)) or "the file"
        yield Problem(
            code="wrong_shape",
            file=path.name,
            column=place,
            fault=f"{place} {_said(error)}",
            remedy=SEE,
        )


def _said(error: "jsonschema.ValidationError") -> str:
    """Say what was expected, without what was found."""
    asked = error.validator_value
    if error.validator == "required":
        lacking = [name for name in asked if name not in error.instance]
        return f"lacks {', '.join(lacking)}"
    if error.validator == "additionalProperties":
        return f"has a key that is none of {', '.join(error.schema['properties'])}"
    if error.validator == "enum":
        return f"is none of {', '.join(map(repr, asked))}"
    return {"pattern": "is not written as expected"}.get(
        str(error.validator), "is not of the kind that is expected"
    )


def day(path: Path, place: str, text: str) -> datetime.date:
    """Read a day written as 2024-09-03.

    Raises
    ------
    DataProblem
        If there is no such day.
    """
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise refused(path, place, "is no day of the calendar") from None


def refused(path: Path, place: str, text: str, remedy: str = SEE) -> DataProblem:
    """Make the error of one place whose shape is right and whose sense is not."""
    problem = Problem(
        code="makes_no_sense", file=path.name, column=place, fault=f"{place} {text}", remedy=remedy
    )
    return DataProblem([problem])
