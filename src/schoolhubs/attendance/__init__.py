"""Attendance marks to the Department's own absence measures."""

from schoolhubs.attendance import reading
from schoolhubs.attendance.coding import Code, Codes, CountsAs, codes, regimes
from schoolhubs.attendance.measuring import measure
from schoolhubs.attendance.storing import read_marks

__all__ = ["Code", "Codes", "CountsAs", "codes", "measure", "read_marks", "reading", "regimes"]
