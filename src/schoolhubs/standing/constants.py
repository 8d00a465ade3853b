"""The constants of funnel plots and of telling schools apart, each with its source."""

import functools
from collections.abc import Mapping
from importlib import resources
from typing import Any

from schoolhubs.vocabulary.written.stored import read_facts


@functools.cache
def stored() -> Mapping[str, Any]:
    """Read the file as it stands, for what shows every constant with its source."""
    file = resources.files("schoolhubs.standing") / "constants.yaml"
    read: Mapping[str, Any] = read_facts(file.read_text(encoding="utf-8"))
    return read
