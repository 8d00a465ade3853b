"""Partners to leads: every partner at once, goals in order, proven best, with reasons."""

from schoolhubs.matching.solved import Solved, match, solve

__all__ = ["Solved", "match", "solve"]
