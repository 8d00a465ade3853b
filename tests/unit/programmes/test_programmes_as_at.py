"""Rules as at a date: the right values, rehearsals, assumptions, need and money."""

import datetime

import pytest

from schoolhubs import programmes
from schoolhubs.vocabulary.records.matching import Compatibility, FloorGroup
from schoolhubs.vocabulary.records.rules import RulesAsAt


def behaviour_on(day: str) -> RulesAsAt:
    return programmes.load("behaviour-hubs-2021").as_at(datetime.date.fromisoformat(day))


def rise_on(day: str) -> RulesAsAt:
    return programmes.load("rise-hubs-2025").as_at(datetime.date.fromisoformat(day))


@pytest.mark.parametrize(
    ("day", "n_hubs"),
    [
        ("2025-08-30", None),
        ("2025-08-31", 21),
        ("2025-11-11", 21),
        ("2025-11-12", 57),
        ("2026-01-28", 57),
        ("2026-01-29", 93),
    ],
)
def test_hub_counts_by_date(day: str, n_hubs: int | None) -> None:
    rules = rise_on(day)
    assert rules.n_hubs == n_hubs
    assert rules.n_hubs_planned == 90


@pytest.mark.parametrize(
    ("day", "rules_on", "is_rehearsal"),
    [
        ("2018-09-01", "2021-04-01", True),  # before the announcement: what it began with
        ("2020-06-01", "2020-06-01", True),  # announced: the plan of the day
        ("2021-03-31", "2021-03-31", True),
        ("2021-04-01", "2021-04-01", False),
        ("2026-01-01", "2026-01-01", False),
    ],
)
def test_rehearsals(day: str, rules_on: str, is_rehearsal: bool) -> None:
    rules = behaviour_on(day)
    assert rules.rules_on == datetime.date.fromisoformat(rules_on)
    assert rules.is_rehearsal is is_rehearsal
    assert rules.on == datetime.date.fromisoformat(day)


@pytest.mark.parametrize(
    ("day", "is_over"), [("2021-04-01", False), ("2025-03-31", False), ("2025-04-01", True)]
)
def test_a_programme_is_over_from_the_first_day_after_it(day: str, is_over: bool) -> None:
    assert behaviour_on(day).is_over is is_over
    assert not rise_on(day).is_over  # no end was published


@pytest.mark.parametrize(
    ("day", "grades"), [("2020-06-01", [3]), ("2018-09-01", [2, 3, 4]), ("2022-12-01", [2, 3, 4])]
)
def test_partner_grades_by_version(day: str, grades: list[int]) -> None:
    rule = next(each for each in behaviour_on(day).eligibility if each.rule == "ofsted_grade")
    graded = next(part for part in rule.test.parts if part.framework == "overall_grades")
    assert graded.threshold == grades


def test_one_trust_rule_at_a_time() -> None:
    def in_force(day: str) -> set[str]:
        return {each.rule for each in behaviour_on(day).eligibility if "trust_s" in each.rule}

    assert in_force("2022-08-31") == {"trust_secondary_grade"}
    assert in_force("2022-09-01") == {"trust_school_inspected_in_trust"}


def test_middle_schools_follow_their_deemed_phase() -> None:
    leads = rise_on("2026-01-01").matching.lead_phases
    assert "primary" in leads["middle_deemed_primary"]
    assert "secondary" not in leads["middle_deemed_primary"]
    assert "secondary" in leads["middle_deemed_secondary"]
    assert {"primary", "secondary"} <= leads["all_through"]
    assert all("all_through" in leads[phase] for phase in ("primary", "secondary"))


def test_suiting_is_mutual() -> None:
    for rules in (rise_on("2026-01-01"), behaviour_on("2022-01-01")):
        leads = rules.matching.lead_phases
        assert all(phase in leads[other] for phase, others in leads.items() for other in others)


def test_matching_settings() -> None:
    rules = rise_on("2026-01-01")
    assert rules.matching.preferred_maximum_minutes == 120
    assert rules.matching.absolute_maximum_minutes == 180
    assert rules.matching.forbids_own_trust
    assert rules.matching.duration_terms == {
        each.pathway: each.duration_terms for each in rules.pathways
    }
    assert rules.matching.floor_group is FloorGroup.NONE
    assert rules.matching.floor_share == 0.8
    assert rules.pathway_decided_by == "office"
    assert behaviour_on("2022-01-01").pathway_decided_by == "school"


def test_the_special_track_tells_like_by_need_and_age() -> None:
    rules = programmes.load("special-ap-hubs-example").as_at(datetime.date(2026, 2, 1))
    assert rules.matching.compatibility is Compatibility.NEED_TYPE_AND_AGE
    assert rules.matching.lead_phases == {}
    assert rules.matching.may_match_unknown is True
    assert "matching.may_match_unknown" in {each.where for each in rules.assumptions}


def test_assumptions_are_those_in_force() -> None:
    early = {each.where for each in rise_on("2025-10-01").assumptions}
    late = {each.where for each in rise_on("2025-12-01").assumptions}
    assert late - early == {
        "eligibility.rules.needs_support.parts.report_card.frameworks.report_card.threshold"
    }
    assert "matching.absolute_maximum_minutes" in early
    assert "money.budget.total_pence" not in early  # published
    assert all(each.why for each in rise_on("2025-12-01").assumptions)


def test_the_version_names_content_and_declared_version() -> None:
    rules = rise_on("2026-01-01")
    declared, digest = rules.definition_version.split("+")
    assert declared == "2025.1"
    assert len(digest) == 12
    assert rise_on("2025-10-01").definition_version == rules.definition_version


def test_cohorts_are_named_by_year_and_term() -> None:
    assert behaviour_on("2023-01-09").cohort_id == "2022-23-spring"
