"""Letting go of a school's marks: when their time is over, or when the school says so."""
