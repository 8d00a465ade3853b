"""Placeholder until the eligibility slice lands."""
