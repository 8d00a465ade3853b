"""Attendance targets: what to expect of a school, what to ask, how sure that is, and why."""
