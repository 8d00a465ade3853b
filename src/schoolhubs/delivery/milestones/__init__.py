"""Milestones: how each stands on a day, what they take a role in a term, and what was completed."""

from schoolhubs.delivery.milestones.completing import Completed, completed
from schoolhubs.delivery.milestones.standing import Due, Standing, due, stuck
from schoolhubs.delivery.milestones.terms import TermOf
from schoolhubs.delivery.milestones.totals import term_totals

__all__ = ["Completed", "Due", "Standing", "TermOf", "completed", "due", "stuck", "term_totals"]
