"""What a round would cost against what the programme has: days × rate × hubs, and grants."""

import polars as pl

from schoolhubs.vocabulary.records.round import BudgetLine, RoundBudget
from schoolhubs.vocabulary.records.rules import PathwayRules, RulesAsAt


def round_budget(rules: RulesAsAt, hubs: pl.DataFrame) -> RoundBudget:
    """Set the places of a round, filled and free, against the programme's money.

    Parameters
    ----------
    rules
        Days, rate, grant and total, from the definition.
    hubs
        ``MatchResult.hubs``: places, running and matched schools by lead and pathway.

    Returns
    -------
    RoundBudget
        For each pathway a line for schools with a place and one for places still free, so that
        the sum is the cost of the programme with every hub full.
    """
    lines = []
    for pathway in rules.pathways:
        places = hubs.filter(pl.col("pathway") == pathway.pathway)
        if places.is_empty():
            continue
        filled = int(places.select(pl.col("n_running") + pl.col("n_matched")).sum().item())
        free = max(int(places["n_places"].sum()) - filled, 0)
        for label, n in (("schools with a place", filled), ("places still free", free)):
            lines += _days(rules, pathway, label, n) + _grant(rules, pathway, label, n)
    return RoundBudget(
        available_pence=rules.budget.total_pence,
        source=str(rules.budget.total_source),
        is_assumed=rules.budget.total_is_assumed,
        lines=tuple(lines),
    )


def _days(rules: RulesAsAt, pathway: PathwayRules, label: str, n: int) -> list[BudgetLine]:
    each, budget = pathway.lead_days_per_partner, rules.budget
    if not each or not budget.day_rate_pence:
        return []
    line = BudgetLine(
        label=f"{pathway.name}: days of lead schools, {label}",
        quantity=n * each,
        unit="days",
        rate_pence=budget.day_rate_pence,
        source=str(budget.day_rate_source),
        is_assumed=budget.day_rate_is_assumed,
        working=f"{n:,} places × {each:g} days",
    )
    return [line]


def _grant(rules: RulesAsAt, pathway: PathwayRules, label: str, n: int) -> list[BudgetLine]:
    """Grant in proportion to the days a partner gives, the longest pathway getting the most."""
    most_days = max(each.days_per_partner[1] for each in rules.pathways)
    if not rules.budget.maximum_grant_pence or not most_days:
        return []
    share = pathway.days_per_partner[1] / most_days
    line = BudgetLine(
        label=f"{pathway.name}: grants to partners at the most, {label}",
        quantity=n,
        unit="grants",
        rate_pence=round(rules.budget.maximum_grant_pence * share),
        source=str(rules.budget.total_source),
        is_assumed=True,
        working=(
            f"{n:,} places; {pathway.days_per_partner[1]:g} of {most_days:g} days "
            f"of the largest grant"
        ),
    )
    return [line]
