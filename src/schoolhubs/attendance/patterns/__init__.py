"""Patterns in the marks of one school: where, when and why absence is, and what changed."""

from schoolhubs.attendance.patterns import causes, prompting, tables
from schoolhubs.attendance.patterns.changing import changed, counted_by_pupil
from schoolhubs.attendance.patterns.groups import by_group
from schoolhubs.attendance.patterns.prompts import prompts
from schoolhubs.attendance.patterns.sessions import sessions_of
from schoolhubs.attendance.patterns.standing import standing_out

__all__ = [
    "by_group",
    "causes",
    "changed",
    "counted_by_pupil",
    "prompting",
    "prompts",
    "sessions_of",
    "standing_out",
    "tables",
]
