"""Placeholder until the packs slice lands."""
