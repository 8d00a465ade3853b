"""How many schools used a resource, told so that no school can be known by it."""

# Fewer schools than this are told as few, and numbers above in steps of it; ours, assumed.
AT_LEAST = 5


def shown_count(n_schools: int) -> int:
    """Give how many schools are told to have used a resource: at least so many, 0 for few or none.

    >>> shown_count(0), shown_count(4), shown_count(5), shown_count(13)
    (0, 0, 5, 10)
    """
    return n_schools // AT_LEAST * AT_LEAST
