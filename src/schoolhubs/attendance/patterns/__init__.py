"""Patterns in the marks of one school: where, when and why absence is, and what changed."""

from schoolhubs.attendance.patterns import tables
from schoolhubs.attendance.patterns.causes import causes
from schoolhubs.attendance.patterns.changing import changed, counted_by_pupil
from schoolhubs.attendance.patterns.prompting import Clearance, may_prompt
from schoolhubs.attendance.patterns.prompts import prompts
from schoolhubs.attendance.patterns.sessions import sessions_of

__all__ = [
    "Clearance",
    "causes",
    "changed",
    "counted_by_pupil",
    "may_prompt",
    "prompts",
    "sessions_of",
    "tables",
]
