"""What plans keep as data and what their gate asks, for those who show it to people."""

from schoolhubs.plans.actions import strengths
from schoolhubs.plans.editing.merging import Clash
from schoolhubs.plans.gate import Screening, why_open
from schoolhubs.plans.linting import LintFinding, changes_sanction
from schoolhubs.plans.stored import stored

__all__ = [
    "Clash",
    "LintFinding",
    "Screening",
    "changes_sanction",
    "stored",
    "strengths",
    "why_open",
]
