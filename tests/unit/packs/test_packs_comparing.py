"""Two rounds side by side: sums, groups, and each school whose place differs with its reason."""

import dataclasses
import datetime

import polars as pl
import pytest

from schoolhubs import packs
from schoolhubs.vocabulary.records.round import Round


def tables(held: Round) -> packs.PackTables:
    return packs.tabulate(held)


def with_matches(held: Round, matches: pl.DataFrame, **result: object) -> Round:
    return dataclasses.replace(
        held, result=dataclasses.replace(held.result, matches=matches, **result)
    )


def moved(held: Round, urn: str, lead: str) -> Round:
    """Send one school to another lead."""
    is_it = pl.col("urn") == urn
    return with_matches(
        held,
        held.result.matches.with_columns(
            lead_urn=pl.when(is_it).then(pl.lit(lead)).otherwise("lead_urn")
        ),
    )


def lost(held: Round, urn: str) -> Round:
    """Leave one matched school without a hub."""
    is_it = pl.col("urn") == urn
    gone = held.result.matches.filter(is_it).select(
        "urn", "need_weight", reason=pl.lit("the only place is taken"),
        nearest_lead_urn="lead_urn", nearest_minutes=pl.col("minutes").cast(pl.Float64),
    )  # fmt: skip
    unmatched = pl.concat([held.result.unmatched, gone.select(held.result.unmatched.columns)])
    return with_matches(held, held.result.matches.filter(~is_it), unmatched=unmatched.sort("urn"))


def total(found: packs.Comparison, measure: str) -> tuple[float, float, float]:
    row = found.totals.row(by_predicate=pl.col("measure") == measure, named=True)
    return row["before"], row["after"], row["change"]


def test_a_round_beside_itself_differs_in_nothing(held: Round) -> None:
    found = packs.compare(tables(held), tables(held))
    assert found.schools.is_empty()
    assert found.totals["change"].drop_nulls().to_list() == [0.0] * found.totals.height
    assert found.sentences[-1] == "No school is placed otherwise."
    for by in (found.by_region, found.by_phase):
        for name in ("matched", "unmatched", "need", "over", "median"):
            assert by[f"{name}_before"].to_list() == by[f"{name}_after"].to_list()


def test_a_school_that_loses_its_hub_is_counted_and_told_why(held: Round) -> None:
    urn = held.result.matches["urn"][0]
    found = packs.compare(tables(held), tables(lost(held, urn)))
    (row,) = found.schools.rows(named=True)
    assert (row["urn"], row["kind"], row["outcome_after"]) == (urn, "lost", "unmatched")
    assert row["why"].endswith("The only place is taken.")
    n = held.result.matches.height
    assert total(found, "matched") == (n, n - 1, -1)
    assert total(found, "need served")[2] == -held.result.matches["need_weight"][0]
    region = found.by_region.row(by_predicate=pl.col("region") == row["region"], named=True)
    assert region["matched_before"] - region["matched_after"] == 1
    assert region["unmatched_after"] - region["unmatched_before"] == 1
    assert found.sentences[0] == f"{n - 1:,} schools are matched, 1 fewer than before."
    assert found.sentences[-1] == "1 school loses its hub."
    back = packs.compare(tables(lost(held, urn)), tables(held))
    (row,) = back.schools.rows(named=True)
    assert (row["kind"], row["outcome_before"]) == ("gained", "unmatched")
    assert row["why"].endswith("Before: The only place is taken.")


def test_sums_by_region_and_phase_are_the_sums_of_the_round(held: Round) -> None:
    found = packs.compare(tables(held), tables(held))
    for by in (found.by_region, found.by_phase):
        assert by["matched_after"].sum() == held.result.matches.height
        assert by["unmatched_after"].sum() == held.result.unmatched.height
        assert by["need_after"].sum() == held.result.matches["need_weight"].sum()
        assert by["over_after"].sum() == held.result.matches["is_exception"].sum()


def test_a_school_that_goes_elsewhere_is_told_what_blocked_its_old_hub(held: Round) -> None:
    second = held.alternatives.row(by_predicate=pl.int_range(pl.len()) == 0, named=True)
    urn, lead = second["urn"], second["lead_urn"]
    now = held.result.matches.row(by_predicate=pl.col("urn") == urn, named=True)["lead_urn"]
    found = packs.compare(tables(moved(held, urn, lead)), tables(held))
    (row,) = found.schools.rows(named=True)
    assert (row["kind"], row["lead_before"], row["lead_after"]) == ("moved", lead, now)
    assert f"instead of {row['lead_name_before']} ({lead})" in row["why"]
    assert f"was blocked by {second['blocked_by']}." in row["why"]
    assert found.sentences[-1] == "1 school goes to another hub."


def test_a_hub_that_is_gone_is_the_reason(held: Round) -> None:
    urn, lead = held.result.matches.row(0)[:2]
    hubs = held.result.hubs.filter(pl.col("lead_urn") != lead)
    other = hubs["lead_urn"][0]
    after = moved(held, urn, other)
    after = with_matches(after, after.result.matches, hubs=hubs)
    row = packs.compare(tables(held), tables(after)).schools.row(
        by_predicate=pl.col("urn") == urn, named=True
    )
    assert row["why"].endswith(f"({lead}) leads no hub in this round.")


def test_a_match_that_became_a_partnership_with_the_same_lead_is_no_difference(held: Round) -> None:
    urn, lead, pathway = held.result.matches.select("urn", "lead_urn", "pathway").row(0)
    placed = pl.DataFrame(
        {
            "urn": [urn], "lead_urn": [lead], "pathway": [pathway],
            "started_on": [datetime.date(2026, 1, 5)], "finished_on": [None],
        },
        schema_overrides={"finished_on": pl.Date},
    )  # fmt: skip
    left = held.result.matches.filter(pl.col("urn") != urn)
    after = with_matches(held, left, already_placed=placed)
    assert packs.compare(tables(held), tables(after)).schools.is_empty()
    elsewhere = placed.with_columns(lead_urn=pl.lit("900998"))
    other = packs.compare(tables(held), tables(with_matches(held, left, already_placed=elsewhere)))
    (row,) = other.schools.rows(named=True)
    assert (row["kind"], row["outcome_after"]) == ("moved", "keeps an earlier place")


def test_verdicts_that_differ_are_told_even_where_no_hub_is_at_stake(held: Round) -> None:
    refused = held.decisions.filter(pl.col("verdict") == "no")["urn"][0]
    verdict = pl.when(pl.col("urn") == refused).then(pl.lit("cannot tell")).otherwise("verdict")
    after = dataclasses.replace(held, decisions=held.decisions.with_columns(verdict=verdict))
    (row,) = packs.compare(tables(held), tables(after)).schools.rows(named=True)
    assert (row["kind"], row["outcome_before"], row["outcome_after"]) == (
        "outcome", "not eligible", "cannot tell",
    )  # fmt: skip


@pytest.mark.parametrize("as_bytes", [True, False])
def test_a_pack_read_back_compares_as_the_round_it_was_made_from(
    held: Round, as_bytes: bool
) -> None:
    urn = held.result.matches["urn"][0]
    texts = packs.build(held).files
    files = {
        name: text.encode() if as_bytes and isinstance(text, str) else text
        for name, text in texts.items()
    }
    read = packs.PackTables.read(files)
    assert packs.compare(read, tables(held)).schools.is_empty()
    there = packs.compare(read, tables(lost(held, urn)))
    here = packs.compare(tables(held), tables(lost(held, urn)))
    assert there.totals.equals(here.totals)
    assert there.schools.equals(here.schools)
    assert there.by_phase.equals(here.by_phase)


def test_a_pack_of_before_there_was_placed_csv_is_read(held: Round) -> None:
    files = {n: text for n, text in packs.build(held).files.items() if n != "placed.csv"}
    assert packs.PackTables.read(files).placed.is_empty()


def test_text_that_was_made_harmless_for_spreadsheets_is_read_as_it_was(held: Round) -> None:
    risky = held.decisions.with_columns(reason=pl.lit("=1+1 'said'"))
    read = packs.PackTables.read(packs.build(dataclasses.replace(held, decisions=risky)).files)
    assert read.decisions["reason"].unique().to_list() == ["=1+1 'said'"]
