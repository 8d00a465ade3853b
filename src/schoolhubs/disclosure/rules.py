"""The rules shipped with the package, each with its unit and source in ``rules.yaml``."""

import functools
from importlib import resources
from typing import Any

from schoolhubs.vocabulary.errors import UsageError
from schoolhubs.vocabulary.records.disclosure import DisclosureRules
from schoolhubs.vocabulary.written.stored import read_facts


@functools.cache
def _read() -> dict[str, Any]:
    text = resources.files(__package__).joinpath("rules.yaml").read_text("utf-8")
    read: dict[str, Any] = read_facts(text)
    return read


def names() -> tuple[str, ...]:
    """Name the rules there are.

    >>> names()
    ('reports', 'school-tables', 'pupil-answers', 'staff')
    """
    return tuple(_read()["rules"])


def rules(name: str = "reports") -> DisclosureRules:
    """Give rules by name.

    Raises
    ------
    UsageError
        If there are none of that name.

    Examples
    --------
    >>> rules().threshold, rules("school-tables").threshold
    (9, 2)
    """
    stored = _read()
    if name not in stored["rules"]:
        raise UsageError(f"There are no rules called {name!r}. Take one of {', '.join(names())}.")
    said = stored["rules"][name]
    fields = ("threshold", "rounding", "sum_rounding", "rate_base", "is_rest_protected")
    return DisclosureRules(
        name=name,
        version=str(stored["version"]),
        sum_width_share=float(stored["sum_width_share"]["value"]),
        rate_decimals=int(stored["rate_decimals"]["value"]),
        **{field: said[field]["value"] for field in fields},
        **stored["symbols"]["values"],
    )
