"""What two people decide of money: one proposes, with a reason, another agrees."""
