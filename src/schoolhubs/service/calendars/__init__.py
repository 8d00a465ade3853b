"""Calendars that follow: one secret link a person and organisation, with all dates of theirs."""
