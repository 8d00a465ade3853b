"""One intake round, whole, with its tables and its cost."""

from schoolhubs.vocabulary.records.round.parts import BudgetLine, InputFile, RoundBudget
from schoolhubs.vocabulary.records.round.tables import ALTERNATIVES, DECISIONS
from schoolhubs.vocabulary.records.round.whole import Round

__all__ = ["ALTERNATIVES", "DECISIONS", "BudgetLine", "InputFile", "Round", "RoundBudget"]
