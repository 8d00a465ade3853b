"""A match as people read it: explained, with the names of its schools, on its page."""
