"""Placeholder until the schools slice lands."""
