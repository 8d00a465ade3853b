"""Awards, declarations, statements, payment runs and the programme budget, in pence."""

from schoolhubs.funding import budgets, folder, paying
from schoolhubs.funding.awards.awarding import award, milestones
from schoolhubs.funding.books import books
from schoolhubs.funding.paying.claims import line_of
from schoolhubs.funding.statements import statement

__all__ = ["award", "books", "budgets", "folder", "line_of", "milestones", "paying", "statement"]
