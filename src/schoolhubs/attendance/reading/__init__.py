"""A school's own export of marks, through a saved column mapping; pupils are hashed at the door."""

from schoolhubs.attendance.reading.exports import SchoolMarks, read_export
from schoolhubs.attendance.reading.mapping import ColumnMapping, read_mapping
from schoolhubs.attendance.reading.pupils import hashed, read_key
from schoolhubs.attendance.reading.terms import TermDates, read_terms

__all__ = [
    "ColumnMapping",
    "SchoolMarks",
    "TermDates",
    "hashed",
    "read_export",
    "read_key",
    "read_mapping",
    "read_terms",
]
