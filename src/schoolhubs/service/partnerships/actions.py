"""What is done with a partnership, each from the module that does it."""

from schoolhubs.service.partnerships.answering import answer, decide
from schoolhubs.service.partnerships.ending import leave, step_down
from schoolhubs.service.partnerships.extending import ask_for_more, decide_more
from schoolhubs.service.partnerships.proposing import propose

__all__ = ["answer", "ask_for_more", "decide", "decide_more", "leave", "propose", "step_down"]
