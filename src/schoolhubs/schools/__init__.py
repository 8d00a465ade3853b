"""The school register as at a date, made of published tables: build, store, look up."""

from schoolhubs.schools.build import build
from schoolhubs.schools.facts import facts
from schoolhubs.schools.history import SchoolHistory, history
from schoolhubs.schools.register import SchoolRegister, read_register, write_register
from schoolhubs.schools.roster.seen import as_seen

__all__ = [
    "SchoolHistory",
    "SchoolRegister",
    "as_seen",
    "build",
    "facts",
    "history",
    "read_register",
    "write_register",
]
