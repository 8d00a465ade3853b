"""What an entry of the audit log says in words, from one list."""

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from schoolhubs.vocabulary.written.stored import read_facts

WORDS_FILE = Path(__file__).with_name("words.yaml")


@functools.cache
def _told() -> Mapping[str, Any]:
    return dict(read_facts(WORDS_FILE.read_text(encoding="utf-8")))


def things() -> Mapping[str, str]:
    """Give what entries are about, such as ``round``, with its words."""
    return dict(_told()["things"])


def actions() -> Mapping[str, str]:
    """Give every action with its words."""
    return dict(_told()["actions"])


def of_action(action: str) -> str:
    """Say an action in words; one of an earlier version that nobody knows, by its name.

    >>> of_action("round.publish"), of_action("hub.paint_green")
    ('Published a round', 'Hub: paint green')
    """
    thing, _, done = action.partition(".")
    plainly = f"{thing.replace('_', ' ').capitalize()}: {done.replace('_', ' ')}"
    return actions().get(action, plainly)
