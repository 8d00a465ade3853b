"""Concerns about how a partnership goes: raised with evidence, answered, taken further, settled."""
