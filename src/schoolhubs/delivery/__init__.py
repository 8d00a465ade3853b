"""What happens after the match: support days, open days, training, resources, milestones."""

from schoolhubs.delivery import invitations

__all__ = ["invitations"]
