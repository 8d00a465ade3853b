"""A plan after its approval: disparity, progress, and whether it is still in force."""

from schoolhubs.plans.approving import why_not_in_force
from schoolhubs.plans.progress import Progress, progress
from schoolhubs.plans.watching.counted import guessed, headings_of, read_counts
from schoolhubs.plans.watching.disparity import Disparity, Gap, disparity, reopen
from schoolhubs.plans.watching.nesting import Nested, few_between
from schoolhubs.plans.watching.touching import touched

__all__ = [
    "Disparity",
    "Gap",
    "Nested",
    "Progress",
    "disparity",
    "few_between",
    "guessed",
    "headings_of",
    "progress",
    "read_counts",
    "reopen",
    "touched",
    "why_not_in_force",
]
