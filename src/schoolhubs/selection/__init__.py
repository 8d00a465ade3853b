"""Placeholder until the selection slice lands."""
