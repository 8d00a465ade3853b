"""Placeholder until the pictures slice lands."""
