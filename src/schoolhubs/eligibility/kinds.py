"""Which function serves which kind of rule."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence

import polars as pl

from schoolhubs.eligibility import joined, single
from schoolhubs.eligibility.outcomes import Outcome, Setting
from schoolhubs.vocabulary.records.rules import RuleKind, RuleTest

SINGLE: Mapping[RuleKind, Callable[[RuleTest, Setting], Outcome]] = {
    RuleKind.ONE_OF: single.one_of,
    RuleKind.AT_LEAST: single.compared,
    RuleKind.AT_MOST: single.compared,
    RuleKind.ANSWER_IS: single.answered,
    RuleKind.ANSWER_AT_LEAST: single.answered,
    RuleKind.ASKS_FOR: single.asks_for,
    RuleKind.CANNOT_TELL: single.cannot_tell,
    RuleKind.NOT_A_LEAD: single.not_a_lead,
}
JOINED: Mapping[RuleKind, Callable[[RuleTest, Setting, Sequence[Outcome]], Outcome]] = {
    RuleKind.FRAMEWORK: joined.by_framework,
    RuleKind.ANY_OF: joined.any_of,
    RuleKind.TRUST_HAS: joined.in_trust,
}


def outcome(test: RuleTest, setting: Setting) -> Outcome:
    """Give the expressions of a test, whatever its kind; it applies to its phases alone."""
    if test.kind in SINGLE:
        said = SINGLE[test.kind](test, setting)
    else:
        said = JOINED[test.kind](test, setting, [outcome(part, setting) for part in test.parts])
    if not test.phases:
        return said
    speaks = pl.col("phase").is_in(list(test.phases))
    return dataclasses.replace(
        said, applies=said.applies & speaks, is_assumed=said.is_assumed & speaks
    )
