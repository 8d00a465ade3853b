"""What can lie behind a school's attendance and behaviour, from the YAML beside this."""

import dataclasses
import functools
import importlib.resources
from collections.abc import Mapping
from typing import Any, Literal

from schoolhubs.vocabulary.written.stored import read_facts

Side = Literal["practice", "outside"]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RootCause:
    """Something that diagnosis can find and, where it is practice, a plan can change.

    Parameters
    ----------
    name, title, about
        The word that files use, its title, and one sentence.
    side
        ``practice`` is what the school can change; ``outside`` lies beyond it and is never an
        objective of the school.
    topics, settings
        Words of :func:`topics` and :func:`settings`.
    body
        Who answers for what lies outside; blank for practice.
    """

    name: str
    title: str
    about: str
    side: Side
    topics: tuple[str, ...]
    settings: tuple[str, ...]
    body: str = ""


@functools.cache
def root_causes() -> Mapping[str, RootCause]:
    """Give every root cause by its name, practice first.

    Examples
    --------
    >>> root_causes()["first_day_late"].title
    'The first day of an absence is followed up late'
    >>> root_causes()["transport"].side
    'outside'
    """
    sides: tuple[Side, Side] = ("practice", "outside")
    return {name: _one(name, side, said) for side in sides for name, said in _read()[side].items()}


def topics() -> Mapping[str, str]:
    """Give the title of each topic: attendance and behaviour."""
    found: Mapping[str, str] = _read()["topics"]
    return found


def settings() -> Mapping[str, str]:
    """Give the title of each kind of school that an instrument or action is written for.

    >>> list(settings())
    ['mainstream', 'special', 'alternative_provision']
    """
    found: Mapping[str, str] = _read()["settings"]
    return found


def _one(name: str, side: Side, said: Mapping[str, Any]) -> RootCause:
    return RootCause(
        name=name, title=said["title"], about=said["about"], side=side,
        topics=tuple(said["topics"]), settings=tuple(said.get("settings", settings())),
        body=said.get("body", ""),
    )  # fmt: skip


@functools.cache
def _read() -> Mapping[str, Any]:
    file = importlib.resources.files(__package__).joinpath("root_causes.yaml")
    read: Mapping[str, Any] = read_facts(file.read_text("utf-8"))
    return read
