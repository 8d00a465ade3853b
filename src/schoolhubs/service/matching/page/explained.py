"""A match in words and figures, from what the round kept of it."""

import dataclasses
import datetime
from collections.abc import Mapping
from typing import Any

from schoolhubs.service.matching.models import Outcome, Placement, Round
from schoolhubs.service.schools.models import School
from schoolhubs.service.web.pages import day
from schoolhubs.vocabulary.records.rules import RulesAsAt

# What is set side by side, with its unit and where its year stands.
FACTORS = (
    ("phase", "Phase", "", ""),
    ("n_pupils", "Pupils on roll", "", "context_year"),
    ("fsm_ever_percent", "Free school meals in the last six years", "%", "context_year"),
    ("sen_support_percent", "SEN support", "%", "context_year"),
    ("absence_percent", "Absence", "%", "absence_year"),
)
NEXT_SHOWN = 3


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """One characteristic of partner and lead, side by side."""

    name: str
    unit: str
    year: str
    ours: Any
    theirs: Any


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A hub that was not given: how far, what stood in the way, and what forcing it would cost."""

    lead_urn: str
    lead_name: str
    minutes: float | None
    blocked_by: str
    price: Mapping[str, float] | None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Everything the explanation page says."""

    place: Placement
    lead: School | None
    pathway_name: str
    sentence: str
    factors: tuple[Factor, ...]
    options: tuple[Option, ...]


def explain(round_: Round, place: Placement, rules: RulesAsAt) -> Why:
    """Draw up the explanation of one school's place."""
    offered = place.record.get("options", [])
    urns = {place.urn, place.hub_urn, *(row["lead_urn"] for row in offered)} - {""}
    schools = School.objects.filter(snapshot_id=round_.snapshot_id, urn__in=urns).defer("words")
    known = {school.urn: school for school in schools}
    lead = known.get(place.hub_urn)
    names = {each.pathway: each.name for each in rules.pathways}
    pathway = place.pathway or place.record.get("kept", {}).get("pathway", "")
    pathway_name = names.get(pathway, pathway)
    others = [row for row in offered if row["lead_urn"] != place.hub_urn][:NEXT_SHOWN]
    return Why(
        place=place,
        lead=lead,
        pathway_name=pathway_name,
        sentence=_sentence(place, lead, pathway_name),
        factors=_factors(known.get(place.urn), lead),
        options=tuple(_option(row, known) for row in others),
    )


def _sentence(place: Placement, lead: School | None, pathway_name: str) -> str:
    if place.outcome == Outcome.MATCHED:
        named = lead.name if lead else f"the hub of {place.lead_urn}"
        return (
            f"{place.name} goes to {named} on the {pathway_name} pathway, "
            f"about {place.minutes:.0f} minutes by car one way."
        )
    if kept := place.record.get("kept"):
        named = lead.name if lead else f"the hub of {place.hub_urn}"
        until = datetime.date.fromisoformat(kept["finished_on"]) if kept["finished_on"] else None
        before = f", until {day(until - datetime.timedelta(days=1))}" if until else ""
        return f"{place.name} keeps its place with {named} on the {pathway_name} pathway{before}."
    return f"{place.name} goes to no hub in this round: {_why_not(place)}."


def _why_not(place: Placement) -> str:
    if reason := place.record.get("reason"):
        return str(reason)
    said = [row["reason"] or row["verdict"] for row in place.record.get("decisions", [])]
    return "; ".join(said) or "it keeps the place it has"


def _factors(ours: School | None, theirs: School | None) -> tuple[Factor, ...]:
    if ours is None or theirs is None:
        return ()
    return tuple(
        Factor(
            name=label,
            unit=unit,
            year=ours.facts.get(year, "") or "" if year else "",
            ours=ours.facts.get(name),
            theirs=theirs.facts.get(name),
        )
        for name, label, unit, year in FACTORS
    )


def _option(row: Mapping[str, Any], known: Mapping[str, School]) -> Option:
    lead = known.get(row["lead_urn"])
    prices = {
        name.removeprefix("price_"): value
        for name, value in row.items()
        if name.startswith("price_")
    }
    is_priced = any(value is not None for value in prices.values())
    return Option(
        lead_urn=row["lead_urn"],
        lead_name=lead.name if lead else row["lead_urn"],
        minutes=row["minutes"],
        blocked_by=row["blocked_by"],
        price=prices if is_priced else None,
    )
