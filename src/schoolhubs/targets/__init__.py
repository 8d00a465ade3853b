"""Attendance targets: what to expect of a school, what to ask, how sure that is, and why."""

from schoolhubs.targets import said
from schoolhubs.targets.auditing import fit
from schoolhubs.targets.challenging import recompute
from schoolhubs.targets.expecting import expect
from schoolhubs.targets.explaining import explain
from schoolhubs.targets.model.record import read_model
from schoolhubs.targets.year_end.judging import judge
from schoolhubs.targets.year_end.watching import watch

__all__ = ["expect", "explain", "fit", "judge", "read_model", "recompute", "said", "watch"]
