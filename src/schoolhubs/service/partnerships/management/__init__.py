"""Commands of partnerships."""
