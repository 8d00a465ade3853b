"""The four tables, and the counts by region and phase that the report shows."""

import csv
import dataclasses
import io
from collections.abc import Callable

import polars as pl
import pytest

from schoolhubs import packs
from schoolhubs.packs import figures
from schoolhubs.packs.reach import reach, unmet
from schoolhubs.vocabulary.records.round import ALTERNATIVES, Round


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_every_match_and_every_unmatched_school_is_a_row(held: Round) -> None:
    files = packs.build(held).files
    matches, unmatched = rows(str(files["matches.csv"])), rows(str(files["unmatched.csv"]))
    assert {row["urn"] for row in matches} == set(held.result.matches["urn"])
    assert {row["urn"] for row in unmatched} == set(held.result.unmatched["urn"])
    assert [row["urn"] for row in matches] == sorted(row["urn"] for row in matches)
    assert len(rows(str(files["decisions.csv"]))) == held.decisions.height
    assert len(rows(str(files["hubs.csv"]))) == held.result.hubs.height


def test_a_match_names_both_schools_its_band_and_the_next_two_leads(held: Round) -> None:
    table = packs.tabulate(held).matches
    row, names = table.row(0, named=True), dict(held.schools.select("urn", "school_name").rows())
    others = held.alternatives.filter(pl.col("urn") == row["urn"]).sort("rank")["lead_urn"]
    assert row["school_name"] == names[row["urn"]]
    assert row["lead_name"] == names[row["lead_urn"]]
    assert row["minutes_low"] < row["minutes"] < row["minutes_high"]
    assert [row["second_lead_urn"], row["third_lead_urn"]] == others.to_list()
    assert row["second_lead_name"] == names[row["second_lead_urn"]]
    assert row["second_blocked_by"] in ("capacity", "longer journey")
    assert row["second_price_minutes"] is not None


def test_a_price_is_written_goal_by_goal_in_the_order_the_goals_are_taken(held: Round) -> None:
    names = [name for name in ALTERNATIVES.schema if name.startswith("price_")]
    assert names == [
        "price_need",
        "price_moved",
        "price_exceptions",
        "price_schools",
        "price_weighted_minutes",
        "price_minutes",
    ]
    for file, choices in (("matches", ("second", "third")), ("unmatched", ("first", "second"))):
        columns = getattr(packs.tabulate(held), file).columns
        told = [name for name in columns if "_price_" in name]
        assert told == [f"{choice}_{name}" for choice in choices for name in names]


def test_the_lead_a_school_was_given_is_not_listed_as_its_alternative(held: Round) -> None:
    given = held.result.matches.select(
        "urn",
        "lead_urn",
        "pathway",
        rank=pl.lit(1, dtype=pl.Int64),
        minutes=pl.col("minutes").cast(float),
    )
    with_first = pl.concat([held.alternatives, given], how="diagonal")
    told = packs.tabulate(dataclasses.replace(held, alternatives=with_first))
    assert told.matches.equals(packs.tabulate(held).matches)


def test_hub_places_add_up(held: Round) -> None:
    hubs = packs.tabulate(held).hubs
    assert hubs["n_matched"].sum() == held.result.matches.height
    assert hubs.select(
        (pl.col("n_places") - pl.col("n_running") - pl.col("n_matched") == pl.col("n_left")).all()
    ).item()
    assert hubs["n_exceptions"].sum() == held.summary()["exceptions_over_limit"]


def test_a_hub_above_its_places_has_none_left_and_says_by_how_many(held: Round) -> None:
    lead, pathway = held.result.hubs.select("lead_urn", "pathway").row(0)
    here = (pl.col("lead_urn") == lead) & (pl.col("pathway") == pathway)
    running = pl.when(here).then(pl.col("n_places") + 2).otherwise("n_running")
    crowded = held.result.hubs.with_columns(n_running=running)
    over = dataclasses.replace(
        held, result=dataclasses.replace(held.result, hubs=crowded, matches=held.result.matches)
    )
    tables = packs.tabulate(over)
    row = tables.hubs.filter(here).row(0, named=True)
    assert (row["n_left"], row["n_over"]) == (0, 2 + row["n_matched"])
    assert packs.tabulate(held).hubs["n_over"].sum() == 0
    told = figures.loads(over, tables, pathway).sentence
    assert f"1 hub holds more schools than its places, {row['n_over']} in all." in told
    assert "Above its places" in str(packs.build(over).files["report.html"])
    assert "Above its places" not in str(packs.build(held).files["report.html"])


def test_a_lead_outside_the_register_keeps_the_name_it_was_given(held: Round) -> None:
    gone = held.leads["urn"][0]
    without = dataclasses.replace(held, schools=held.schools.filter(pl.col("urn") != gone))
    table = packs.tabulate(without).hubs.filter(pl.col("lead_urn") == gone)
    assert table["lead_name"].to_list() == [held.leads["school_name"][0]]


@pytest.mark.parametrize("by", ["region", "phase"])
def test_reach_adds_up_to_the_summary(held: Round, by: str) -> None:
    table, total = reach(held, by), held.summary()
    for column in ("applicants", "eligible", "matched", "unmatched"):
        assert table[column].sum() == total[column]
    assert table["reached_percent"].drop_nulls().is_between(0, 100).all()


def test_a_school_without_a_region_is_counted_as_not_known(held: Round) -> None:
    urn = held.result.unmatched["urn"][0]
    lost = pl.when(pl.col("urn") != urn).then("region").alias("region")
    table = reach(dataclasses.replace(held, schools=held.schools.with_columns(lost)), "region")
    last = table.row(-1, named=True)
    assert (last["region"], last["eligible"], last["unmatched"]) == ("Not known", 1, 1)
    assert table["unmatched"].sum() == held.summary()["unmatched"]


def test_unmet_need_is_laid_out_region_by_phase_with_its_sums(held: Round) -> None:
    table = unmet(held)
    total = held.summary()["unmatched"]
    assert total > 0
    assert table["All phases"].to_list()[-1] == total
    assert table["All phases"].head(table.height - 1).sum() == total
    assert table["region"][-1] == "All regions"


def test_a_round_that_left_nobody_out_has_no_unmet_need(held: Round) -> None:
    result = dataclasses.replace(held.result, unmatched=held.result.unmatched.clear())
    assert unmet(dataclasses.replace(held, result=result)).is_empty()


def test_formulas_in_names_are_neutralised(
    held: Round, with_name: Callable[[Round, str, str], Round]
) -> None:
    urn, lead = held.result.matches.row(0)[:2]
    evil = with_name(with_name(held, urn, "=cmd|' /C calc'!A0"), lead, "@SUM(A1)")
    files = packs.build(evil).files
    for name in ("decisions.csv", "matches.csv", "hubs.csv"):
        cells = [cell for row in rows(str(files[name])) for cell in row.values()]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]
    assert "'=cmd|' /C calc'!A0" in str(files["matches.csv"])
