"""What one rule says of every school at once, as polars expressions.

A verdict is a flag that may be missing: true passes, false fails, missing cannot tell. And and or
over such flags are Kleene's, so that missing never becomes "no".
"""

import dataclasses
import datetime
from collections.abc import Mapping

import polars as pl

from schoolhubs.vocabulary.records.rules import Question, RuleTest
from schoolhubs.vocabulary.words import register_words


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Expressions over the facts: what the rule says, and every word of its reason.

    ``applies`` is false where a part has nothing to say of a school, such as a report card rule
    of a school inspected before there were report cards.
    """

    passes: pl.Expr
    value: pl.Expr
    threshold: pl.Expr
    source: pl.Expr
    would_pass_if: pl.Expr
    is_assumed: pl.Expr
    rule_source: pl.Expr
    applies: pl.Expr = dataclasses.field(default_factory=lambda: pl.lit(value=True))


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What the kinds need beside the test: the date, the questions, what is taken for granted.

    ``register_on`` is the day the school register was built for, None where it is ``on``.
    """

    on: datetime.date
    questions: Mapping[str, Question]
    answers_assumed: bool
    register_on: datetime.date | None = None

    @property
    def register(self) -> str:
        """Name the school register by its own day, and by the day it is seen as on."""
        return register_words(self.register_on or self.on, self.on)


def fixed(test: RuleTest, threshold: str) -> dict[str, pl.Expr]:
    """Give the parts of an outcome that are the same for every school."""
    return {
        "threshold": pl.lit(threshold),
        "is_assumed": pl.lit(value=test.is_assumed),
        "rule_source": pl.lit(str(test.source)),
    }


def unless_passed(passes: pl.Expr, failed: pl.Expr, unknown: pl.Expr) -> pl.Expr:
    """Say nothing where a rule passes, else what would make it pass."""
    return pl.when(passes).then(pl.lit("")).when(~passes).then(failed).otherwise(unknown)
