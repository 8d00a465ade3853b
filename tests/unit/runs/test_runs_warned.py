"""Slips in a round's lists are refused or told, never swallowed."""

import dataclasses
import datetime
from collections.abc import Callable

import polars as pl
import pytest

from schoolhubs import programmes
from schoolhubs.runs.parts import leads, lists, told, warned
from schoolhubs.runs.parts.register import Lists
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.records.matching import MatchResult
from schoolhubs.vocabulary.records.round import InputFile

RULES = programmes.load("rise-hubs-2025").as_at(datetime.date(2026, 1, 29))

SOURCES = tuple(
    InputFile(name=name, kind=kind, sha256="")
    for kind, name in {
        "leads": "mine.csv",
        "partnerships": "running.csv",
        "overrides": "hand.csv",
    }.items()
)


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
    assert full == "Lead 900001 has 7 enhanced partnerships in one term for 6 places."
    (empty,) = said("A school", "900001", 0, 0)
    assert empty == "No lead school has a place, so nobody can be matched."


def idle(kind: str, partner: str, lead: str) -> list[str]:
    decided = pl.DataFrame({"urn": ["900009"], "school_name": ["A school"]})
    row = {"kind": kind, "partner_urn": partner, "lead_urn": lead}
    overrides = frames.OVERRIDES.fill(pl.DataFrame([row]))
    return list(warned.slips(decided, overrides, ["900001"], result(6, 6)))


@pytest.mark.parametrize("kind", ["ban", "conflict"])
def test_an_override_with_a_mistyped_school_is_told(kind: str) -> None:
    assert idle(kind, "900009", "900001") == []
    (partner,) = idle(kind, "900090", "900001")
    assert partner == (
        "Overrides name schools that did not apply to this round: 900090. They change nothing."
    )
    (lead,) = idle(kind, "900009", "900010")
    assert lead == (
        "Overrides name schools that lead no hub of this round: 900010. They change nothing."
    )


def test_matches_that_rest_on_what_is_not_known_are_counted() -> None:
    decided = pl.DataFrame({"urn": ["900009"], "school_name": ["A school"]})
    matches = pl.DataFrame(
        {"urn": ["900009", "900010"], "not_known": ["need type not known", None]}
    )
    unsure = dataclasses.replace(result(6, 6), matches=matches)
    (said,) = warned.slips(decided, frames.OVERRIDES.empty(), ["900001"], unsure)
    assert said == (
        "1 match rests on a need type or age range that is not known: see not_known in matches.csv."
    )
    sure = dataclasses.replace(unsure, matches=matches.tail(1))
    assert list(warned.slips(decided, frames.OVERRIDES.empty(), ["900001"], sure)) == []


def test_a_conflict_may_be_written_either_way_round_and_a_ban_may_not() -> None:
    assert idle("conflict", "900001", "900009") == []
    assert len(idle("ban", "900001", "900009")) == 2


def test_a_partnership_on_an_unknown_pathway_is_refused() -> None:
    row = {
        "partner_urn": "900009",
        "lead_urn": "900001",
        "pathway": "nope",
        "started_on": datetime.date(2025, 9, 1),
    }
    with pytest.raises(DataProblem) as refused:
        warned.check_lists(
            frames.LEADS.empty(), frames.PARTNERSHIPS.fill(pl.DataFrame([row])), RULES, SOURCES
        )
    (problem,) = refused.value.problems
    assert (problem.file, problem.row, problem.value) == ("running.csv", 2, "nope")
    assert "enhanced" in problem.remedy


def leads_with(column: str, *places: str | None, programme_id: str | None = None) -> pl.DataFrame:
    rows = [
        {"urn": f"{900001 + n}", "programme_id": programme_id, column: each}
        for n, each in enumerate(places)
    ]
    read = pl.DataFrame(rows, schema_overrides={column: pl.String, "programme_id": pl.String})
    return frames.LEADS.fill(read).hstack(read.select(column))


def test_places_on_an_unknown_pathway_are_refused() -> None:
    given = leads_with("capacity_enhnced", None, "4", "5")
    with pytest.raises(DataProblem) as refused:
        warned.check_lists(given, frames.PARTNERSHIPS.empty(), RULES, SOURCES)
    (problem,) = refused.value.problems
    assert (problem.file, problem.urn, problem.column) == ("mine.csv", "900002", "capacity_enhnced")
    assert "capacity_enhnced names no pathway of rise-hubs-2025" in problem.fault
    assert "the places of 2 leads" in problem.fault
    assert "capacity_enhanced or capacity_regional" in problem.remedy


@pytest.mark.parametrize(
    "given",
    [
        leads_with("capacity_enhanced", "4"),
        leads_with("capacity_core", None, None),
        leads_with("capacity_core", "3", programme_id="behaviour-hubs-2021"),
    ],
)
def test_places_that_are_known_blank_or_of_another_programme_pass(given: pl.DataFrame) -> None:
    warned.check_lists(given, frames.PARTNERSHIPS.empty(), RULES)


def test_a_partner_of_no_register_is_told(facts: Callable[..., pl.DataFrame]) -> None:
    row = {"lead_urn": "900001", "pathway": "enhanced", "started_on": datetime.date(2025, 9, 1)}
    running = frames.PARTNERSHIPS.fill(
        pl.DataFrame([row | {"partner_urn": urn} for urn in ("900002", "999999")])
    )
    (said,) = warned.unknown_partners(running, facts({}, {}))
    assert said.startswith(
        "1 partner is on the list of partnerships and not in the school register: 999999."
    )
    assert list(warned.unknown_partners(running.head(1), facts({}, {}))) == []


def test_a_list_of_which_no_lead_remains_is_refused(facts: Callable[..., pl.DataFrame]) -> None:
    rows = [
        {"urn": "900001", "programme_id": None},
        {"urn": "900099", "programme_id": RULES.programme_id},
        {"urn": "900002", "programme_id": "behaviour-hubs-2021"},
    ]
    listed = frames.LEADS.fill(pl.DataFrame(rows))
    ours = leads.of_programme(listed, RULES.programme_id)

    stands = leads.settle(ours, facts({}), RULES, None)
    warned.check_leads_remain(listed, stands, RULES, SOURCES)
    gone = leads.settle(ours, facts({"is_open": False}), RULES, None)
    warned.check_leads_remain(frames.LEADS.empty(), gone, RULES, SOURCES)
    with pytest.raises(DataProblem) as refused:
        warned.check_leads_remain(listed, gone, RULES, SOURCES)

    every, *each = refused.value.problems
    assert (every.file, every.code) == ("mine.csv", "no_lead_remains")
    assert every.fault == "no lead of the list takes part in this round"
    assert {problem.urn: problem.fault for problem in each} == {
        "900001": "this lead is not open and has no one open successor",
        "900099": "this lead is not in the school register",
        "900002": "this lead is for behaviour-hubs-2021, not rise-hubs-2025",
    }


def test_rows_for_other_programmes_are_told_by_their_ids() -> None:
    named = ["rise-hubs-2026", "rise-hubs-2026", "mine", None, RULES.programme_id]
    listed = pl.DataFrame({"urn": [f"90000{n}" for n in range(5)], "programme_id": named})
    (said,) = told.of_others(listed, RULES, "listed lead is", "listed leads are")
    assert said == (
        "3 listed leads are for another programme than rise-hubs-2025: mine (1), "
        "rise-hubs-2026 (2)."
    )
    assert list(told.of_others(listed.tail(2), RULES, "one", "many")) == []
    assert list(told.of_others(listed.drop("programme_id"), RULES, "one", "many")) == []


NOBODY = pl.DataFrame(schema={"urn": pl.String, "reason": pl.String})


def given(overrides: pl.DataFrame, partnerships: pl.DataFrame | None = None) -> Lists:
    return Lists(
        leads=frames.LEADS.empty(),
        partnerships=frames.PARTNERSHIPS.empty() if partnerships is None else partnerships,
        overrides=overrides,
        notes=(),
    )


def test_a_lead_that_was_set_aside_is_told_from_one_that_is_not_listed() -> None:
    row = {"partner_urn": "900009", "pathway": "enhanced", "started_on": datetime.date(2025, 9, 1)}
    running = pl.DataFrame([row | {"lead_urn": urn} for urn in ("900001", "900002")])
    found = [
        Problem(code="partnership_of_unknown_lead", urn=urn, fault=f"a partnership runs at {urn}")
        for urn in ("900001", "900002")
    ]
    aside = pl.DataFrame({"urn": ["900001"], "reason": ["no longer leads"]})
    with (
        pytest.raises(DataProblem) as refused,
        lists.located(given(frames.OVERRIDES.empty(), running), aside, SOURCES),
    ):
        raise DataProblem(found, outcome="Nothing was matched.")
    assert [(each.row, each.fault.split("; ")[1]) for each in refused.value.problems] == [
        (2, "it is in mine.csv and was set aside: no longer leads"),
        (3, "it is not listed in mine.csv"),
    ]


def test_a_pin_is_told_with_the_urn_of_its_file_and_its_successor() -> None:
    row = {"kind": "pin", "lead_urn": "900001"}
    now, read = (pl.DataFrame([row | {"partner_urn": urn}]) for urn in ("900009", "900008"))
    found = Problem(code="impossible_pin", urn="900009", value="900001", fault="but it may not")
    as_read = {"overrides": read, "partnerships": frames.PARTNERSHIPS.empty()}
    with (
        pytest.raises(DataProblem) as refused,
        lists.located(given(now), NOBODY, SOURCES, as_read),
    ):
        raise DataProblem([found])
    (problem,) = refused.value.problems
    assert problem.fault == "but it may not; the row gives 900008, which became 900009"


def test_a_pin_that_cannot_be_is_told_with_file_and_rows() -> None:
    pins = [("ban", "900009", "900001"), ("pin", "900009", "900001"), ("pin", "900009", "900002")]
    overrides = pl.DataFrame(pins, schema=["kind", "partner_urn", "lead_urn"], orient="row")
    found = Problem(code="pinned_twice", urn="900009", fault="pinned to more than one lead")
    other = Problem(code="impossible_pin", urn="900009", value="900002", fault="but it may not")
    elsewhere = Problem(code="no_travel", urn="900009", fault="is not in the travel matrix")
    with (
        pytest.raises(DataProblem) as refused,
        lists.located(given(overrides), NOBODY, SOURCES),
    ):
        raise DataProblem([found, other, elsewhere], outcome="Nothing was matched.")
    told = [(each.file, each.row, each.other_rows) for each in refused.value.problems]
    assert told == [("hand.csv", 3, (4,)), ("hand.csv", 4, ()), ("", None, ())]
    assert refused.value.outcome == "Nothing was written."
