"""A school's attendance target: explained, with pictures and tables."""
