"""The rules over prose."""

import functools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from schoolhubs.plans.linting.denying import (
    Span,
    is_carved_out,
    is_considered,
    is_denied,
    is_no_condition,
    is_quoted_to_end,
    spans,
)
from schoolhubs.plans.linting.rules import LintRule
from schoolhubs.plans.linting.statements import Statement, statements

# Reasons of absence that are protected, and what the terms of words.yaml stand for.
LEFT_OUT = {
    "illness": {"illness"}, "medical": {"medical"}, "send": {"send"},
    "leave_reason": {"illness", "medical"},
}  # fmt: skip
# What takes out no sentence, and each act of it that a need is asked about before.
CONSIDERED = "considered"
Carve = Literal["none", "part", "whole"]


class Read:
    """A text read once for all rules."""

    def __init__(self, text: str) -> None:
        self.around = statements(text)
        self.carve = _carve(self.around)

    def matches(self, rule: LintRule) -> Iterator[str]:
        """Give each sentence in which a rule is found."""
        for at, statement in enumerate(self.around):
            if any(self._fits(reading, at) for reading in rule.text):
                yield statement.said

    def _fits(self, reading: Mapping[str, Any], at: int) -> bool:
        statement = self.around[at]
        if reading.get("carve", self.carve) != self.carve:
            return False
        unless = set(reading.get("unless", ()))
        if any(spans(term, statement.text) for term in unless - {CONSIDERED}):
            return False
        acts = [span for span in spans(reading["acts"], statement.text) if self._stands(at, span)]
        if CONSIDERED in unless:
            acts = [span for span in acts if not is_considered(statement, span)]
        return bool(acts) and all(self._is_met(term, at, acts) for term in reading["with"])

    def _stands(self, at: int, span: Span) -> bool:
        statement = self.around[at]
        quoted = is_quoted_to_end(self.around, at, span[0])
        return not quoted and not is_denied(statement, span)

    def _is_met(self, term: str, at: int, acts: Sequence[Span]) -> bool:
        """Tell whether a condition is there, beside what is done: one word is not both."""
        statement = self.around[at]
        return any(
            not (term in CARVABLE and is_carved_out(statement, span))
            and not is_no_condition(statement, span)
            and any(not _within(act, span) or term in JOINT for act in acts)
            for span in spans(term, statement.text)
        )


# Reasons that a sentence can leave out; an attendance figure is no reason.
CARVABLE = frozenset({"illness", "medical", "send", "religion", "need_shown", "unexplained"})
# Terms whose phrases hold the word for the award itself.
JOINT = frozenset({"group_gain", "full_attendance"})


def _within(act: Span, span: Span) -> bool:
    return span[0] <= act[0] and act[1] <= span[1]


def _carve(around: Sequence[Statement]) -> Carve:
    """Tell how much of protected absence a whole text leaves out."""
    left: set[str] = set()
    for statement in around:
        for term, stands_for in LEFT_OUT.items():
            if any(is_carved_out(statement, span) for span in spans(term, statement.text)):
                protected = term == "leave_reason" and "protected absence" in statement.text
                left |= {"illness", "medical", "send"} if protected else stands_for
    return "whole" if len(left) == 3 else "part" if left else "none"


@functools.lru_cache(maxsize=512)
def read(text: str) -> Read:
    """Read a text; the same text is read once."""
    return Read(text)
