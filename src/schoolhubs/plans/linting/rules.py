"""The rules of the lint, and what a rule finds."""

import dataclasses
import functools
from collections.abc import Mapping
from typing import Any, Literal

from schoolhubs.plans.stored import source, stored

Verdict = Literal["stop", "look", "clear"]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class LintRule:
    """One rule; see ``linting/rules.yaml`` for what each field says."""

    code: str
    title: str
    verdict: Verdict
    sections: tuple[int, ...]
    sources: tuple[str, ...]
    because: str
    remedy: str
    text: tuple[Mapping[str, Any], ...] = ()
    fields: tuple[tuple[Mapping[str, Any], ...], ...] = ()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class LintFinding:
    """What a rule found.

    Attributes
    ----------
    rule, title, verdict, sections, because, remedy
        Of the rule; ``stop`` must change, ``look`` is a question of the screen.
    sources
        Titles of what the rule rests on.
    said
        The sentence, or the fields, that it was found in.
    """

    rule: str
    title: str
    verdict: Verdict
    sections: tuple[int, ...]
    because: str
    remedy: str
    sources: tuple[str, ...]
    said: str


@functools.cache
def lint_rules() -> tuple[LintRule, ...]:
    """Give the rules that come with the package."""
    return tuple(
        LintRule(
            code=code,
            title=said["title"],
            verdict=said["verdict"],
            sections=tuple(said["sections"]),
            sources=tuple(said["sources"]),
            because=said["because"],
            remedy=said["remedy"],
            text=tuple(said.get("text", ())),
            fields=tuple(tuple(tests) for tests in said.get("fields", ())),
        )
        for code, said in stored("linting/rules.yaml")["rules"].items()
    )


def found(rule: LintRule, said: str) -> LintFinding:
    """Make a finding of a rule."""
    return LintFinding(
        rule=rule.code, title=rule.title, verdict=rule.verdict, sections=rule.sections,
        because=rule.because, remedy=rule.remedy, said=said,
        sources=tuple(source(key) for key in rule.sources),
    )  # fmt: skip


def verdict(findings: tuple[LintFinding, ...]) -> Verdict:
    """Give the gravest verdict; ``clear`` where nothing was found."""
    said = {each.verdict for each in findings}
    return "stop" if "stop" in said else "look" if "look" in said else "clear"
