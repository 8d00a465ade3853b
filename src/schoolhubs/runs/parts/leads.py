"""Who leads in a round, with how many places, and who on the list does not."""

import dataclasses
from collections.abc import Collection, Iterator

import polars as pl

from schoolhubs import programmes, selection
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.records.matching import Compatibility
from schoolhubs.vocabulary.records.rules import RulesAsAt
from schoolhubs.vocabulary.words import counted

CAPACITY = "capacity_"  # columns of places begin so; the pathway follows
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
    n_wanted
        Leads asked for by rule; None if the list was to stand as it is.
    """

    schools: pl.DataFrame
    listed: pl.DataFrame
    capacity: pl.DataFrame
    set_aside: pl.DataFrame
    n_wanted: int | None = None

    @property
    def stand_ins(self) -> list[str]:
        """URNs of leads that the programme never appointed: a rule added them."""
        if "is_topped_up" not in self.listed.columns:
            return []
        return self.listed.filter(pl.col("is_topped_up"))["urn"].to_list()


def of_programme(listed: pl.DataFrame, programme_id: str) -> pl.DataFrame:
    """Keep rows for one programme; a row that names none is for the one being run."""
    if "programme_id" not in listed.columns:
        return listed
    named = pl.col("programme_id")
    return listed.filter(named.is_null() | (named == programme_id))


def settle(
    listed: pl.DataFrame,
    facts: pl.DataFrame,
    rules: RulesAsAt,
    top_up_to: int | None,
    partnerships: pl.DataFrame | None = None,
) -> Leads:
    """Settle who leads, adding leads by the definition's rule where too few stand.

    Parameters
    ----------
    listed, facts, rules
        As for :func:`leading`.
    top_up_to
        Leads wanted in all; None for the list as it is. Only leads that take part count towards
        it, and a listed school that was set aside is never added back by rule.
    partnerships
        frames.PARTNERSHIPS; a partner of one that is not over is never added by rule.
    """
    found = leading(listed, facts, rules)
    if top_up_to is None:
        return found
    declared = frames.PARTNERSHIPS.empty() if partnerships is None else partnerships
    stands = pl.col("finished_on").is_null() | (pl.col("finished_on") > rules.on)
    never = {*found.set_aside["urn"], *declared.filter(stands)["partner_urn"]}
    topped = selection.top_up(
        found.listed, facts, rules.lead_selection, to_n=top_up_to, never=never
    )
    return dataclasses.replace(
        leading(topped, facts, rules), set_aside=found.set_aside, n_wanted=top_up_to
    )


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
        .then(pl.lit("is not open and has no one open successor"))
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
        column = f"{CAPACITY}{pathway.pathway}"
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


def _title(name: str) -> str:
    """Give a programme's title where it is one of ours, else its name in words.

    >>> _title("behaviour_hubs_2021"), _title("attendance_hubs_2023")
    ('Behaviour Hubs 2021 to 2025', 'attendance hubs 2023')
    """
    programme_id = name.replace("_", "-")
    if programme_id in programmes.list_ids():
        return programmes.load(programme_id).title
    return name.replace("_", " ")


def notes(leads: Leads, applicant_urns: Collection[str] = ()) -> Iterator[str]:
    """Say in sentences who on the list does not lead, and who was added to it."""
    if leads.set_aside.height:
        by_reason = leads.set_aside.group_by("reason").agg(pl.col("urn").sort().str.join(", "))
        reasons = by_reason.sort("reason").iter_rows()
        listed = "; ".join(f"{reason}: {urns}" for reason, urns in reasons)
        takes = "takes" if leads.set_aside.height == 1 else "take"
        yield f"{counted(leads.set_aside.height, 'listed lead')} {takes} no part ({listed})."
    if n := len(leads.stand_ins):
        was = "was" if n == 1 else "were"
        yield f"{n:,} of {counted(leads.listed.height, 'lead')} {was} added by rule, not appointed."
    if n := len(set(leads.stand_ins).intersection(applicant_urns)):
        is_one = "is" if n == 1 else "are"
        yield (
            f"{counted(n, 'applicant')} {is_one} counted out for leading by that rule: "
            "a lead is nobody's partner."
        )
    if leads.n_wanted and leads.listed.height < leads.n_wanted:
        stand = counted(leads.listed.height, "lead stands", "leads stand")
        yield (
            f"{leads.n_wanted:,} leads were asked for and {stand}: no more schools meet the "
            "definition's rule for leads."
        )
    if "reported_for" in leads.listed.columns:
        others = leads.listed.drop_nulls("reported_for").group_by("reported_for").len()
        if named := "; ".join(
            f"{n:,} for {_title(name)}" for name, n in others.sort("reported_for").iter_rows()
        ):
            yield f"Leads as the press reported them, whatever their programme: {named}."
