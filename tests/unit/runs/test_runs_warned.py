"""Slips in a round's lists are refused or told, never swallowed."""

import datetime

import polars as pl
import pytest

from schoolhubs import programmes
from schoolhubs.runs.parts import warned
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.errors import DataProblem
from schoolhubs.vocabulary.records.matching import MatchResult

RULES = programmes.load("rise-hubs-2025").as_at(datetime.date(2026, 1, 29))


def result(n_places: int, n_running: int) -> MatchResult:
    hubs = pl.DataFrame(
        {
            "lead_urn": ["900001"],
            "pathway": ["enhanced"],
            "n_places": [n_places],
            "n_running": [n_running],
        }
    )
    return MatchResult(
        matches=pl.DataFrame(),
        unmatched=pl.DataFrame(),
        hubs=hubs,
        goals=(),
        total_minutes=0.0,
        lower_bound_minutes=0.0,
        is_proven_optimal=True,
        solver="",
    )


def said(name: str | None, lead: str, n_places: int, n_running: int) -> list[str]:
    decided = pl.DataFrame(
        {"urn": ["900009"], "school_name": [name]},
        schema={"urn": pl.String, "school_name": pl.String},
    )
    row = {"kind": "ban", "partner_urn": "900009", "lead_urn": lead}
    overrides = frames.OVERRIDES.fill(pl.DataFrame([row]))
    return list(warned.slips(decided, overrides, ["900001"], result(n_places, n_running)))


def test_lists_without_a_slip_say_nothing() -> None:
    assert said("A school", "900001", 6, 6) == []


def test_each_slip_is_told_with_its_school() -> None:
    (unknown,) = said(None, "900001", 6, 0)
    assert unknown == "1 applicant is not in the school register: 900009. Check the URNs."
    (idle,) = said("A school", "888888", 6, 0)
    assert "888888" in idle
    (full,) = said("A school", "900001", 6, 7)
    assert full == "Lead 900001 has 7 running enhanced partnerships for 6 places."
    (empty,) = said("A school", "900001", 0, 0)
    assert empty == "No lead school has a place, so nobody can be matched."


def test_a_partnership_on_an_unknown_pathway_is_refused() -> None:
    row = {
        "partner_urn": "900009",
        "lead_urn": "900001",
        "pathway": "nope",
        "started_on": datetime.date(2025, 9, 1),
    }
    with pytest.raises(DataProblem) as refused:
        warned.check_partnerships(frames.PARTNERSHIPS.fill(pl.DataFrame([row])), RULES)
    (problem,) = refused.value.problems
    assert (problem.row, problem.value) == (2, "nope")
    assert "enhanced" in problem.remedy
