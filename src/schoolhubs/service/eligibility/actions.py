"""What is done with an application, each from the module that does it.

Each action is the same four thoughts: query, decide, save, record. The row is locked while it is
changed, and its version must be the one the person saw.
"""

from schoolhubs.service.eligibility.doing.assessing import as_frame, assess, assess_left
from schoolhubs.service.eligibility.doing.deciding import agree, decide, move
from schoolhubs.service.eligibility.doing.sending import answer, begin, submit

__all__ = [
    "agree",
    "answer",
    "as_frame",
    "assess",
    "assess_left",
    "begin",
    "decide",
    "move",
    "submit",
]
