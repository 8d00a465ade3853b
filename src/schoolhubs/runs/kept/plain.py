"""Records as plain JSON values and back, by the types they declare."""

import collections.abc
import dataclasses
import datetime
import enum
import types
import typing
from typing import Any


def to_plain(value: Any) -> Any:
    """Give a record, or what it holds, as JSON-ready values.

    >>> to_plain((datetime.date(2026, 1, 29), frozenset({2, 1})))
    ['2026-01-29', [1, 2]]
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = dataclasses.fields(value)
        return {field.name: to_plain(getattr(value, field.name)) for field in fields}
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, collections.abc.Mapping):
        return {str(key): to_plain(below) for key, below in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(to_plain(below) for below in value)
    if isinstance(value, tuple | list):
        return [to_plain(below) for below in value]
    return value.value if isinstance(value, enum.Enum) else value


def from_plain(kind: Any, value: Any) -> Any:
    """Give the value of a declared type that plain values stand for.

    >>> from_plain(tuple[datetime.date, ...], ["2026-01-29"])
    (datetime.date(2026, 1, 29),)
    >>> from_plain(frozenset[int] | None, [1, 2])
    frozenset({1, 2})
    """
    if value is None or kind is Any:
        return value
    origin, inside = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        (kind,) = (each for each in inside if each is not type(None))
        return from_plain(kind, value)
    if origin in (tuple, frozenset):
        return _many(origin, inside, value)
    if origin is collections.abc.Mapping:
        return {key: from_plain(inside[1], below) for key, below in value.items()}
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        hints = typing.get_type_hints(kind)
        return kind(**{name: from_plain(hints[name], below) for name, below in value.items()})
    if kind is datetime.date:
        return datetime.date.fromisoformat(value)
    return value if kind is float else kind(value)  # a whole number stays one, as it was written


def _many(origin: type, inside: tuple[Any, ...], values: list[Any]) -> Any:
    kinds = inside if origin is tuple and inside[-1] is not ... else (inside[0],) * len(values)
    return origin(from_plain(kind, value) for kind, value in zip(kinds, values, strict=True))
