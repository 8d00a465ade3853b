"""A definition in words: described, compared between two dates, set out for the public."""
