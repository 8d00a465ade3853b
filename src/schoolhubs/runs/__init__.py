"""Placeholder until the runs slice lands."""
