"""Targets in words: contributions, the page for governors, the model card."""

from schoolhubs.targets.said.card import card
from schoolhubs.targets.said.telling import told

__all__ = ["card", "told"]
