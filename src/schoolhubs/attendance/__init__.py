"""Attendance marks to the Department's own absence measures."""

from schoolhubs.attendance import reading
from schoolhubs.attendance.coding import Code, Codes, CountsAs, codes, regimes

__all__ = ["Code", "Codes", "CountsAs", "codes", "reading", "regimes"]
