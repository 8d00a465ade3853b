"""Counts as those may see them who are not to learn of a single school."""

import functools
from pathlib import Path

import pydantic

from schoolhubs.vocabulary.written.stored import read_facts

RULES_FILE = Path(__file__).with_name("small_numbers.yaml")


class SmallNumbers(pydantic.BaseModel):
    """The rule for small counts, with where it comes from.

    Parameters
    ----------
    hide_up_to
        Counts from one to this are hidden, and so are those that leave so few out.
    round_to
        Shown counts are rounded to the nearest multiple.
    symbol
        What stands for a hidden count.
    """

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)

    hide_up_to: int
    round_to: int
    symbol: str
    status: str
    source: str

    def shown(self, count: int, *, of: int | None = None) -> str:
        """Write a count as it may be seen; ``of`` is how many could have been counted.

        Nearly all tells as much of each as nearly none does, so either is hidden.

        >>> rule = small_numbers()
        >>> rule.shown(0), rule.shown(3), rule.shown(13), rule.shown(1_204)
        ('0', 'c', '15', '1205')
        >>> rule.shown(38, of=40), rule.shown(38, of=400)
        ('c', '40')
        """
        left = self.hide_up_to + 1 if of is None else of - count
        if 0 < count <= self.hide_up_to or (count and left <= self.hide_up_to):
            return self.symbol
        return str(self.round_to * ((2 * count + self.round_to) // (2 * self.round_to)))


@functools.cache
def small_numbers() -> SmallNumbers:
    """Read the rule."""
    return SmallNumbers.model_validate(read_facts(RULES_FILE.read_text("utf-8")))
