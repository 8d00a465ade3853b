"""What an agreement can be about, read from one table."""

import dataclasses
import datetime
import functools
from collections.abc import Mapping
from importlib import resources
from typing import Any

import yaml


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A purpose, or a kind of what is seen: its title, and what it means in words."""

    name: str
    title: str
    about: str


@functools.cache
def _table() -> Mapping[str, Any]:
    file = resources.files(__package__).joinpath("terms.yaml")
    return dict(yaml.safe_load(file.read_text("utf-8")))


def purposes() -> Mapping[str, Term]:
    """Give what an agreement can be for.

    >>> list(purposes())
    ['find_causes', 'make_plan', 'review_plan']
    """
    told = _table()["purposes"].items()
    return {name: Term(name=name, title=one["title"], about=one["about"]) for name, one in told}


def kinds() -> Mapping[str, Term]:
    """Give what a lead can be let see, each with what that is and is not.

    >>> list(kinds())
    ['surveys', 'self_assessment', 'findings', 'plan', 'attendance']
    """
    told = _table()["kinds"].items()
    return {name: Term(name=name, title=one["title"], about=one["sees"]) for name, one in told}


def longest() -> datetime.timedelta:
    """Give how long an agreement may last at most."""
    return datetime.timedelta(days=int(_table()["longest_days"]["value"]))
