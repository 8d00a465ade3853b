"""Partnerships that are stuck: why, since when, whose turn it is, and what comes next."""
