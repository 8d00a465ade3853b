"""A round's own summary and verdicts, and the words made of them."""

import dataclasses
from collections.abc import Callable

import polars as pl
import pytest

from commands import ROUND_KEYS
from schoolhubs.packs.said import findings
from schoolhubs.vocabulary.records.round import BudgetLine, Round, RoundBudget


def test_summary_has_the_keys_that_are_relied_on(held: Round) -> None:
    total = held.summary()
    assert set(total) >= ROUND_KEYS
    assert set(total["travel_minutes"]) == {"median", "p95", "maximum"}
    assert total["applicants"] == total["eligible"] + total["not_eligible"] + total["cannot_tell"]
    assert total["eligible"] == total["matched"] + total["unmatched"] + total["already_placed"]


@pytest.mark.parametrize(
    ("verdicts", "whole"),
    [
        (["no", "yes"], "yes"),
        (["no", "cannot tell"], "cannot tell"),
        (["no", "no"], "no"),
        (["cannot tell", "yes"], "yes"),
    ],
)
def test_the_best_pathway_decides_for_a_school(
    held: Round, verdicts: list[str], whole: str
) -> None:
    two = (
        held.decisions.head(1)
        .drop("pathway", "verdict")
        .join(pl.DataFrame({"pathway": ["core", "extended"], "verdict": verdicts}), how="cross")
    )
    told = dataclasses.replace(held, decisions=two).verdicts()
    assert told["verdict"].to_list() == [whole]


def test_the_gap_is_in_percent_of_the_total(held: Round) -> None:
    looser = dataclasses.replace(held.result, total_minutes=200.0, lower_bound_minutes=199.0)
    assert dataclasses.replace(held, result=looser).summary()["gap_percent"] == pytest.approx(0.5)


def test_nobody_matched_leaves_travel_unknown_not_zero(held: Round) -> None:
    none = dataclasses.replace(
        held.result, matches=held.result.matches.clear(), total_minutes=0.0, lower_bound_minutes=0.0
    )
    total = dataclasses.replace(held, result=none).summary()
    assert total["travel_minutes"] == {"median": None, "p95": None, "maximum": None}
    assert (total["matched"], total["gap_percent"], total["exceptions_over_limit"]) == (0, 0.0, 0)


def test_proof_is_claimed_only_where_every_goal_met_its_bound(held: Round) -> None:
    looser = dataclasses.replace(
        held.result,
        is_proven_optimal=False,
        lower_bound_minutes=held.result.total_minutes * 0.99,
    )
    assert "is proved best" in findings.proof(held)
    said = findings.proof(dataclasses.replace(held, result=looser))
    assert "is not proved best" in said
    assert "a gap of 1%" in said


def line(**changes: object) -> BudgetLine:
    whole = {"label": "Days", "quantity": 10, "unit": "days", "rate_pence": 100, "source": "s"}
    return BudgetLine(**{**whole, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("available", "sentence"),
    [
        (900, "That is £1 more than the £9 there is."),
        (1_000, "That is exactly the £10 there is."),
        (1_250, "That is £2.50 less than the £12.50 there is."),
        (None, "No budget was published to hold this against."),
    ],
)
def test_budget_says_whether_it_fits(available: int | None, sentence: str) -> None:
    budget = RoundBudget(available_pence=available, source="s", lines=(line(),))
    assert sentence in findings.budget_sentences(budget)


def test_budget_gives_the_rate_at_which_it_would_just_fit() -> None:
    # £1.5m over 93 hubs x 6 schools x 10 days: policy.md 2.2 has £269 a day.
    days = line(quantity=5_580, rate_pence=None)
    budget = RoundBudget(available_pence=150_000_000, source="s", lines=(days,))
    said = findings.budget_sentences(budget)
    assert said == (
        "If nothing else were paid for, £1,500,000 would buy 5,580 days at £268.82 each.",
    )
    assert findings.budget_table(budget).rows[0][2:4] == ("not published", "–")


def test_the_round_speaks_in_the_figures_of_its_summary(
    make_round: Callable[..., Round],
) -> None:
    held = make_round(n_schools=60, n_applicants=20, n_hubs=2, places=3)
    total, said = held.summary(), " ".join(findings.in_brief(held))
    assert f"{total['applicants']} schools applied. {total['eligible']} may join" in said
    assert f"{total['matched']} of the {total['eligible']} that may join" in said
    assert f"{total['unmatched']} could not be" in said
