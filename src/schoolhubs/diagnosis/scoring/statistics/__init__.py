"""Sums on arrays: reliability, weights, shrinkage and items that differ. No table is known here."""
