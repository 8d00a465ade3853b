"""Partners to leads: every partner at once, goals in order, proven best, with reasons.

>>> sorted(__all__)
['Solved', 'alternatives', 'explain', 'match', 'rematch', 'solve', 'stability', 'verify']
"""

from schoolhubs.matching.checker import verify
from schoolhubs.matching.next_best import alternatives, explain
from schoolhubs.matching.rematching import rematch
from schoolhubs.matching.solved import Solved, match, solve
from schoolhubs.matching.stable import stability

__all__ = [
    "Solved",
    "alternatives",
    "explain",
    "match",
    "rematch",
    "solve",
    "stability",
    "verify",
]
