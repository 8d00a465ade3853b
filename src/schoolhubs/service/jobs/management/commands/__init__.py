"""``manage work``."""
