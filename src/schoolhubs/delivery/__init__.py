"""What happens after the match: support days, open days, training, resources, milestones."""
