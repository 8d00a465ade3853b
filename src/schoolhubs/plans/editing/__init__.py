"""Plans in several hands: a copy for another school, and two edits of one plan merged."""

from schoolhubs.plans.editing.copying import copy_for_another
from schoolhubs.plans.editing.merging import Clash, Merged, merge
from schoolhubs.plans.editing.settling import settle
from schoolhubs.plans.reading import read_plan

__all__ = ["Clash", "Merged", "copy_for_another", "merge", "read_plan", "settle"]
