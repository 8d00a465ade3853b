"""Which schools there are: open or closed, where, in which trust, grown out of which."""
