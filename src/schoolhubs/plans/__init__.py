"""Action plans: the library of actions, the Equality Act gate, the lint, approval, reviews."""

from schoolhubs.plans import editing, watching
from schoolhubs.plans.actions import library
from schoolhubs.plans.approving import approve
from schoolhubs.plans.checking import check
from schoolhubs.plans.gate import screen
from schoolhubs.plans.linting import lint
from schoolhubs.plans.reading import read_plan

__all__ = ["approve", "check", "editing", "library", "lint", "read_plan", "screen", "watching"]
