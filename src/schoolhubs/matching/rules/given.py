"""What a round is given, checked before anything is worked out."""

import dataclasses
import datetime as dt
from collections.abc import Iterator

import polars as pl

from schoolhubs.vocabulary import frames
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
    partnerships: pl.DataFrame
    overrides: pl.DataFrame


def inputs(
    partners: pl.DataFrame, leads: pl.DataFrame, capacity: pl.DataFrame, travel: TravelMatrix,
    rules: MatchingRules, *, on: dt.date,
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
        The partnerships that run.
    """
    unknown = list(_unknown(inputs, still))
    if unknown:
        raise DataProblem(unknown, outcome="Nothing was matched.")


def _unknown(inputs: Inputs, still: pl.DataFrame) -> Iterator[Problem]:
    """Find schools and words that the rest of the input does not know."""
    leads, seen = set(inputs.leads["urn"]), "Add it to the lead schools, or take the row away."
    for urn in sorted(set(inputs.capacity["lead_urn"]) - leads):
        fault = f"capacity is stated for {urn}, which is not a lead school of this round"
        yield Problem(code="capacity_of_unknown_lead", urn=urn, fault=fault, remedy=seen)
    for urn in sorted(set(still["lead_urn"]) - leads):
        with_whom = ", ".join(sorted(still.filter(pl.col("lead_urn") == urn)["partner_urn"]))
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
