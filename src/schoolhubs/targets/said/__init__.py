"""Targets in words: contributions, the page for governors, the model card."""

from schoolhubs.targets.said.card import card
from schoolhubs.targets.said.telling import ADDRESSED, parts, told

__all__ = ["ADDRESSED", "card", "parts", "told"]
