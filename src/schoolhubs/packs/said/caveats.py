"""What a reader must know before trusting a figure: later rolls, places of successors, money."""

from collections.abc import Iterator

import polars as pl

from schoolhubs.packs.words import pounds
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.records.round import Round
from schoolhubs.vocabulary.words import counted

# Assumed values of a definition that the budget arithmetic stands on, and how each is led in.
MONEY = {
    "money.budget.total_pence": "The total is assumed",
    "money.budget.day_rate_pence": "The day rate is assumed",
    "money.grant.maximum_grant_pence": "The largest grant is assumed",
    "money.grant.proportional_to": "How grants differ is assumed",
    "money.grant.full_at_days": "The days that earn the largest grant are assumed",
}


def read_with_care(held: Round) -> tuple[str, ...]:
    """Give the round's own notes, then what is later than its date or stands elsewhere.

    Counted are the schools put to matching and the hubs.
    """
    return (*held.notes, *_later_rolls(held), *_successors(held))


def _involved(held: Round) -> pl.DataFrame:
    result = held.result
    urns = pl.concat(
        [result.matches["urn"], result.unmatched["urn"], result.hubs["lead_urn"].rename("urn")]
    )
    return held.schools.filter(pl.col("urn").is_in(urns.unique().to_list()))


def _later_rolls(held: Round) -> Iterator[str]:
    involved = _involved(held)
    if "is_context_later" in involved.columns:
        is_later = pl.col("is_context_later")
    else:
        is_later = pl.col("context_year") >= str(AcademicYear.holding(held.on))
    later = involved.filter(is_later).drop_nulls("context_year")
    by = ["context_year", "context_series"]
    for year, series, n in later.group_by(by).len().sort(by).iter_rows():
        rolls = counted(n, "roll is", "rolls are")
        yield f"{rolls} of {year} ({series}), later than the date of the round."


def _successors(held: Round) -> Iterator[str]:
    if n := _involved(held).filter("is_placed_at_successor").height:
        yield f"{counted(n, 'school stands', 'schools stand')} at the place of a successor."


def money_assumed(held: Round) -> tuple[str, ...]:
    """Say which values of the arithmetic nobody published, and why these were taken."""
    if held.budget is None:
        return ()
    rates = {line.rate_pence for line in held.budget.lines if line.unit == "days"}
    paid = {line.unit for line in held.budget.lines}
    said = []
    for one in held.assumptions:
        lead = MONEY.get(one.where)
        if lead is None or (".grant." in one.where and "grants" not in paid):
            continue
        if one.where.endswith("day_rate_pence"):
            if not rates:
                continue
            lead += f" ({' and '.join(pounds(rate) for rate in sorted(filter(None, rates)))} a day)"
        said.append(f"{lead}: {one.why}")
    return tuple(said)
