"""Action plans: the library of actions, the Equality Act gate, the lint, approval, reviews."""

from schoolhubs.plans import editing, facts, watching
from schoolhubs.plans.actions import library
from schoolhubs.plans.approving import approve
from schoolhubs.plans.checking import check
from schoolhubs.plans.gate import screen
from schoolhubs.plans.linting import lint

__all__ = ["approve", "check", "editing", "facts", "library", "lint", "screen", "watching"]
