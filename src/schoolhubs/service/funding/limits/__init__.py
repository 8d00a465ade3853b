"""Limits of the pages of money that belong to no programme, read from limits.yaml."""

import dataclasses
import functools
from importlib import resources

from schoolhubs.vocabulary.written.stored import read_facts

__all__ = ["Limits", "limits"]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What limits.yaml says, each by its name there."""

    most_half_days_of_a_line: int
    letter_within_days: int
    looked_at_days: int
    pay_within_days: int


@functools.cache
def limits() -> Limits:
    """Read them.

    >>> limits().most_half_days_of_a_line
    20
    """
    text = resources.files("schoolhubs.service.funding.limits").joinpath("limits.yaml").read_text()
    return Limits(**{name: each["value"] for name, each in read_facts(text).items()})
