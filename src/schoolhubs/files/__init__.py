"""Placeholder until the files slice lands."""
