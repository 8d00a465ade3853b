"""What a reason says: value, threshold, source, what would make it pass."""

import datetime
from collections.abc import Callable

import polars as pl
import pytest

from schoolhubs import eligibility, programmes
from schoolhubs.vocabulary.errors import DataProblem
from schoolhubs.vocabulary.records.eligibility import EligibilityDecision, RuleReason, Verdict
from schoolhubs.vocabulary.records.rules import RulesAsAt

Facts = Callable[..., pl.DataFrame]
YES = pl.DataFrame(
    {
        "urn": ["900001"],
        "leadership_capacity": ["yes"],
        "ready_to_change": ["yes"],
        "n_senior_leaders": ["3"],
    }
)


def behaviour(on: str = "2022-10-01") -> RulesAsAt:
    return programmes.load("behaviour-hubs-2021").as_at(datetime.date.fromisoformat(on))


def rise(on: str = "2026-01-05") -> RulesAsAt:
    return programmes.load("rise-hubs-2025").as_at(datetime.date.fromisoformat(on))


def decided(facts: pl.DataFrame, rules: RulesAsAt, pathway: str) -> EligibilityDecision:
    every = eligibility.explain(facts, YES, rules, urn="900001", lead_urns=[])
    return next(each for each in every if each.pathway == pathway)


def reason(decision: EligibilityDecision, rule: str) -> RuleReason:
    return next(each for each in decision.reasons if each.rule == rule)


def test_a_passing_school_has_a_reason_for_every_rule(facts: Facts) -> None:
    rules = behaviour()
    decision = decided(facts({}), rules, "core")
    asked = [rule.rule for rule in rules.eligibility if "core" in rule.pathways]
    assert decision.verdict is Verdict.YES
    assert [each.rule for each in decision.reasons] == asked
    assert all(each.would_pass_if == "" for each in decision.reasons)
    assert decision.definition_version == rules.definition_version
    assert decision.cohort_id == "2022-23-autumn"


def test_outstanding_says_what_would_pass(facts: Facts) -> None:
    said = reason(decided(facts({"overall_grade": 1}), behaviour(), "core"), "ofsted_grade")
    assert said.verdict is Verdict.NO
    assert said.value == "Outstanding"
    assert said.threshold == "Good, Requires improvement or Inadequate"
    assert said.would_pass_if == "its overall grade were Good, Requires improvement or Inadequate"
    assert said.source == (
        "Ofsted, inspected 2019-03-12; Ofsted management information, March 2019"
    )
    assert not said.is_assumed


def test_a_predecessors_inspection_is_named(facts: Facts) -> None:
    school = {"is_inspection_of_predecessor": True, "inspection_urn": "900777", "overall_grade": 2}
    said = reason(decided(facts(school), behaviour(), "core"), "ofsted_grade")
    assert said.verdict is Verdict.YES
    assert "of its predecessor, URN 900777" in said.source


def test_figures_of_a_predecessor_series_and_year_are_named(facts: Facts) -> None:
    school = {"absence_urn": "900777", "phase": "secondary"}
    said = reason(decided(facts(school), rise(), "enhanced"), "needs_support")
    assert "2017/18, 6 half terms" in said.source
    assert "published under URN 900777" in said.source
    assert "school census" in said.source


def test_missing_is_never_no(facts: Facts) -> None:
    school = {"inspection_framework": None, "overall_grade": None, "inspected_on": None}
    decision = decided(facts(school), behaviour(), "core")
    said = reason(decision, "ofsted_grade")
    assert decision.verdict is Verdict.CANNOT_TELL
    assert said.value is None
    assert said.source == "no graded inspection is known by 2022-10-01"


def test_a_withheld_figure_shows_its_symbol(facts: Facts) -> None:
    school = {
        "persistent_absence_percent": None,
        "persistent_absence_mark": "SUPP",
        "absence_percent": 4.0,
        "inspection_framework": "overall_grades",
    }
    decision = decided(facts(school), rise(), "enhanced")
    said = reason(decision, "needs_support")
    assert decision.verdict is Verdict.CANNOT_TELL
    assert said.value is not None
    assert "withheld (SUPP)" in said.value
    assert "its absence were 5 % or more" in said.would_pass_if


def test_a_closed_school_is_sent_to_its_successor(facts: Facts) -> None:
    school = {"is_open": False, "successor_urns": ["900500", "900600"]}
    said = reason(decided(facts(school), rise(), "regional"), "open")
    assert said.verdict is Verdict.NO
    assert said.would_pass_if == "it applied under the URN of its successor, 900600"


def test_no_outranks_cannot_tell(facts: Facts) -> None:
    school = {"is_open": False, "overall_grade": None, "inspection_framework": None}
    assert decided(facts(school), behaviour(), "core").verdict is Verdict.NO


def test_a_lead_school_is_told_why(facts: Facts) -> None:
    decided_on = eligibility.explain(facts({}), YES, rise(), urn="900001", lead_urns=["900001"])
    assert {each.verdict for each in decided_on} == {Verdict.NO}
    said = reason(decided_on[0], "not_a_lead")
    assert said.value == "a lead school"
    assert said.would_pass_if == "it stopped leading a hub of the programme"


def test_without_a_list_of_leads_the_rule_is_not_asked(facts: Facts) -> None:
    every = eligibility.explain(facts({}), YES, rise(), urn="900001")
    assert "not_a_lead" not in {each.rule for each in every[0].reasons}


def test_a_trust_is_judged_by_its_schools(facts: Facts) -> None:
    trust = {"trust_id": "77", "trust_name": "The Trust", "establishment_type": "Free schools"}
    every = facts(
        {**trust, "overall_grade": 1, "was_inspected_in_trust": True},
        {**trust, "overall_grade": 2, "was_inspected_in_trust": True},
        {**trust, "overall_grade": 4, "was_inspected_in_trust": False},
        {**trust, "overall_grade": 4, "was_inspected_in_trust": True, "is_open": False},
    )
    decision = decided(every, behaviour(), "multi_school")
    said = reason(decision, "trust_school_inspected_in_trust")
    assert decision.verdict is Verdict.YES
    assert said.value == "1 of 3 open schools of the trust, such as URN 900002"
    assert said.source == "trust The Trust (77), school register as at 2022-10-01"


def test_another_trusts_schools_do_not_count(facts: Facts) -> None:
    mine = {"trust_id": "77", "establishment_type": "Free schools", "overall_grade": 1}
    other = {**mine, "trust_id": "88", "overall_grade": 2, "was_inspected_in_trust": True}
    decision = decided(facts(mine, mine, other), behaviour(), "multi_school")
    assert decision.verdict is Verdict.NO


def test_an_unknown_school_is_an_error_for_one(facts: Facts) -> None:
    with pytest.raises(DataProblem, match="URN 900999 is in the school register"):
        eligibility.explain(facts({}), None, rise(), urn="900999")


def test_capitals_and_spaces_make_no_other_value(facts: Facts) -> None:
    school = {
        "inspection_framework": "report_card",
        "attendance_and_behaviour": " Needs Attention ",
        "absence_percent": 4.0,
        "persistent_absence_percent": 8.0,
    }
    assert decided(facts(school), rise(), "enhanced").verdict is Verdict.YES


def test_every_reason_names_its_rules_source(facts: Facts) -> None:
    for rules in (rise(), behaviour()):
        for decision in eligibility.explain(facts({}), YES, rules, urn="900001", lead_urns=[]):
            assert all("read 2026" in each.rule_source for each in decision.reasons)
