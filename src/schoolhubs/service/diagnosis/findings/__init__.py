"""Findings: drafted from what the school has, ranked and confirmed by people, kept for good."""
