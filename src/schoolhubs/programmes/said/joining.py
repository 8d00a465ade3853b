"""The rules of who may join, in words with their thresholds."""

import dataclasses
from collections.abc import Iterator

from schoolhubs.programmes.loading import Programme
from schoolhubs.programmes.said.describing import LIMITS
from schoolhubs.programmes.settings import said
from schoolhubs.vocabulary.records.rules import RuleKind, RulesAsAt, RuleTest
from schoolhubs.vocabulary.records.settings import DatedValue

JOINED = {
    RuleKind.ANY_OF: "One of these is enough. ",
    RuleKind.FRAMEWORK: "By the kind of the last graded inspection. ",
}
FRAMEWORKS = {
    "overall_grades": "with an overall grade",
    "no_overall_grade": "without an overall grade",
    "report_card": "with a report card",
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A rule of who may join: what it asks, of which pathways, in detail, and its values."""

    asks: str
    pathways: tuple[str, ...]
    words: str
    entries: tuple[DatedValue, ...]


def conditions(programme: Programme, rules: RulesAsAt) -> Iterator[Condition]:
    """Say every rule in force.

    Examples
    --------
    >>> import datetime
    >>> from schoolhubs.programmes import load
    >>> programme = load("rise-hubs-2025")
    >>> rules = programme.as_at(datetime.date(2026, 2, 1))
    >>> needs = next(each for each in conditions(programme, rules) if "challenges" in each.asks)
    >>> needs.words.partition(". ")[0], "at least 5 percentage points" in needs.words
    ('One of these is enough', True)
    """
    for rule in rules.eligibility:
        yield Condition(
            asks=rule.asks,
            pathways=rule.pathways,
            words=_words(programme, rule.test),
            entries=tuple(_entries(programme, rules, rule.test)),
        )


def _words(programme: Programme, test: RuleTest) -> str:
    parts = [_words(programme, part) for part in test.parts]
    of = f"Inspections {FRAMEWORKS[test.framework]}: " if test.framework else ""
    own = of + _threshold(programme, test) if test.threshold is not None else ""
    opening = JOINED.get(test.kind, "")
    if test.kind is RuleKind.TRUST_HAS and parts:
        opening = "Counted are schools of the trust that meet all of what follows. "
    # What a trust must have so many of is said after the number.
    listed = [own, opening + " ".join(parts)] if parts else [own or opening.strip()]
    return " ".join(each for each in listed if each)


def _threshold(programme: Programme, test: RuleTest) -> str:
    setting = programme.settings[(*test.path.split("."), "threshold")]
    description = setting.description.rstrip(".")
    if isinstance(test.threshold, bool) or setting.unit == "flag":
        return f"{description}."
    words = test.in_words or said(test.threshold, setting.unit)
    if words.casefold() == description.casefold():
        return f"{description}."
    asked = f"{LIMITS.get(test.kind.value, '')}{words}."
    return (
        f"{description}. Asked for: {asked}" if ". " in description else f"{description}: {asked}"
    )


def _entries(programme: Programme, rules: RulesAsAt, test: RuleTest) -> Iterator[DatedValue]:
    if test.threshold is not None:
        path = (*test.path.split("."), "threshold")
        yield programme.settings[path].entry(rules.rules_on)
    for part in test.parts:
        yield from _entries(programme, rules, part)
