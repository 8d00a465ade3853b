"""What happens after the match: support days, open days, training, resources, milestones."""

from schoolhubs.delivery import days, events, invitations, milestones, resources, training

__all__ = ["days", "events", "invitations", "milestones", "resources", "training"]
