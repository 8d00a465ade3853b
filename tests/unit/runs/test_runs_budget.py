"""Budget arithmetic: days × rate × hubs and grants, every number from the definition."""

import dataclasses
import datetime
import shutil
from pathlib import Path

import polars as pl
import pytest

from schoolhubs import programmes
from schoolhubs.runs.budget import round_budget
from schoolhubs.vocabulary.records.round import BudgetLine
from schoolhubs.vocabulary.records.rules import RulesAsAt

ON = datetime.date(2026, 2, 1)


def rules_of(programme_id: str, on: datetime.date = ON) -> RulesAsAt:
    return programmes.load(programme_id).as_at(on)


def hubs(*rows: tuple[str, int, int, int]) -> pl.DataFrame:
    """Rows of pathway, places, running, matched."""
    names = ("pathway", "n_places", "n_running", "n_matched")
    return pl.DataFrame(rows, schema=dict(zip(names, [pl.String, *[pl.Int64] * 3], strict=True)),
                        orient="row")  # fmt: skip


def lines(rules: RulesAsAt, frame: pl.DataFrame) -> dict[str, BudgetLine]:
    return {line.label: line for line in round_budget(rules, frame).lines}


def test_full_hubs_make_one_line_of_days_rate_and_hubs() -> None:
    frame = hubs(*[("enhanced", 6, 2, 4)] * 57, *[("regional", 50, 0, 50)] * 57)
    budget = round_budget(rules_of("rise-hubs-2025"), frame)
    (line,) = budget.lines
    assert line.working == "57 hubs × 6 schools × 10 days"
    assert (line.quantity, line.rate_pence) == (3420, 250_00)
    assert budget.amount_pence == 57 * 6 * 10 * 250_00
    assert budget.available_pence == 1_500_000_00
    assert line.is_assumed
    assert not budget.is_assumed


def test_places_still_free_stand_on_a_line_of_their_own() -> None:
    frame = hubs(("enhanced", 6, 0, 6), ("enhanced", 6, 0, 3))
    found = lines(rules_of("rise-hubs-2025"), frame)
    filled, free = found.values()
    assert (filled.quantity, free.quantity) == (90, 30)
    assert filled.working == "9 of 12 places (2 hubs × 6 schools) × 10 days"
    assert free.working == "3 of 12 places (2 hubs × 6 schools) × 10 days"


def test_nothing_makes_no_line() -> None:
    assert lines(rules_of("rise-hubs-2025"), hubs(("enhanced", 0, 0, 0))) == {}
    assert lines(rules_of("rise-hubs-2025"), hubs(("regional", 50, 0, 20))) == {}
    (only,) = lines(rules_of("rise-hubs-2025"), hubs(("enhanced", 6, 0, 0)))
    assert only.endswith("places still free")


def test_more_schools_than_places_cost_what_they_cost() -> None:
    (line,) = lines(rules_of("rise-hubs-2025"), hubs(("enhanced", 6, 8, 0))).values()
    assert line.quantity == 80
    assert line.working == "(1 hub × 6 schools + 2 above the places) × 10 days"


def test_a_hub_above_its_places_takes_none_from_another() -> None:
    frame = hubs(("enhanced", 6, 8, 0), ("enhanced", 6, 0, 3))
    filled, free = lines(rules_of("rise-hubs-2025"), frame).values()
    assert (filled.quantity, free.quantity) == (110, 30)
    assert filled.working == (
        "(9 of 12 places (2 hubs × 6 schools) + 2 above the places) × 10 days"
    )


def test_many_sizes_are_told_by_their_mean() -> None:
    frame = hubs(*[("enhanced", n, 0, n) for n in (2, 3, 4, 5)])
    (line,) = lines(rules_of("rise-hubs-2025"), frame).values()
    assert line.working == "14 places (4 hubs × 3.50 schools on average) × 10 days"


@pytest.mark.parametrize(("pathway", "pounds"), [("extended", 9_000), ("core", 4_500)])
def test_a_grant_is_in_proportion_as_the_definition_says(pathway: str, pounds: int) -> None:
    rules = rules_of("behaviour-hubs-2021", datetime.date(2022, 9, 1))
    found = lines(rules, hubs((pathway, 2, 0, 2)))
    (grant,) = (line for line in found.values() if line.unit == "grants")
    assert grant.rate_pence == pounds * 100
    assert grant.quantity == 2


def test_a_grant_names_the_sources_of_its_most_and_of_its_proportion() -> None:
    rules = rules_of("behaviour-hubs-2021", datetime.date(2022, 9, 1))
    (grant,) = lines(rules, hubs(("core", 3, 0, 3))).values()
    budget = rules.budget
    assert not budget.grant_is_assumed
    assert budget.grant_share_is_assumed
    assert grant.source == (
        f"Largest grant: {budget.grant_source}; proportion, assumed: {budget.grant_share_source}"
    )
    assert str(budget.total_source) not in grant.source
    assert grant.is_assumed
    assert "20 of 40 days of the largest grant" in grant.working


def test_the_proportion_is_the_definitions_not_ours(tmp_path: Path) -> None:
    folder = tmp_path / "behaviour-hubs-2021"
    shutil.copytree(programmes.load("behaviour-hubs-2021").folder, folder)
    money = folder / "money.yaml"
    text = money.read_text()
    on, frame = datetime.date(2022, 9, 1), hubs(("core", 1, 0, 1))

    money.write_text(text.replace("{2021-04-01: 40}", "{2021-04-01: 80}"))
    (halved,) = lines(programmes.load(folder).as_at(on), frame).values()
    assert halved.rate_pence == 2_250_00

    money.write_text(text.replace("{2021-04-01: days_per_partner}", "{2021-04-01: none}"))
    (whole,) = lines(programmes.load(folder).as_at(on), frame).values()
    assert whole.rate_pence == 9_000_00
    assert "proportion" not in whole.source
    assert not whole.is_assumed

    money.write_text(text.replace("{2021-04-01: 40}", "{2021-04-01: 0}"))
    assert [problem.code for problem in programmes.check(folder)] == ["no_days_for_grant"]


def test_no_rate_makes_no_line_of_days() -> None:
    rules = rules_of("rise-hubs-2025")
    free = dataclasses.replace(rules, budget=dataclasses.replace(rules.budget, day_rate_pence=0))
    assert lines(free, hubs(("enhanced", 6, 0, 6))) == {}
