"""The way of a school from its match to the first review, as one task list."""
