"""What a round is given, checked before anything is worked out."""

import dataclasses
import datetime as dt
from collections.abc import Iterator

import polars as pl

from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.calendar import term_finishes_on
from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.records.matching import MatchingRules
from schoolhubs.vocabulary.records.travel import TravelMatrix

KINDS = ("pin", "ban", "conflict")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What ``match`` was given, checked against the frame contracts and sorted."""

    partners: pl.DataFrame
    leads: pl.DataFrame
    capacity: pl.DataFrame
    travel: TravelMatrix
    rules: MatchingRules
    on: dt.date
    starts_on: dt.date
    partnerships: pl.DataFrame
    overrides: pl.DataFrame


def inputs(
    partners: pl.DataFrame, leads: pl.DataFrame, capacity: pl.DataFrame, travel: TravelMatrix,
    rules: MatchingRules, *, on: dt.date, starts_on: dt.date | None,
    partnerships: pl.DataFrame | None, overrides: pl.DataFrame | None,
) -> Inputs:  # fmt: skip
    """Check each table against its contract."""
    empty_partnerships, empty_overrides = frames.PARTNERSHIPS.empty(), frames.OVERRIDES.empty()
    return Inputs(
        partners=frames.PARTNERS.fill(partners),
        leads=frames.LEAD_SCHOOLS.fill(leads),
        capacity=frames.CAPACITY.fill(capacity),
        travel=travel,
        rules=rules,
        on=on,
        starts_on=max(on, starts_on or on),
        partnerships=frames.PARTNERSHIPS.fill(
            empty_partnerships if partnerships is None else partnerships
        ),
        overrides=frames.OVERRIDES.fill(empty_overrides if overrides is None else overrides),
    )


def check(inputs: Inputs, still: pl.DataFrame) -> None:
    """Refuse schools and words that the rest of the input does not know.

    Parameters
    ----------
    still
        The partnerships that run, or are promised within the terms of a match.
    """
    problems = [*_unknown(inputs, still), *_contradictions(inputs.leads, still)]
    if problems:
        raise DataProblem(problems, outcome="Nothing was matched.")


def _unknown(inputs: Inputs, still: pl.DataFrame) -> Iterator[Problem]:
    """Find schools and words that the rest of the input does not know."""
    leads, seen = set(inputs.leads["urn"]), "Add it to the lead schools, or take the row away."
    for urn in sorted(set(inputs.capacity["lead_urn"]) - leads):
        fault = f"capacity is stated for {urn}, which is not a lead school of this round"
        yield Problem(code="capacity_of_unknown_lead", urn=urn, fault=fault, remedy=seen)
    # A promise from a later term may be to a school that leads only from then on.
    runs = still.filter(pl.col("started_on") < term_finishes_on(inputs.on))
    for urn in sorted(set(runs["lead_urn"]) - leads):
        with_whom = ", ".join(sorted(runs.filter(pl.col("lead_urn") == urn)["partner_urn"]))
        fault = f"a partnership with {with_whom} runs at {urn}, which is not a lead school here"
        yield Problem(code="partnership_of_unknown_lead", urn=urn, fault=fault, remedy=seen)
    for kind in sorted(set(inputs.overrides["kind"]) - set(KINDS)):
        yield Problem(
            code="unknown_override", fault=f"{kind!r} is no kind of override", value=kind,
            remedy=f"Write one of {', '.join(KINDS)}.",
        )  # fmt: skip
    for name, frame in (("n_places", inputs.capacity), ("need_weight", inputs.partners)):
        for row in frame.filter(pl.col(name) < 0).iter_rows(named=True):
            urn = row.get("lead_urn") or row["urn"]
            fault = f"{name} is {row[name]}"
            yield Problem(code="negative_number", urn=urn, fault=fault, remedy="Zero is the least.")
    for what, urns, known in (
        ("partner", inputs.partners["urn"], inputs.travel.from_ids),
        ("lead", inputs.leads["urn"], inputs.travel.to_ids),
    ):
        for urn in sorted(set(urns) - set(known)):
            fault = f"{what} {urn} is not in the travel matrix"
            yield Problem(code="no_travel", urn=urn, fault=fault, remedy="Measure its journeys.")


def _contradictions(leads: pl.DataFrame, still: pl.DataFrame) -> Iterator[Problem]:
    """Find partners that are with two leads on one day, and leads that are somebody's partner."""
    for partner, lead in (
        still.filter(pl.col("partner_urn").is_in(leads["urn"].implode()))
        .select("partner_urn", "lead_urn").unique().sort("partner_urn", "lead_urn").iter_rows()
    ):  # fmt: skip
        fault = f"{partner} leads here and is a partner of {lead}; a lead is nobody's partner"
        yield Problem(
            code="lead_in_partnership", urn=partner, value=lead, fault=fault,
            remedy="Give the partnership its finished_on, or take the school off the leads.",
        )  # fmt: skip
    by_start = still.sort("partner_urn", "started_on", "lead_urn")
    for partner, rows in by_start.group_by("partner_urn", maintain_order=True):
        until: dt.date | None = dt.date.min
        for row in rows.iter_rows(named=True):
            if until is None or row["started_on"] < until:
                named = " and ".join(sorted(set(rows["lead_urn"])))
                fault = f"{partner[0]} is in two partnerships on one day, with {named}"
                yield Problem(
                    code="placed_twice", urn=str(partner[0]), fault=fault,
                    remedy="Keep one, or let the first finish on the day the next one starts.",
                )  # fmt: skip
                break
            until = row["finished_on"]
