"""The moves of states.yaml, and the bar in the database to every other move."""

import functools
from importlib import resources

import pgtrigger

from schoolhubs.vocabulary.written.stored import read_facts

__all__ = ["bar_other_moves", "moves_of"]


@functools.cache
def moves_of(what: str) -> frozenset[tuple[str, str]]:
    """Give the moves of one kind of row, each from a state to another.

    >>> ("declared", "lapsed") in moves_of("declaration")
    False
    """
    text = resources.files("schoolhubs.service.funding").joinpath("states.yaml").read_text("utf-8")
    return frozenset((each["from"], each["to"]) for each in read_facts(text)[what]["moves"])


def bar_other_moves(what: str) -> pgtrigger.Trigger:
    """Let the database refuse every move that the table lacks, whoever writes the row."""
    told = ", ".join(f"('{start}', '{to}')" for start, to in sorted(moves_of(what)))
    return pgtrigger.Trigger(
        name="moves_by_the_table", when=pgtrigger.Before, operation=pgtrigger.Update,
        condition=pgtrigger.Condition(
            f"OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN ({told})"
        ),
        func="""
            RAISE EXCEPTION 'it moves by the table of states alone'
                USING ERRCODE = 'check_violation';
        """,
    )  # fmt: skip
