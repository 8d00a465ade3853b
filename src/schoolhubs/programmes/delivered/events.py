"""Reads what a definition says of open days and networking."""

from collections.abc import Callable, Mapping
from typing import Any

from schoolhubs.vocabulary.records.delivery import EventKind, EventRules

NAMED = "events"


def event_rules(kinds: Mapping[str, Any], at: Callable[..., Any]) -> Mapping[EventKind, EventRules]:
    """Build the rules of each kind of event that a definition has.

    Parameters
    ----------
    kinds
        What ``events.yaml`` holds, by kind; empty where there is no such file.
    at
        Gives the value in force by its path.
    """
    return {EventKind(kind): _rules(EventKind(kind), node, at) for kind, node in kinds.items()}


def _rules(kind: EventKind, node: Mapping[str, Any], at: Callable[..., Any]) -> EventRules:
    limited = "visits_a_term" in node
    return EventRules(
        kind=kind,
        n_a_term=at(NAMED, kind, "n_a_term"),
        visits_a_term=at(NAMED, kind, "visits_a_term") if limited else None,
        n_places=at(NAMED, kind, "n_places"),
        largest_party=at(NAMED, kind, "largest_party"),
        hold_minutes=at(NAMED, kind, "hold_minutes"),
        closes_days_before=at(NAMED, kind, "closes_days_before"),
        told_days_before=at(NAMED, kind, "told_days_before"),
        half_days=at(NAMED, kind, "half_days"),
        feedback_days=at(NAMED, kind, "feedback_days"),
    )
