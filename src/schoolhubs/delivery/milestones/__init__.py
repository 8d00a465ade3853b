"""Milestones: how each stands on a day, what they take a role in a term, and what was completed."""

from schoolhubs.delivery.milestones import terms
from schoolhubs.delivery.milestones.completing import completed
from schoolhubs.delivery.milestones.standing import Due, Standing, due, stuck
from schoolhubs.delivery.milestones.totals import TermTotal, term_totals

__all__ = [
    "Due", "Standing", "TermTotal", "completed", "due", "stuck", "term_totals", "terms",
]  # fmt: skip
