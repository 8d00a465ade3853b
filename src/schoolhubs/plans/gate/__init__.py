"""The Equality Act gate: what is asked of each action, and why its screen is open."""

from schoolhubs.plans.gate.asking import Screening, ScreenQuestion, screen
from schoolhubs.plans.gate.opening import why_open

__all__ = ["ScreenQuestion", "Screening", "screen", "why_open"]
