"""Marks of any number of schools in one folder: added to, replaced on purpose, measured."""

from schoolhubs.attendance.storing.replacing import Loss
from schoolhubs.attendance.storing.store import MarksStore

__all__ = ["Loss", "MarksStore"]
