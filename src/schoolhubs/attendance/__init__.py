"""Attendance marks to the Department's own absence measures; behaviour returns to counts."""

from schoolhubs.attendance import behaviour, coding, engines, erasing, patterns, reading
from schoolhubs.attendance.measuring import measure
from schoolhubs.attendance.storing import MarksStore

__all__ = [
    "MarksStore",
    "behaviour",
    "coding",
    "engines",
    "erasing",
    "measure",
    "patterns",
    "reading",
]
