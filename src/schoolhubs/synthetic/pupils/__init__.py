"""Synthetic pupils and their marks, calibrated to what is published about pupils."""

from schoolhubs.synthetic.pupils.checks import PupilFinding, measure_pupils
from schoolhubs.synthetic.pupils.marks import (
    MarkMaker,
    maker_of,
    marks_frame,
    parts,
    write_marks,
)
from schoolhubs.synthetic.pupils.rolls import schools_with_marks

__all__ = [
    "MarkMaker",
    "PupilFinding",
    "maker_of",
    "marks_frame",
    "measure_pupils",
    "parts",
    "schools_with_marks",
    "write_marks",
]
