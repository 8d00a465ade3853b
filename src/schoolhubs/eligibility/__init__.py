"""Who may join: yes, no or cannot tell, rule by rule, with reasons."""

from schoolhubs.eligibility.answers import CheckedAnswers, check_answers
from schoolhubs.eligibility.assessing import assess
from schoolhubs.eligibility.explaining import decisions, explain

__all__ = ["CheckedAnswers", "assess", "check_answers", "decisions", "explain"]
