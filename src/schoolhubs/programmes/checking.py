"""Checks a definition: its shape against the schema, then whether it makes sense."""

import difflib
import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from schoolhubs.programmes.reading import DefinitionText
from schoolhubs.programmes.sense import problems_of_sense
from schoolhubs.vocabulary.errors import Problem

SCHEMA = Path(__file__).parent / "schema.yaml"
KINDS = {
    "object": "a mapping (key: value)",
    "array": "a list",
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
}
SEE = "docs/how-to/write-a-programme.md shows every key."


@functools.cache
def schema() -> dict[str, Any]:
    """Give the schema of a definition (JSON schema, written as YAML)."""
    read: dict[str, Any] = yaml.safe_load(SCHEMA.read_text(encoding="utf-8"))
    return read


def check_tree(text: DefinitionText) -> tuple[Problem, ...]:
    """List every fault: of reading, of shape, and, once the shape is right, of sense."""
    if not text.tree:
        return text.problems
    unreadable = {name for name, one in text.texts.items() if one.values is None and one.problems}
    shape = [each for each in _problems_of_shape(text) if each[0] not in unreadable]
    problems = (*text.problems, *(problem for _, problem in shape))
    return problems or tuple(problems_of_sense(text))


def _problems_of_shape(text: DefinitionText) -> Iterator[tuple[str, Problem]]:
    whole = jsonschema.Draft202012Validator(schema())
    for error in sorted(whole.iter_errors(text.tree), key=_place):
        path = tuple(str(key) for key in error.absolute_path)
        for problem in _explained(text, path, error):
            yield (path[0] if path else ""), problem
    each = jsonschema.Draft202012Validator(
        {**schema()["$defs"]["cases"], "$defs": schema()["$defs"]}
    )
    for name, one in text.texts.items():
        if name.startswith("cases/"):
            for error in sorted(each.iter_errors(one.values), key=_place):
                path = (name, *(str(key) for key in error.absolute_path))
                for problem in _explained(text, path, error):
                    yield name, problem


def _place(error: jsonschema.ValidationError) -> list[str]:
    return [str(key) for key in error.absolute_path]


def _explained(
    text: DefinitionText, path: tuple[str, ...], error: jsonschema.ValidationError
) -> Iterator[Problem]:
    """Say in words what the validator found; one problem a missing or unknown key."""
    asked, value = error.validator_value, error.instance
    if error.validator == "required":
        for name in (name for name in asked if name not in value):
            if path:
                fault = f"{name} is missing"
                yield text.problem("missing_key", path, fault, f"Add the key {name}. {SEE}")
            else:
                fault = f"the file {name}.yaml is missing"
                yield text.problem("missing_file", path, fault, f"Add it. {SEE}")
            return
    elif error.validator == "additionalProperties":
        known = list(error.schema.get("properties", {}))
        for name in (name for name in value if name not in known):
            like = difflib.get_close_matches(name, known, n=1)
            remedy = f"Did you mean {like[0]}?" if like else f"Known here: {', '.join(known)}."
            yield text.problem("unknown_key", (*path, name), f"the key {name} is not known", remedy)
    else:
        fault, remedy = _in_words(str(error.validator), asked, value, error.message)
        yield text.problem("wrong_shape", path, fault, remedy)


def _in_words(validator: str, asked: Any, value: Any, message: str) -> tuple[str, str]:
    shown = _short(value)
    if validator == "type":
        return f"{shown} is not {KINDS.get(asked, asked)}", f"Write {KINDS.get(asked, asked)}."
    if validator == "enum":
        return f"{shown} is not taken here", f"Choose one of {', '.join(map(str, asked))}."
    if validator == "const":
        return f"{shown} is not taken here", f"Write {asked}."
    if validator == "pattern" and "d{4}" in asked:
        return (
            f"{shown} is not a date",
            "Write a date such as 2021-04-01; a text with a comma needs quotes.",
        )
    if validator == "pattern":
        remedy = "Use lower-case letters, digits and underscores (hyphens in programme_id)."
        return f"{shown} is not a name that can be used here", remedy
    if validator == "anyOf":
        remedy = "Name a key of sources.yaml, or write {title, read_on, url}."
        return f"{shown} is not a source", remedy
    if asked is False or message.startswith("False schema"):
        return "this kind of rule takes no such key", f"Leave it out. {SEE}"
    if validator in {"minProperties", "minItems", "minLength"}:
        return "it is empty", f"Fill it. {SEE}"
    return message, SEE


def _short(value: Any) -> str:
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
