"""Sampling: some payments of a run are looked at again, with evidence asked for."""
