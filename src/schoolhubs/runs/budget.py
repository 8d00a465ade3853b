"""What a round would cost against what the programme has: days × rate × hubs, and grants."""

import polars as pl

from schoolhubs.vocabulary.records.round import BudgetLine, RoundBudget
from schoolhubs.vocabulary.records.rules import GrantRule, PathwayRules, RulesAsAt

MOST_SIZES_LISTED = 3


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
        the sum is the cost of the programme with every hub full. Lines of nothing are left out.
    """
    lines = []
    for pathway in rules.pathways:
        places = hubs.filter(pl.col("pathway") == pathway.pathway)
        filled = places["n_running"] + places["n_matched"]
        # A hub with more schools than places takes no place from another one.
        n_over = int((filled - places["n_places"]).clip(0).sum())
        n_free = int((places["n_places"] - filled).clip(0).sum())
        held = ("schools with a place", int(filled.sum()), n_over)
        for label, n, above in (held, ("places still free", n_free, 0)):
            if n:
                counted = _counted(places["n_places"], n - above)
                counted = f"({counted} + {above:,} above the places)" if above else counted
                lines += _days(rules, pathway, label, n, counted)
                lines += _grant(rules, pathway, label, n, counted)
    return RoundBudget(
        available_pence=rules.budget.total_pence,
        source=str(rules.budget.total_source),
        is_assumed=rules.budget.total_is_assumed,
        lines=tuple(lines),
    )


def _counted(n_places: pl.Series, n: int) -> str:
    """Say how hubs and their places make ``n``.

    >>> _counted(pl.Series([6, 6, 6]), 18), _counted(pl.Series([6, 6, 4]), 15)
    ('3 hubs × 6 schools', '15 of 16 places (2 hubs × 6 schools, 1 hub × 4 schools)')
    """
    sizes = n_places.value_counts(name="n").sort(n_places.name, descending=True)
    n_all = int(n_places.sum())
    if sizes.height > MOST_SIZES_LISTED:
        product = f"{n_places.len():,} hubs × {n_all / n_places.len():.2f} schools on average"
    else:
        product = ", ".join(
            f"{many:,} {'hub' if many == 1 else 'hubs'} × "
            f"{each:,} {'school' if each == 1 else 'schools'}"
            for each, many in sizes.iter_rows()
        )
    if n == n_all:
        return product if sizes.height == 1 else f"{n_all:,} places ({product})"
    return f"{n:,} of {n_all:,} places ({product})"


def _days(
    rules: RulesAsAt, pathway: PathwayRules, label: str, n: int, counted: str
) -> list[BudgetLine]:
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
        working=f"{counted} × {each:g} days",
    )
    return [line]


def _grant(
    rules: RulesAsAt, pathway: PathwayRules, label: str, n: int, counted: str
) -> list[BudgetLine]:
    """Grant of each partner at the most, by the rule of the definition."""
    budget, days = rules.budget, pathway.days_per_partner[1]
    rate = round(budget.maximum_grant_pence * budget.grant_share(days))
    if not rate:
        return []
    source, working, is_assumed = str(budget.grant_source), counted, budget.grant_is_assumed
    if budget.grant_proportional_to is GrantRule.DAYS_PER_PARTNER:
        mark = ", assumed" if budget.grant_share_is_assumed else ""
        source = f"Largest grant: {source}; proportion{mark}: {budget.grant_share_source}"
        working = f"{counted}; {days:g} of {budget.grant_full_at_days:g} days of the largest grant"
        is_assumed = is_assumed or budget.grant_share_is_assumed
    line = BudgetLine(
        label=f"{pathway.name}: grants to partners at the most, {label}",
        quantity=n,
        unit="grants",
        rate_pence=rate,
        source=source,
        is_assumed=is_assumed,
        working=working,
    )
    return [line]
