"""The school register as at a date, made of published tables: build, store, look up."""

from schoolhubs.schools.build import build
from schoolhubs.schools.facts import facts
from schoolhubs.schools.figures.panel import panel
from schoolhubs.schools.history import history
from schoolhubs.schools.register import SchoolRegister, read_register, write_register
from schoolhubs.schools.roster.seen import as_seen

__all__ = [
    "SchoolRegister",
    "as_seen",
    "build",
    "facts",
    "history",
    "panel",
    "read_register",
    "write_register",
]
