"""Awards, declarations, statements, payment runs and the programme budget, in pence."""

from schoolhubs.funding import paying
from schoolhubs.funding.awards.awarding import award, milestones, payee_of
from schoolhubs.funding.statements import statement

__all__ = ["award", "milestones", "payee_of", "paying", "statement"]
