"""Surveys of pupils and staff, anonymous for good."""
