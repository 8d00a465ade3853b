"""A school's behaviour return, in whatever columns it has, to counts by group."""

from schoolhubs.attendance.behaviour.counting import Counted, read_return
from schoolhubs.attendance.behaviour.mapping import ReturnMapping, read_mapping, said

__all__ = ["Counted", "ReturnMapping", "read_mapping", "read_return", "said"]
