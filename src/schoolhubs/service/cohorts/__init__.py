"""Intakes: the windows in which schools apply, one a term, and what becomes of late ones."""
