"""The states of a payment and who moves it, read from their one table."""

import functools
from collections.abc import Mapping
from importlib import resources
from typing import Any

from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.records.funding import PaymentState
from schoolhubs.vocabulary.written.stored import read_facts


@functools.cache
def _table() -> Mapping[str, Any]:
    text = resources.files("schoolhubs.funding.paying").joinpath("states.yaml").read_text("utf-8")
    return dict(read_facts(text))


def meanings() -> Mapping[str, str]:
    """Give each state with what it means, in the order of a payment."""
    return dict(_table()["states"])


def begins() -> tuple[str, ...]:
    """Give the states in which a payment may be written first."""
    return tuple(_table()["begin"])


def moves() -> tuple[tuple[str, str, str], ...]:
    """Give every move there is: from, to, and who makes it."""
    return tuple((move["from"], move["to"], move["by"]) for move in _table()["moves"])


def check_move(now: PaymentState | str, to: PaymentState | str, *, by: str) -> None:
    """Refuse a move that is not in the table.

    Raises
    ------
    Conflict
        Saying how far the payment is, and what could be done with it.

    Examples
    --------
    >>> check_move("in_run", "paid", by="finance")
    >>> check_move("paid", "in_run", by="finance")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    schoolhubs.vocabulary.errors.Conflict: The payment stands at “The bank has confirmed it ...
    """
    if (str(now), str(to), by) in moves():
        return
    said = {state: f"“{meaning}”" for state, meaning in meanings().items()}
    could = [said[other] for start, other, maker in moves() if (start, maker) == (str(now), by)]
    next_ = f" It can go from there to {' or '.join(could)}." if could else ""
    raise Conflict(
        f"The payment stands at {said[str(now)]}; {by} cannot bring it to {said[str(to)]}.{next_} "
        "Nothing was changed."
    )
