"""What an agreement can be about, read from one table."""

import dataclasses
import datetime
import functools
from collections.abc import Iterable, Mapping
from importlib import resources
from typing import Any

from schoolhubs.vocabulary.written.stored import read_facts


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A purpose, or a kind of what is seen: its title, and what it means in words."""

    name: str
    title: str
    about: str


@functools.cache
def _table() -> Mapping[str, Any]:
    file = resources.files(__package__).joinpath("terms.yaml")
    return dict(read_facts(file.read_text("utf-8")))


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


def purposes_needing(kind: str) -> tuple[str, ...]:
    """Name the purposes that something is needed for; a lead sees it for one of these alone.

    >>> purposes_needing("plan")
    ('make_plan', 'review_plan')
    """
    return tuple(name for name, one in _table()["purposes"].items() if kind in one["needs"])


def not_needed(kinds: Iterable[str], purposes: Iterable[str]) -> tuple[str, ...]:
    """Give those of some kinds that none of some purposes needs.

    >>> not_needed(["surveys", "plan"], ["find_causes"])
    ('plan',)
    """
    chosen = set(purposes)
    return tuple(each for each in kinds if chosen.isdisjoint(purposes_needing(each)))


def said_of_not_needed(kind: str) -> str:
    """Say what something would be needed for.

    >>> said_of_not_needed("plan")
    'Plan is needed for making the plan, and reviewing the plan each term: choose one of these too'
    """
    named = [purposes()[name].title for name in purposes_needing(kind)]
    titles = [f"{each[0].lower()}{each[1:]}" for each in named]
    listed = ", and ".join([", ".join(titles[:-1]), titles[-1]] if titles[:-1] else titles)
    return f"{kinds()[kind].title} is needed for {listed}: choose one of these too"


def longest() -> datetime.timedelta:
    """Give how long an agreement may last at most."""
    return datetime.timedelta(days=int(_table()["longest_days"]["value"]))
