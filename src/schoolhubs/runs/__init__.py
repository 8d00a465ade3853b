"""The only place where stages are joined, one module for each run."""

from schoolhubs.runs.cases.checking import check_programme
from schoolhubs.runs.eligibility_check import check_school, near_hubs
from schoolhubs.runs.explaining import explain_round
from schoolhubs.runs.intake import Order, run_intake
from schoolhubs.runs.parts.register import day_of_register
from schoolhubs.runs.rematch.rerun import rematch_round
from schoolhubs.runs.what_if.changed import changed
from schoolhubs.runs.what_if.changes import RuleChanges
from schoolhubs.runs.writing import write_round

__all__ = [
    "Order",
    "RuleChanges",
    "changed",
    "check_programme",
    "check_school",
    "day_of_register",
    "explain_round",
    "near_hubs",
    "rematch_round",
    "run_intake",
    "write_round",
]
