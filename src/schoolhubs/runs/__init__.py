"""The only place where stages are joined, one module for each run."""

from schoolhubs.runs.cases.checking import check_programme
from schoolhubs.runs.eligibility_check import check_school, near_hubs
from schoolhubs.runs.explaining import explain_round
from schoolhubs.runs.intake import Order, run_intake
from schoolhubs.runs.rematch.rerun import rematch_round
from schoolhubs.runs.writing import write_round

__all__ = [
    "Order",
    "check_programme",
    "check_school",
    "explain_round",
    "near_hubs",
    "rematch_round",
    "run_intake",
    "write_round",
]
