"""The constants of scoring, each with its unit and source in the YAML beside this."""

import functools
from collections.abc import Mapping
from importlib import resources
from typing import Any

from schoolhubs import disclosure
from schoolhubs.vocabulary.records.disclosure import DisclosureRules
from schoolhubs.vocabulary.written.stored import read_facts


@functools.cache
def stored() -> Mapping[str, Any]:
    """Read the file as it stands, for what shows every constant with its source."""
    file = resources.files(__package__) / "constants.yaml"
    read: Mapping[str, Any] = read_facts(file.read_text(encoding="utf-8"))
    return read


def constant(name: str) -> Any:
    """Give the value of a constant.

    >>> constant("low_response_percent"), constant("weight_limits")
    (40, [0.33, 3.0])
    """
    return stored()[name]["value"]


def rules_of(respondents: str) -> DisclosureRules:
    """Give the rules of small numbers for whoever answered.

    >>> rules_of("pupils").threshold, rules_of("staff").threshold
    (9, 7)
    """
    return disclosure.rules(constant("disclosure_rules")[respondents])
