"""Clawback: from what is still to pay first, then as a debt."""
