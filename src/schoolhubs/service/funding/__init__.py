"""Declarations, awards, payment runs, clawback and the programme budget."""
