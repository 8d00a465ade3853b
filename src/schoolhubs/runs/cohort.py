"""Puts a round's schools in the shape the matching stage takes: partners, leads, places."""

import dataclasses

import polars as pl

from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.records.eligibility import Verdict
from schoolhubs.vocabulary.records.matching import Compatibility
from schoolhubs.vocabulary.records.rules import RulesAsAt

MATCHED_AS = "school"  # trusts are paired with trusts by a stage of their own


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Leads:
    """The lead schools of a round.

    Parameters
    ----------
    schools
        frames.LEAD_SCHOOLS of those that lead on the day and stand in the school register.
    listed
        frames.LEADS rows of the same schools.
    capacity
        frames.CAPACITY: places of each on each pathway, before running partnerships.
    set_aside
        ``urn, reason`` of listed leads that take no part.
    """

    schools: pl.DataFrame
    listed: pl.DataFrame
    capacity: pl.DataFrame
    set_aside: pl.DataFrame


def of_programme(listed: pl.DataFrame, programme_id: str) -> pl.DataFrame:
    """Keep rows for one programme; a row that names none is for the one being run."""
    if "programme_id" not in listed.columns:
        return listed
    named = pl.col("programme_id")
    return listed.filter(named.is_null() | (named == programme_id))


def leading(listed: pl.DataFrame, facts: pl.DataFrame, rules: RulesAsAt) -> Leads:
    """Settle who leads on the day and with how many places.

    Parameters
    ----------
    listed
        frames.LEADS, with ``capacity_<pathway>`` columns where places are stated.
    facts
        frames.SCHOOL_FACTS.
    rules
        The programme as at the day of the round.
    """
    by_phase = rules.matching.compatibility is Compatibility.PHASE
    suited = sorted(set().union(*rules.matching.lead_phases.values()))
    judged = listed.sort("urn").join(facts.drop("school_name"), on="urn", how="left")
    judged = judged.with_columns(
        pl.when(pl.col("leads_from") > rules.on)
        .then(pl.lit("leads from a later day"))
        .when(pl.col("leads_until") <= rules.on)
        .then(pl.lit("no longer leads"))
        .when(pl.col("phase").is_null())
        .then(pl.lit("is not in the school register"))
        .when(~pl.col("is_open"))
        .then(pl.lit("is not open"))
        .when(pl.lit(by_phase) & ~pl.col("phase").is_in(suited))
        .then(pl.concat_str(pl.lit("phase no partner of this programme has: "), "phase"))
        .when(pl.col("lat").is_null())
        .then(pl.lit("has no known place"))
        .alias("reason")
    )
    standing = judged.filter(pl.col("reason").is_null())
    return Leads(
        schools=frames.LEAD_SCHOOLS.fill(standing),
        listed=listed.filter(pl.col("urn").is_in(standing["urn"].to_list())).sort("urn"),
        capacity=_capacity(standing, rules),
        set_aside=judged.filter(pl.col("reason").is_not_null()).select("urn", "reason"),
    )


def _capacity(standing: pl.DataFrame, rules: RulesAsAt) -> pl.DataFrame:
    """Take places from the list where it states them, else from the definition."""
    parts = []
    for pathway in rules.pathways:
        if pathway.partner_kind != MATCHED_AS:
            continue
        column = f"capacity_{pathway.pathway}"
        stated = pl.col(column) if column in standing.columns else pl.lit(None)
        places = stated.cast(pl.Int64).fill_null(pathway.places_per_lead)
        name = pl.lit(pathway.pathway)
        parts.append(
            standing.select(
                pl.col("urn").alias("lead_urn"),
                name.alias("pathway"),
                places.alias("n_places"),
            )
        )
    return frames.CAPACITY.fill(pl.concat(parts)) if parts else frames.CAPACITY.empty()


def partners(
    decided: pl.DataFrame, facts: pl.DataFrame, need: pl.DataFrame, rules: RulesAsAt, leads: Leads
) -> pl.DataFrame:
    """Give frames.PARTNERS: every eligible applicant with the pathways it may be placed in.

    Parameters
    ----------
    decided
        Decisions of :func:`schoolhubs.runs.decisions.decide`.
    facts, need
        frames.SCHOOL_FACTS and the need points of every school.

    Returns
    -------
    polars.DataFrame
        The pathway a school asked for comes first, the others in the definition's order. A
        lead school is nobody's partner and is left out.
    """
    as_school = [each.pathway for each in rules.pathways if each.partner_kind == MATCHED_AS]
    is_asked_for = (pl.col("pathway") == pl.col("asked_for")).fill_null(value=False)
    allowed = decided.filter(
        (pl.col("verdict") == Verdict.YES.value) & pl.col("pathway").is_in(as_school)
    ).with_columns(
        is_asked_for.alias("is_asked_for"),
        pl.col("pathway").cast(pl.Enum(as_school)).alias("place"),
    )
    grouped = (
        allowed.sort("urn", "is_asked_for", "place", descending=[False, True, False])
        .group_by("urn", maintain_order=True)
        .agg(pl.col("pathway").alias("pathways"))
    )
    joined = grouped.join(facts, on="urn").join(need, on="urn").sort("urn")
    return frames.PARTNERS.fill(joined.filter(~pl.col("urn").is_in(leads.schools["urn"].to_list())))


def notes(
    decided: pl.DataFrame,
    partners: pl.DataFrame,
    need: pl.DataFrame,
    rules: RulesAsAt,
    leads: Leads,
) -> tuple[str, ...]:
    """Say in sentences what a reader of the figures would otherwise stumble over."""
    said = []
    if leads.set_aside.height:
        reasons = leads.set_aside.group_by("reason").len().sort("reason").iter_rows()
        listed = "; ".join(f"{n:,}: {reason}" for reason, n in reasons)
        said.append(f"{leads.set_aside.height:,} listed leads take no part ({listed}).")
    if "is_topped_up" in leads.listed.columns and leads.listed["is_topped_up"].any():
        n = int(leads.listed["is_topped_up"].sum())
        said.append(f"{n:,} of {leads.listed.height:,} leads were added by rule, not appointed.")
    if "reported_for" in leads.listed.columns:
        others = leads.listed.drop_nulls("reported_for").group_by("reported_for").len()
        named = "; ".join(
            f"{n:,} for {name}" for name, n in others.sort("reported_for").iter_rows()
        )
        said.append(f"Leads as the press reported them, whatever their programme: {named}.")
    of_trusts = [each.pathway for each in rules.pathways if each.partner_kind != MATCHED_AS]
    waiting = decided.filter(
        (pl.col("verdict") == Verdict.YES.value) & pl.col("pathway").is_in(of_trusts)
    )
    if waiting.height:
        said.append(
            f"{waiting['urn'].n_unique():,} eligible schools speak for a trust; trusts are paired "
            "with lead trusts apart from this match."
        )
    missing = need.filter(
        pl.col("urn").is_in(partners["urn"].to_list()) & (pl.col("n_missing_parts") > 0)
    )
    if missing.height:
        said.append(
            f"{missing.height:,} eligible schools have a figure missing that need points are "
            "counted from; they may need more than their points say."
        )
    return tuple(said)
