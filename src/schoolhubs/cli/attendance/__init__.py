"""``schoolhubs attendance``: marks to the Department's own absence measures."""

from schoolhubs.cli.attendance import behaving, counting, keeping
from schoolhubs.cli.attendance.noun import attendance

__all__ = ["attendance", "behaving", "counting", "keeping"]
