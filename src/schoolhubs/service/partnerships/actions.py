"""What is done with a partnership, each from the module that does it."""

from schoolhubs.service.partnerships.doing.answering import answer, decide
from schoolhubs.service.partnerships.doing.ending import leave, step_down
from schoolhubs.service.partnerships.doing.extending import ask_for_more, decide_more
from schoolhubs.service.partnerships.doing.proposing import propose

__all__ = ["answer", "ask_for_more", "decide", "decide_more", "leave", "propose", "step_down"]
