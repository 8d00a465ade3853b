"""Placeholder until the travel slice lands."""
