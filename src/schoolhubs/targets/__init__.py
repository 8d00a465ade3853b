"""Attendance targets: what to expect of a school, what to ask, how sure that is, and why."""

from schoolhubs.targets.expecting import expect
from schoolhubs.targets.fitting import fit
from schoolhubs.targets.model.record import read_model, write_model

__all__ = ["expect", "fit", "read_model", "write_model"]
