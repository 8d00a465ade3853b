"""From sessions missed to letters: spells, their reasons, and the marks of those who are there."""

from schoolhubs.synthetic.pupils.marking.attending import AttendedTables, mark_attendance
from schoolhubs.synthetic.pupils.marking.reasons import (
    absence_mix,
    attended_tables,
    letters,
    spell_tables,
)
from schoolhubs.synthetic.pupils.marking.spells import SpellTables, mark_absence

__all__ = [
    "AttendedTables",
    "SpellTables",
    "absence_mix",
    "attended_tables",
    "letters",
    "mark_absence",
    "mark_attendance",
    "spell_tables",
]
