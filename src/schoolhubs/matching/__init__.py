"""Placeholder until the matching slice lands."""
