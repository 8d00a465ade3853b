"""What the patterns are told by: the causes of absence and the watched codes, as letters."""

import dataclasses
import functools
from importlib import resources
from typing import Any

from schoolhubs.attendance.coding import regimes
from schoolhubs.vocabulary.written.stored import read_facts


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One cause of absence, or watched kind of mark: name, words, and the letters that count.

    ``short`` is the title where there is little room.
    """

    name: str
    title: str
    letters: str
    short: str = ""


@functools.cache
def said() -> dict[str, Any]:
    """Read ``patterns.yaml`` as it stands."""
    text = resources.files(__package__).joinpath("patterns.yaml").read_text("utf-8")
    read: dict[str, Any] = read_facts(text)
    return read


@functools.cache
def causes() -> tuple[Kind, ...]:
    """Give the causes of absence, in the order they are told; each absence has exactly one.

    >>> [each.letters for each in causes()][:2]
    ['I', 'MR']
    """
    return tuple(_kind(each, each["cause"]) for each in said()["causes"])


@functools.cache
def mix() -> tuple[Kind, ...]:
    """Give the watched kinds of marks."""
    return tuple(_kind(each, each["kind"]) for each in said()["mix"])


def letters(column: str) -> str:
    """Give the letters that a session column counts in any table of codes, each once."""
    return "".join(dict.fromkeys("".join(table.letters(column) for table in regimes())))


def _kind(each: dict[str, Any], name: str) -> Kind:
    found = "".join(letters(column) for column in each["columns"])
    return Kind(
        name=name, title=each["title"], letters="".join(dict.fromkeys(found)),
        short=each.get("short", each["title"]),
    )  # fmt: skip
