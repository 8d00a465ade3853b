"""What is done with a partnership: propose, answer, leave, decide an objection."""

from schoolhubs.service.partnerships.proposing import propose

__all__ = ["propose"]
