"""The pages of a hub: all its days, dates that suit everyone, its leaders, term dates."""
