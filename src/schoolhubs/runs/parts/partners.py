"""Puts the eligible applicants of a round in the shape the matching stage takes."""

from collections.abc import Iterator

import polars as pl

from schoolhubs.runs.parts.leads import MATCHED_AS, Leads
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.records.eligibility import Verdict
from schoolhubs.vocabulary.records.rules import RulesAsAt
from schoolhubs.vocabulary.words import counted


def of_schools(rules: RulesAsAt) -> list[str]:
    """Name the pathways on which schools are matched with lead schools."""
    return [each.pathway for each in rules.pathways if each.partner_kind == MATCHED_AS]


def of_trusts(rules: RulesAsAt) -> list[str]:
    """Name the pathways on which trusts are paired with lead trusts, apart from the match."""
    return [each.pathway for each in rules.pathways if each.partner_kind != MATCHED_AS]


def partners(
    decided: pl.DataFrame, facts: pl.DataFrame, need: pl.DataFrame, rules: RulesAsAt, leads: Leads
) -> pl.DataFrame:
    """Give frames.PARTNERS: every eligible applicant with the pathways it may be placed in.

    Parameters
    ----------
    decided
        Decisions of :func:`schoolhubs.runs.parts.decisions.decide`.
    facts, need
        frames.SCHOOL_FACTS and the need points of every school.

    Returns
    -------
    polars.DataFrame
        The pathways a school asked for come first, in the order it asked; the others follow in
        the definition's order. A lead school is nobody's partner and is left out.
    """
    names = of_schools(rules)
    allowed = decided.filter(
        (pl.col("verdict") == Verdict.YES.value) & pl.col("pathway").is_in(names)
    ).with_columns(pl.col("pathway").cast(pl.Enum(names)).alias("place"))
    grouped = (
        allowed.sort("urn", "asked_rank", "place", nulls_last=True)
        .group_by("urn", maintain_order=True)
        .agg(pl.col("pathway").alias("pathways"))
    )
    joined = grouped.join(facts, on="urn").join(need, on="urn").sort("urn")
    return frames.PARTNERS.fill(joined.filter(~pl.col("urn").is_in(leads.schools["urn"].to_list())))


def notes(
    decided: pl.DataFrame, partners: pl.DataFrame, need: pl.DataFrame, rules: RulesAsAt
) -> Iterator[str]:
    """Say in sentences what a reader of the partners' figures would otherwise stumble over."""
    undecided = decided.filter(pl.col("verdict") == Verdict.CANNOT_TELL.value)
    waiting = dict(undecided.group_by("pathway").len().iter_rows())
    if said := "; ".join(
        f"{counted(waiting[each.pathway], 'school')} on {each.name}"
        for each in rules.pathways
        if each.pathway in waiting
    ):
        yield f"Undecided, for want of a fact or an answer: {said}."
    eligible = decided.filter(pl.col("verdict") == Verdict.YES.value)
    n_trusts = eligible.filter(pl.col("pathway").is_in(of_trusts(rules)))["urn"].n_unique()
    if n_trusts:
        speak = "speaks" if n_trusts == 1 else "speak"
        yield (
            f"{counted(n_trusts, 'eligible school')} {speak} for a trust; trusts are paired "
            "with lead trusts apart from this match."
        )
    n_missing = need.filter(
        pl.col("urn").is_in(partners["urn"].to_list()) & (pl.col("n_missing_parts") > 0)
    ).height
    if n_missing:
        has, it, its = ("has", "it", "its") if n_missing == 1 else ("have", "they", "their")
        yield (
            f"{counted(n_missing, 'eligible school')} {has} a figure missing that need points "
            f"are counted from; {it} may need more than {its} points say."
        )
