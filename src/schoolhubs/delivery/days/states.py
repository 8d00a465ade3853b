"""The states of a support day, and who moves them, read from one table."""

import functools
from collections.abc import Mapping
from importlib import resources
from typing import Any

from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.written.stored import read_facts


@functools.cache
def _table() -> Mapping[str, Any]:
    held = resources.files("schoolhubs.delivery.days").joinpath("states.yaml")
    return dict(read_facts(held.read_text("utf-8")))


def meanings() -> Mapping[str, str]:
    """Give each state with what it means."""
    return dict(_table()["states"])


def begins() -> tuple[str, ...]:
    """Give the states in which a day may be written first."""
    return tuple(_table()["begin"])


def moves() -> tuple[tuple[str, str, str], ...]:
    """Give every move there is: from, to, and whether lead, partner or office makes it."""
    return tuple((move["from"], move["to"], move["by"]) for move in _table()["moves"])


def holds_leaders() -> frozenset[str]:
    """Give the states in which a leader is taken on the day."""
    return frozenset(_table()["holds_leaders"])


def can_move(now: str, to: str, *, by: str) -> bool:
    """Tell whether the table has a move."""
    return (now, to, by) in moves()


def check_move(now: str, to: str, *, by: str) -> None:
    """Refuse a move that is not in the table.

    Raises
    ------
    Conflict
        Saying what the day is now, and what could be done with it.

    Examples
    --------
    >>> check_move("delivered", "agreed", by="partner")
    >>> check_move("delivered", "agreed", by="lead")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    schoolhubs.vocabulary.errors.Conflict: The day stands at “The lead school says ...
    """
    if can_move(now, to, by=by):
        return
    said = {state: f"“{meaning}”" for state, meaning in meanings().items()}
    could = [said[other] for start, other, maker in moves() if (start, maker) == (now, by)]
    next_ = f" It can bring it from there to {' or '.join(could)}." if could else ""
    who = "office" if by == "office" else f"{by} school"
    raise Conflict(
        f"The day stands at {said[now]}; the {who} cannot bring it to {said[to]}.{next_} "
        "Nothing was changed."
    )
