"""Attendance marks to the Department's own absence measures."""

from schoolhubs.attendance import engines, erasing, reading
from schoolhubs.attendance.coding import codes, regimes
from schoolhubs.attendance.measuring import measure
from schoolhubs.attendance.storing import MarksStore
from schoolhubs.attendance.weeks import read_marks

__all__ = [
    "MarksStore",
    "codes",
    "engines",
    "erasing",
    "measure",
    "read_marks",
    "reading",
    "regimes",
]
