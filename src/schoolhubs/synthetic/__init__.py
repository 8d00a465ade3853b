"""Placeholder until the synthetic slice lands."""
