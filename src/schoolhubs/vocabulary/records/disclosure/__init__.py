"""What small-number protection is told, and what it hands over."""

from schoolhubs.vocabulary.records.disclosure.layout import DisclosureRules, TableLayout, Totals
from schoolhubs.vocabulary.records.disclosure.release import (
    DisclosureCost,
    DisclosureFinding,
    Protected,
    Release,
)

__all__ = [
    "DisclosureCost",
    "DisclosureFinding",
    "DisclosureRules",
    "Protected",
    "Release",
    "TableLayout",
    "Totals",
]
