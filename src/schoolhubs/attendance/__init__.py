"""Attendance marks to the Department's own absence measures."""

from schoolhubs.attendance import engines, reading
from schoolhubs.attendance.coding import Codes, codes, regimes
from schoolhubs.attendance.measuring import measure
from schoolhubs.attendance.storing import read_marks

__all__ = ["Codes", "codes", "engines", "measure", "read_marks", "reading", "regimes"]
