"""The figures of a round add up, however many partnerships or pathways a school has."""

import datetime

import polars as pl
import pytest

from schoolhubs.vocabulary.records.matching import Compatibility, MatchingRules, MatchResult
from schoolhubs.vocabulary.records.round import DECISIONS, Round

ON = datetime.date(2022, 10, 1)
# urn, pathway, verdict: one matched, one unmatched, one placed twice over, one trust, one refused.
DECIDED = [
    ("900001", "core", "yes"),
    ("900001", "multi_school", "yes"),
    ("900002", "core", "yes"),
    ("900003", "core", "yes"),
    ("900004", "core", "no"),
    ("900004", "multi_school", "yes"),
    ("900005", "core", "no"),
    ("900006", "core", "cannot tell"),
]


@pytest.fixture
def held() -> Round:
    """Give a round of six applicants."""
    decided = pl.DataFrame(DECIDED, schema=["urn", "pathway", "verdict"], orient="row")
    result = MatchResult(
        matches=pl.DataFrame(
            {"urn": ["900001"], "minutes": [12.0], "is_exception": [False]},
        ),
        unmatched=pl.DataFrame({"urn": ["900002"]}),
        hubs=pl.DataFrame(),
        goals=(),
        total_minutes=12.0,
        lower_bound_minutes=12.0,
        is_proven_optimal=True,
        solver="none",
        already_placed=pl.DataFrame(
            {"urn": ["900003", "900003"], "lead_urn": ["900011", "900012"]}
        ),
    )
    return Round(
        programme_id="behaviour-hubs-2021",
        programme_title="Behaviour Hubs",
        definition_version="1",
        cohort_id="2022-23-autumn",
        on=ON,
        rules_on=ON,
        is_synthetic=True,
        is_rehearsal=False,
        decisions=DECISIONS.fill(decided),
        result=result,
        alternatives=pl.DataFrame(),
        schools=pl.DataFrame(),
        leads=pl.DataFrame(),
        rules=MatchingRules(
            compatibility=Compatibility.PHASE,
            lead_phases={},
            preferred_maximum_minutes=120,
            absolute_maximum_minutes=240,
            forbids_own_trust=True,
            alike_by=("n_pupils", "fsm_ever_percent", "sen_support_percent", "eal_percent"),
        ),
        trust_pathways=frozenset({"multi_school"}),
        travel_source="a test",
        travel_band_share=0.8,
        seed=0,
    )


def test_each_eligible_school_is_counted_once(held: Round) -> None:
    total = held.summary()
    parts = ("matched", "unmatched", "already_placed", "waiting_for_trust_match")
    assert [total[name] for name in parts] == [1, 1, 1, 1]
    assert total["eligible"] == sum(total[name] for name in parts) == 4
    assert (total["not_eligible"], total["cannot_tell"]) == (1, 1)


def test_two_partnerships_of_one_school_are_one_school(held: Round) -> None:
    assert held.result.already_placed.height == 2
    assert held.summary()["already_placed"] == 1
