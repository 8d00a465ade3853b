"""Rounds: run on a numbered snapshot, kept whole, published by one pointer; matches explained."""
