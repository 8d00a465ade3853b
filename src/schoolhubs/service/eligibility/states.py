"""The states of applications and partnerships, and who moves them, read from one table."""

import functools
from collections.abc import Mapping
from importlib import resources
from typing import Any

from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.written.stored import read_facts

APPLICATION, PARTNERSHIP = "application", "partnership"


@functools.cache
def _table() -> Mapping[str, Any]:
    text = resources.files("schoolhubs.service.eligibility").joinpath("states.yaml").read_text()
    return dict(read_facts(text))


def meanings(of: str = APPLICATION) -> Mapping[str, str]:
    """Give each state with what it means, in the order of a programme."""
    return dict(_table()[of]["states"])


def begins(of: str = APPLICATION) -> tuple[str, ...]:
    """Give the states in which a row may be written first."""
    return tuple(_table()[of]["begin"])


def moves(of: str = APPLICATION) -> tuple[tuple[str, str, str], ...]:
    """Give every move there is: from, to, and whether school or office makes it."""
    return tuple((move["from"], move["to"], move["by"]) for move in _table()[of]["moves"])


def next_words() -> Mapping[str, str]:
    """Give for each state of an application what happens next, as its school is told."""
    return dict(_table()[APPLICATION]["next"])


def can_move(now: str, to: str, *, by: str, of: str = APPLICATION) -> bool:
    """Tell whether the table has a move."""
    return (now, to, by) in moves(of)


def check_move(now: str, to: str, *, by: str, of: str = APPLICATION) -> None:
    """Refuse a move that is not in the table.

    Raises
    ------
    Conflict
        Saying what the application is now, and what could be done with it.

    Examples
    --------
    >>> check_move("draft", "submitted", by="school")
    >>> check_move("draft", "running", by="office")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    schoolhubs.vocabulary.errors.Conflict: The application stands at “Begun, and not sent”; ...
    """
    if can_move(now, to, by=by, of=of):
        return
    said = {state: f"“{meaning}”" for state, meaning in meanings(of).items()}
    could = [said[other] for start, other, maker in moves(of) if (start, maker) == (now, by)]
    next_ = f" It can bring it from there to {' or '.join(could)}." if could else ""
    raise Conflict(
        f"The {of} stands at {said[now]}; the {by} cannot bring it to {said[to]}.{next_} "
        "Nothing was changed."
    )
