"""Which function serves which kind of rule."""

from collections.abc import Callable, Mapping, Sequence

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
    """Give the expressions of a test, whatever its kind."""
    if test.kind in SINGLE:
        return SINGLE[test.kind](test, setting)
    return JOINED[test.kind](test, setting, [outcome(part, setting) for part in test.parts])
