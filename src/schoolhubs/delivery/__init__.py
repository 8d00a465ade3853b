"""What happens after the match: support days, open days, training, resources, milestones."""

from schoolhubs.delivery import events, invitations, training

__all__ = ["events", "invitations", "training"]
