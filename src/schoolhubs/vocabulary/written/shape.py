"""Checks the shape of what was written against a schema, and says each fault in words."""

import dataclasses
import difflib
from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema

KINDS = {
    "object": "a mapping (key: value)",
    "array": "a list",
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
}
# What is wrong with a number, and what should be, each followed by the bound.
BOUNDS = {
    "minimum": ("less than", "from"),
    "exclusiveMinimum": ("not more than", "above"),
    "maximum": ("more than", "up to"),
    "exclusiveMaximum": ("not less than", "below"),
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ShapeFault:
    """A fault of shape: its code, the path of keys, what is wrong and what to do."""

    code: str
    path: tuple[str, ...]
    fault: str
    remedy: str


def faults_of_shape(values: Any, schema: Mapping[str, Any], *, see: str) -> Iterator[ShapeFault]:
    """Give every fault of shape, by its place; one for each missing or unknown key.

    Parameters
    ----------
    values
        JSON-like, as read.
    schema
        JSON schema, draft 2020-12.
    see
        The sentence that says where the shape is shown.

    Examples
    --------
    >>> schema = {"properties": {"title": {"type": "string"}}, "additionalProperties": False}
    >>> [each.fault for each in faults_of_shape({"titel": "A"}, schema, see="See the page.")]
    ['the key titel is not known']
    """
    validator = jsonschema.Draft202012Validator(schema)
    for error in sorted(validator.iter_errors(values), key=_place):
        yield from _explained(tuple(_place(error)), error, see)


def _place(error: jsonschema.ValidationError) -> list[str]:
    return [str(key) for key in error.absolute_path]


def _explained(
    path: tuple[str, ...], error: jsonschema.ValidationError, see: str
) -> Iterator[ShapeFault]:
    asked, value = error.validator_value, error.instance
    if error.validator == "required":
        # The validator gives one error for each key that is missing, and names it in its message.
        name = next(name for name in asked if error.message.startswith(repr(name)))
        code, fault, remedy = "missing_key", f"{name} is missing", f"Add the key {name}. {see}"
        yield ShapeFault(code=code, path=path, fault=fault, remedy=remedy)
    elif error.validator == "additionalProperties":
        known = list(error.schema.get("properties", {}))
        for name in (name for name in value if name not in known):
            like = difflib.get_close_matches(name, known, n=1)
            remedy = f"Did you mean {like[0]}?" if like else f"Known here: {', '.join(known)}."
            fault = f"the key {name} is not known"
            yield ShapeFault(code="unknown_key", path=(*path, name), fault=fault, remedy=remedy)
    else:
        fault, remedy = _in_words(str(error.validator), asked, value, error.message, see)
        yield ShapeFault(code="wrong_shape", path=path, fault=fault, remedy=remedy)


def _in_words(validator: str, asked: Any, value: Any, message: str, see: str) -> tuple[str, str]:
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
        return "this kind of rule takes no such key", f"Leave it out. {see}"
    if validator in BOUNDS:
        wrong, wanted = BOUNDS[validator]
        return f"{shown} is {wrong} {asked:g}", f"Write a number {wanted} {asked:g}."
    if validator == "multipleOf":
        return f"{shown} is no multiple of {asked:g}", f"Round it to a multiple of {asked:g}."
    if validator in {"maxItems", "maxLength"}:
        return f"it is longer than {asked:,}", f"Shorten it to {asked:,} at most."
    if validator in {"minProperties", "minItems", "minLength"}:
        return "it is empty", f"Fill it. {see}"
    return message, see


def _short(value: Any) -> str:
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
