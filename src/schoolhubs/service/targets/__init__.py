"""Attendance targets in the service: fitted by the office, explained to schools, challenged."""
