"""Records to plain values and back, every fault named with its place."""

import dataclasses
import datetime
import enum
import functools
import hashlib
import json
import math
import types
import typing
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from schoolhubs.vocabulary.errors import DataProblem, Problem

Written = Any
T = TypeVar("T")
KINDS = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}


def as_dict(record: Any) -> dict[str, Written]:
    """Give a record's values: mappings, lists, text, numbers."""
    return {each.name: _plain(getattr(record, each.name)) for each in dataclasses.fields(record)}


def _plain(value: Any) -> Written:
    if dataclasses.is_dataclass(value):
        return as_dict(value)
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, datetime.date) else value


def digest(record: Any) -> str:
    """Give twelve letters that change with the record's values; 3 and 3.0 are the same."""
    text = json.dumps(_numbers_alike(as_dict(record)), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _numbers_alike(value: Written) -> Written:
    if isinstance(value, dict):
        return {name: _numbers_alike(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_numbers_alike(each) for each in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def from_dict(kind: type[T], given: object, *, what: str = "plan") -> T:
    """Build a record from plain values; ``what`` is what was to be read.

    Raises
    ------
    DataProblem
        With every fault.

    Examples
    --------
    >>> @dataclasses.dataclass(kw_only=True)
    ... class Step:
    ...     name: str
    ...     day: datetime.date | None = None
    >>> from_dict(Step, {"name": "a", "day": "2026-11-22"}).day
    datetime.date(2026, 11, 22)
    """
    problems: list[Problem] = []
    built = _record(kind, given, "", problems)
    if problems:
        raise DataProblem(problems, outcome=f"The {what} was not read.")
    return typing.cast(T, built)


@functools.cache
def _hints(kind: type) -> Mapping[str, Any]:
    return typing.get_type_hints(kind)


def _record(kind: type, given: object, where: str, problems: list[Problem]) -> Any:
    if not isinstance(given, Mapping):
        problems.append(_fault("not_a_mapping", where, "is no mapping of names to values", given))
        return None
    hints, found = _hints(kind), {}
    for name, value in given.items():
        at = f"{where}.{name}".lstrip(".")
        if name in hints:
            found[name] = _value(hints[name], value, at, problems)
        else:
            known = f"Take one of {', '.join(hints)}."
            problems.append(
                _fault("unknown_word", at, "is no word that may stand here", name, known)
            )
    fields: Sequence[Any] = dataclasses.fields(kind)
    missing = [
        each.name
        for each in fields
        if each.default is dataclasses.MISSING and each.name not in found
    ]
    for name in missing:
        at = f"{where}.{name}".lstrip(".")
        problems.append(_fault("missing", at, "is missing", "", "Write it."))
    return None if missing else kind(**found)


def _value(hint: Any, value: object, where: str, problems: list[Problem]) -> Any:
    inner = typing.get_args(hint)
    if isinstance(hint, types.UnionType):
        kept = next(each for each in inner if each is not types.NoneType)
        return None if value is None else _value(kept, value, where, problems)
    if typing.get_origin(hint) is tuple:
        if not isinstance(value, list | tuple):
            problems.append(_fault("not_a_list", where, "is no list", value))
            return ()
        return tuple(
            _value(inner[0], each, f"{where}.{_name(each, at)}", problems)
            for at, each in enumerate(value, start=1)
        )
    if dataclasses.is_dataclass(hint):
        return _record(typing.cast(type, hint), value, where, problems)
    return _single(hint, value, where, problems)


def _single(hint: Any, value: object, where: str, problems: list[Problem]) -> Any:
    if hint is datetime.date:
        day = _day(value)
        if day is None:
            wanted = "Write year, month and day, such as 2026-11-22."
            problems.append(_fault("not_a_date", where, f"is {value!r}", value, wanted))
        return day
    if issubclass(hint, enum.StrEnum):
        if value in tuple(hint):
            return hint(str(value))
        problems.append(_fault("unknown_choice", where, f"is {str(value)[:40]!r}", value,
                               f"Choose one of {', '.join(hint)}."))  # fmt: skip
        return next(iter(hint))
    number = hint is float and isinstance(value, int) and not isinstance(value, bool)
    fits = isinstance(value, hint) and not (hint is int and isinstance(value, bool))
    finite = not isinstance(value, float) or math.isfinite(value)
    if (number or fits) and finite:
        return float(typing.cast(float, value)) if hint is float else value
    said = repr(str(value)[:40]) if isinstance(value, str) else str(value)[:40]
    fault = f"is {said}, and should be {KINDS[hint]}"
    problems.append(_fault("wrong_kind", where, fault, value, _in_quotes(hint, value)))
    return hint()


def _in_quotes(hint: Any, value: object) -> str:
    """Say what to do about a number or a day where text should be: bare, YAML reads them so.

    >>> _in_quotes(str, 900001)
    'Put quotes round it, such as "900001".'
    """
    is_bare = isinstance(value, int | float | datetime.date)
    return f'Put quotes round it, such as "{value}".' if hint is str and is_bare else ""


def _day(value: object) -> datetime.date | None:
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value
    try:
        return datetime.date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _name(each: object, at: int) -> str:
    """Name an entry of a list by its own id, else by where it stands."""
    if isinstance(each, Mapping):
        for key in ("objective_id", "action_id", "finding_id", "question", "step", "consulted"):
            if isinstance(each.get(key), str):
                return str(each[key])
    return str(at)


def _fault(code: str, where: str, fault: str, value: object, remedy: str = "") -> Problem:
    place = where or "it"
    return Problem(
        code=code, column=where, fault=f"{place} {fault}", value=str(value)[:40], remedy=remedy
    )
