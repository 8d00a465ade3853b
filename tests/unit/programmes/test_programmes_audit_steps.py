"""Which audit steps a pathway's plans wait for: said of every pathway, and no round's affair."""

import datetime

import pytest

from schoolhubs import programmes

DAY = datetime.date(2026, 11, 22)
KNOWN = {"self_assessment", "staff_survey", "pupil_survey", "diagnostic_day"}


@pytest.mark.parametrize("programme_id", programmes.list_ids())
def test_every_pathway_says_what_a_plan_waits_for(programme_id: str) -> None:
    rules = programmes.load(programme_id).as_at(DAY)
    for pathway in rules.pathways:
        assert pathway.audit_steps is not None, pathway.pathway
        assert set(pathway.audit_steps) <= KNOWN
    assert not [each for each in rules.assumptions if "audit_steps" in each.where]


def test_enhanced_asks_for_all_four_and_regional_for_none() -> None:
    rules = programmes.load("rise-hubs-2025").as_at(DAY)
    assert set(rules.pathway("enhanced").audit_steps or ()) == KNOWN
    assert rules.pathway("regional").audit_steps == ()
