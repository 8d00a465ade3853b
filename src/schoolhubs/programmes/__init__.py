"""Placeholder until the programmes slice lands."""
