"""Reads how support days are given; a definition without ``support.yaml`` gives none."""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from schoolhubs.programmes.reading import DefinitionText
from schoolhubs.vocabulary.errors import Problem
from schoolhubs.vocabulary.records.support import CoachingRules, SupportRules


class Reading(Protocol):
    """A definition as at one day."""

    tree: Mapping[str, Any]

    def at(self, *path: str) -> Any:
        """Give the value in force."""


def support_rules(reading: Reading) -> SupportRules | None:
    """Read the rules of support days; None where the definition does not speak of them."""
    held = reading.tree.get("support")
    if held is None:
        return None
    coached, executive = held.get("coaching", {}), held.get("executive_support", {})
    return SupportRules(
        lead_capacity_days=reading.at("support", "lead_capacity_days"),
        most_days_a_week_of_a_leader=reading.at("support", "most_days_a_week_of_a_leader"),
        most_days_a_week_of_a_partner=reading.at("support", "most_days_a_week_of_a_partner"),
        half_day_within_minutes=reading.at("support", "half_day_within_minutes"),
        answer_within_days=reading.at("support", "answer_within_days"),
        coaching={pathway: _coaching(reading, pathway) for pathway in coached},
        executive_days={
            pathway: reading.at("support", "executive_support", pathway, "days")
            for pathway in executive
        },
    )


def _coaching(reading: Reading, pathway: str) -> CoachingRules:
    at = ("support", "coaching", pathway)
    return CoachingRules(
        half_days_a_meeting=reading.at(*at, "half_days_a_meeting"),
        meetings_a_term=reading.at(*at, "meetings_a_term"),
        review_after_days=reading.at(*at, "review_after_days"),
        missed_after_days=reading.at(*at, "missed_after_days"),
    )


def problems_of_support(text: DefinitionText) -> Iterator[Problem]:
    """Find coaching and executive support of pathways that there are not."""
    pathways = text.tree["pathways"]
    for part, kind in (("coaching", "school"), ("executive_support", "trust")):
        for name in text.tree.get("support", {}).get(part, {}):
            if name not in pathways:
                remedy = f"Choose among {', '.join(pathways)}."
                fault = f"there is no pathway {name!r}"
                yield text.problem("unknown_pathway", ("support", part, name), fault, remedy)
            elif pathways[name]["partner_kind"] != kind:
                fault = f"{name} is no pathway of a {kind}"
                remedy = f"Take it out: {part.replace('_', ' ')} is for pathways of a {kind}."
                yield text.problem("pathway_does_not_fit", ("support", part, name), fault, remedy)
