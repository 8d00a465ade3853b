"""What must be read with care stands where it is read, and the arithmetic adds up."""

import dataclasses
import datetime

import polars as pl
import pytest

from schoolhubs import packs, programmes
from schoolhubs.packs import figures
from schoolhubs.packs.said import caveats, findings
from schoolhubs.packs.tables import tabulate
from schoolhubs.runs.budget import round_budget
from schoolhubs.runs.parts import told
from schoolhubs.vocabulary.records.matching import FloorResult
from schoolhubs.vocabulary.records.round import Round
from schoolhubs.vocabulary.records.sourced import Assumption

EVERYONE = Assumption(where="applications", value="every open state school applies", why="None.")
TOPPED = "2 of 10 leads were added by rule, not appointed."


def report_of(held: Round) -> str:
    return str(packs.build(held).files["report.html"])


def with_later_figures(held: Round) -> tuple[Round, list[str]]:
    """Give one matched school a later roll and one unmatched school a successor's place."""
    urns = [held.result.matches["urn"][0], held.result.unmatched["urn"][0]]
    is_later, is_moved = pl.col("urn") == urns[0], pl.col("urn") == urns[1]
    schools = held.schools.with_columns(
        is_context_later=is_later,
        context_year=pl.when(is_later).then(pl.lit("2026/27")).otherwise("context_year"),
        is_placed_at_successor=is_moved,
    )
    return dataclasses.replace(held, schools=schools), urns


def test_later_rolls_and_successors_places_are_counted_and_marked(held: Round) -> None:
    assert caveats.read_with_care(held) == ()
    changed, (later, moved) = with_later_figures(held)
    assert caveats.read_with_care(changed) == (
        "1 roll is of 2026/27 (School census), later than the date of the round.",
        "1 school stands at the place of a successor.",
    )
    tables = tabulate(changed)
    for frame in (tables.matches, tables.unmatched):
        marked = frame.select("urn", "context_year", "is_placed_at_successor")
        for urn, year, is_moved in marked.iter_rows():
            assert year == ("2026/27" if urn == later else "2024/25")
            assert is_moved == (urn == moved)


def test_without_a_flag_the_year_is_compared_with_that_of_the_round(held: Round) -> None:
    changed, _ = with_later_figures(held)
    plain = dataclasses.replace(changed, schools=changed.schools.drop("is_context_later"))
    assert caveats.read_with_care(plain)[0].startswith("1 roll is of 2026/27")


def test_schools_outside_the_match_are_not_counted(held: Round) -> None:
    apart = held.decisions.filter(pl.col("verdict") == "no")["urn"][0]
    schools = held.schools.with_columns(is_placed_at_successor=pl.col("urn") == apart)
    assert caveats.read_with_care(dataclasses.replace(held, schools=schools)) == ()


def test_notes_stand_below_in_brief_and_added_leads_in_the_maps_caption(held: Round) -> None:
    leads = held.leads.with_columns(is_topped_up=pl.int_range(pl.len()) < 2)
    text = report_of(dataclasses.replace(held, leads=leads, notes=(TOPPED,)))
    before_map = text.split('id="england"')[0]
    assert TOPPED in before_map
    assert TOPPED not in text.split('id="assumed"')[1]
    figure = text.split('id="figure-map"')[1].split("</figcaption>")[0]
    assert "2 of the 10 hubs were added by rule, not appointed." in figure
    assert "added by rule" not in report_of(held)


def test_nobody_is_said_to_have_applied_who_did_not(held: Round) -> None:
    n = held.summary()["applicants"]
    taken = dataclasses.replace(held, assumptions=(EVERYONE,))
    assert findings.in_brief(taken)[0].startswith(
        f"{n} open state schools were taken as applicants."
    )
    assert figures.funnel(taken).table["step"][0] == "Taken as applicants"
    assert "applied" not in report_of(taken).casefold()
    assert findings.in_brief(held)[0].startswith(f"{n} schools applied.")
    assert figures.funnel(held).table["step"][0] == "Applied"


def test_the_rounds_own_assumption_is_the_one_looked_for(held: Round) -> None:
    rules = programmes.load("rise-hubs-2025").as_at(datetime.date(2026, 2, 1))
    said = told.assumed(None, rules)
    assert findings.is_everyone_taken(dataclasses.replace(held, assumptions=said))


def test_schools_that_wait_for_a_trust_match_are_in_the_arithmetic(held: Round) -> None:
    """Everyone eligible is matched, left, placed already, or waiting."""
    named = held.result.unmatched["urn"].to_list()[:3]
    on_trust = pl.when(pl.col("urn").is_in(named)).then(pl.lit("multi_school"))
    waiting = dataclasses.replace(
        held,
        decisions=held.decisions.with_columns(pathway=on_trust.otherwise("pathway")),
        trust_pathways=frozenset({"multi_school"}),
        result=dataclasses.replace(
            held.result, unmatched=held.result.unmatched.filter(~pl.col("urn").is_in(named))
        ),
    )
    total = waiting.summary()
    assert total["waiting_for_trust_match"] == 3
    assert total["eligible"] == total["matched"] + total["unmatched"] + 3
    said = "3 eligible schools wait for trusts to be paired, which is done apart from this match."
    assert said in findings.in_brief(waiting)
    spoken = waiting.decisions.filter(pl.col("urn").is_in(waiting.result.matches["urn"].to_list()))
    two = spoken.head(2).with_columns(pathway=pl.lit("multi_school"))
    both = dataclasses.replace(waiting, decisions=pl.concat([waiting.decisions, two]))
    assert (
        "3 eligible schools wait for trusts to be paired, which is done apart from this match; "
        "the other 2 of the 5 that speak for a trust are counted above, as single schools."
    ) in findings.in_brief(both)
    assert figures.funnel(waiting).table["left"][2].endswith(", 3 waiting for a trust match")
    assert said not in " ".join(findings.in_brief(held))


FLOOR = FloorResult(
    group="North East",
    n_partners=20,
    n_matched=0,
    n_wanted=15,
    n_floor=0,
    need_share=0.0,
    national_need_share=0.8,
)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "No lead school may take its schools"),
        ({"n_floor": 4, "n_matched": 4}, "No lead school may take more of its schools"),
        ({"n_floor": 15, "n_matched": 16}, "Nothing: the floor is reached"),
        (
            {"binding_lead_urns": ("900001",), "n_binding_places": 6},
            "All 6 places within reach, at 1 lead school, are taken",
        ),
        ({"binding_lead_urns": ("900001",)}, "The 1 lead school within reach offer no place"),
    ],
)
def test_a_floor_is_called_reached_only_where_it_is(changes: dict[str, object], said: str) -> None:
    floor = dataclasses.replace(FLOOR, **changes)  # type: ignore[arg-type]
    view = findings.floors_table([floor])
    assert view.rows[0][-1] == said
    assert view.headings[1].words == "Schools"


def test_the_assumed_day_rate_and_its_reason_stand_beside_the_budget(held: Round) -> None:
    rules = programmes.load("rise-hubs-2025").as_at(datetime.date(2026, 2, 1))
    budget = round_budget(rules, held.result.hubs)
    told = dataclasses.replace(held, budget=budget, assumptions=rules.assumptions)
    (said,) = caveats.money_assumed(told)
    assert said.startswith("The day rate is assumed (£250 a day): No day rate was found.")
    section = report_of(told).split('id="money"')[1].split("</section>")[0]
    assert said in section
    assert caveats.money_assumed(dataclasses.replace(told, budget=None)) == ()
