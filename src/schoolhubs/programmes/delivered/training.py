"""Reads what a definition teaches; one without ``training.yaml`` teaches nothing."""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from schoolhubs.programmes.reading import DefinitionText
from schoolhubs.programmes.settings import entry_parts
from schoolhubs.vocabulary.errors import Problem
from schoolhubs.vocabulary.records.settings import Setting
from schoolhubs.vocabulary.records.training import Taught, TrainingModule, TrainingRules

OF_A_MODULE = ("half_days", "is_required", "due_by_term")


class Reading(Protocol):
    """A definition as at one day."""

    tree: Mapping[str, Any]
    settings: Mapping[tuple[str, ...], Setting]
    on: Any

    def at(self, *path: str) -> Any:
        """Give the value in force."""


def training_rules(reading: Reading) -> TrainingRules | None:
    """Read the training; None where the definition does not speak of it."""
    held = reading.tree.get("training")
    if held is None:
        return None
    return TrainingRules(
        modules=tuple(_module(reading, name, node) for name, node in held["modules"].items()),
        declared_counts=reading.at("training", "declared_counts"),
        later_leader_terms=reading.at("training", "later_leader_terms"),
        reminder_days=reading.at("training", "reminder_days"),
    )


def _module(reading: Reading, name: str, node: Mapping[str, Any]) -> TrainingModule:
    at = ("training", "modules", name)
    values = {each: reading.at(*at, each) for each in OF_A_MODULE}
    entries = [reading.settings[(*at, each)].entry(reading.on) for each in OF_A_MODULE]
    return TrainingModule(
        module=name,
        title=node["title"],
        about=node["about"],
        pathways=tuple(node["pathways"]),
        school_settings=tuple(node["school_settings"]),
        for_duties=tuple(node["for_duties"]),
        taught=Taught(node["taught"]),
        is_assumed=any(entry.is_assumed for entry in entries),
        **values,
    )


def problems_of_training(text: DefinitionText) -> Iterator[Problem]:
    """Find modules of pathways that there are not, or due after a pathway's last term."""
    pathways = text.tree["pathways"]
    for name, node in text.tree.get("training", {}).get("modules", {}).items():
        at = ("training", "modules", name)
        for pathway in node["pathways"]:
            if pathway not in pathways:
                remedy = f"Choose among {', '.join(pathways)}."
                fault = f"there is no pathway {pathway!r}"
                yield text.problem("unknown_pathway", (*at, "pathways"), fault, remedy)
                continue
            yield from _of_due_term(text, (*at, "due_by_term"), node, pathways[pathway])


def _of_due_term(
    text: DefinitionText, at: tuple[str, ...], node: Mapping[str, Any], pathway: Mapping[str, Any]
) -> Iterator[Problem]:
    longest = max(
        entry_parts(pathway["duration_terms"], given)[0]
        for given in pathway["duration_terms"]["values"].values()
    )
    for day, given in node["due_by_term"]["values"].items():
        value, _ = entry_parts(node["due_by_term"], given)
        if isinstance(value, int) and not 1 <= value <= longest:
            fault = f"term {value} is none of the {longest} that {pathway['name']} lasts"
            remedy = f"Write a term from 1 to {longest}."
            yield text.problem("term_does_not_fit", (*at, "values", day), fault, remedy)
