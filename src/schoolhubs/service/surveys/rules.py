"""The constants of ``rules.yaml``: how long, how large, how many letters."""

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from schoolhubs.vocabulary.written.stored import read_facts

RULES_FILE = Path(__file__).with_name("rules.yaml")


def rule(name: str) -> Any:
    """Give the value of a rule.

    >>> rule("longest_text")
    1000
    """
    return rules()[name]["value"]


@functools.cache
def rules() -> Mapping[str, Mapping[str, Any]]:
    """Give every rule with its unit and source, for a page that shows them."""
    read: Mapping[str, Mapping[str, Any]] = read_facts(RULES_FILE.read_text("utf-8"))
    return read
