"""Synthetic pupils of the demonstration: their marks, and nothing else of them."""
