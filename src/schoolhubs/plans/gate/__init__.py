"""The Equality Act gate: what is asked of each action, and why its screen is open."""

from schoolhubs.plans.gate.asking import Screening, ScreenQuestion, screen
from schoolhubs.plans.gate.consequence import changes_sanction
from schoolhubs.plans.gate.dating import misdated
from schoolhubs.plans.gate.opening import why_open

__all__ = ["ScreenQuestion", "Screening", "changes_sanction", "misdated", "screen", "why_open"]
