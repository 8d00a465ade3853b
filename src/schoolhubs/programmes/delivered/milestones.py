"""Reads a definition's milestones; one without ``milestones.yaml`` has none."""

from collections.abc import Iterator, Mapping
from typing import Any

from schoolhubs.programmes.delivered.training import Reading
from schoolhubs.programmes.reading import DefinitionText
from schoolhubs.vocabulary.errors import Problem
from schoolhubs.vocabulary.records.delivery.milestones import (
    ConcernStep,
    CountedFrom,
    DoneWhen,
    Milestone,
    MilestoneRules,
    Whose,
)

NAMED = "milestones"


def milestone_rules(reading: Reading) -> MilestoneRules | None:
    """Read the milestones; None where the definition does not speak of them."""
    held = reading.tree.get(NAMED)
    if held is None:
        return None
    return MilestoneRules(
        milestones=tuple(_milestone(reading, name, node) for name, node in held["steps"].items()),
        minutes_in_a_day=reading.at(NAMED, "minutes_in_a_day"),
        tell_days=reading.at(NAMED, "tell_days"),
        stuck_days=reading.at(NAMED, "stuck_days"),
        concerns=tuple(
            ConcernStep(
                step=name, title=node["title"], whose=Whose(node["whose"]),
                days=reading.at(NAMED, "concerns", name, "days"),
            )
            for name, node in held["concerns"].items()
        ),
    )  # fmt: skip


def _milestone(reading: Reading, name: str, node: Mapping[str, Any]) -> Milestone:
    at = (NAMED, "steps", name)
    values = {each: reading.at(*at, each) for each in ("by_days", "expected_minutes")}
    entries = [reading.settings[(*at, each)].entry(reading.on) for each in values]
    return Milestone(
        milestone=name,
        title=node["title"],
        about=node["about"],
        pathways=tuple(node["pathways"]),
        done_when=DoneWhen(node["done_when"]),
        roles=tuple(node["roles"]),
        counted_from=CountedFrom(node["counted_from"]),
        is_assumed=any(entry.is_assumed for entry in entries),
        **values,
    )


def problems_of_milestones(text: DefinitionText) -> Iterator[Problem]:
    """Find milestones of pathways that there are not."""
    pathways = text.tree["pathways"]
    for name, node in text.tree.get(NAMED, {}).get("steps", {}).items():
        for pathway in node["pathways"]:
            if pathway not in pathways:
                yield text.problem(
                    "unknown_pathway", (NAMED, "steps", name, "pathways"),
                    f"there is no pathway {pathway!r}", f"Choose among {', '.join(pathways)}.",
                )  # fmt: skip
