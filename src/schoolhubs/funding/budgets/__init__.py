"""A programme's money as a whole: what it takes, what it leaves, what if."""

from schoolhubs.funding.budgets.affording import afford, as_planned, read_scenario
from schoolhubs.funding.budgets.budgeting import budget

__all__ = ["afford", "as_planned", "budget", "read_scenario"]
