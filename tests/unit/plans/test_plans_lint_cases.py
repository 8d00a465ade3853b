"""The worked cases of the lint, and that no rule stands without one that needs it."""

from collections import Counter
from typing import Any

import pytest

from schoolhubs.plans.linting import lint, lint_action, verdict
from schoolhubs.plans.linting.rules import LintFinding, LintRule, lint_rules
from schoolhubs.plans.stored import files_in, stored
from schoolhubs.vocabulary.records.plan import PlannedAction

CASES = {name: case for file in files_in("cases") for name, case in stored(file)["cases"].items()}
RULES = lint_rules()


def found(case: dict[str, Any], rules: tuple[LintRule, ...] = RULES) -> tuple[LintFinding, ...]:
    if "text" in case:
        return lint(case["text"], rules=rules)
    action = PlannedAction.from_dict({"action_id": "a1", **case["action"]})
    return lint_action(action, rules=rules)


def answer(case: dict[str, Any], rules: tuple[LintRule, ...] = RULES) -> tuple[str, set[str]]:
    findings = found(case, rules)
    return verdict(findings), {each.rule for each in findings}


@pytest.mark.parametrize("name", CASES)
def test_a_case_is_answered_as_it_says(name: str) -> None:
    case = CASES[name]
    assert answer(case) == (case["verdict"], set(case["rules"])), case["because"]


def test_there_are_enough_cases_of_every_kind() -> None:
    assert len(CASES) >= 60
    assert len(CASES) == sum(len(stored(file)["cases"]) for file in files_in("cases"))
    settings = Counter(case["setting"] for case in CASES.values())
    assert settings["special"] >= 8
    assert settings["alternative_provision"] >= 8
    verdicts = Counter(case["verdict"] for case in CASES.values())
    assert min(verdicts["stop"], verdicts["look"], verdicts["clear"]) >= 15
    assert all(case["because"] for case in CASES.values())


@pytest.mark.parametrize("off", RULES, ids=lambda rule: rule.code)
def test_with_a_rule_off_a_case_fails(off: LintRule) -> None:
    kept = tuple(rule for rule in RULES if rule is not off)
    failed = [n for n, case in CASES.items() if answer(case, kept)[1] != set(case["rules"])]
    assert failed, f"no case needs {off.code}"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_says_why_and_whence(rule: LintRule) -> None:
    known = stored("sources.yaml")
    assert rule.sources
    assert set(rule.sources) <= set(known)
    assert all(known[key]["title"] and known[key]["read_on"] for key in rule.sources)
    assert rule.because.endswith(".")
    assert rule.remedy.endswith(".")
    assert set(rule.sections) <= {13, 15, 19, 20, 26, 149}
    assert rule.text or rule.fields
