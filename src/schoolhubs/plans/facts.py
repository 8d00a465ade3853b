"""What plans keep as data and what their gate asks, for those who show it to people."""

from schoolhubs.plans.actions import strengths
from schoolhubs.plans.editing.merging import Clash
from schoolhubs.plans.gate import Screening, changes_sanction, why_open
from schoolhubs.plans.gate.consequence import CONFIRMED, CONSEQUENCE, NONE
from schoolhubs.plans.linting import LintFinding, sanction_words
from schoolhubs.plans.stored import stored

__all__ = [
    "CONFIRMED",
    "CONSEQUENCE",
    "NONE",
    "Clash",
    "LintFinding",
    "Screening",
    "changes_sanction",
    "sanction_words",
    "stored",
    "strengths",
    "why_open",
]
