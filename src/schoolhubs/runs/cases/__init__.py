"""A definition tried on its own worked cases, and whether those cases try every threshold."""
