"""Matching: what a programme asks of it, and what comes out."""

from schoolhubs.vocabulary.records.matching.results import (
    Alternative,
    FloorResult,
    GoalResult,
    MatchResult,
    Price,
    Rematch,
)
from schoolhubs.vocabulary.records.matching.rules import Compatibility, FloorGroup, MatchingRules

__all__ = [
    "Alternative",
    "Compatibility",
    "FloorGroup",
    "FloorResult",
    "GoalResult",
    "MatchResult",
    "MatchingRules",
    "Price",
    "Rematch",
]
