"""Counts in the words of a sentence."""


def counted(n: float, one: str, many: str = "") -> str:
    """Write a count with its noun.

    Parameters
    ----------
    n
        A whole number; shown with thousands separated.
    one, many
        The noun for one and for any other number; ``many`` is ``one`` with an s unless given.

    Examples
    --------
    >>> counted(1, "school"), counted(1200, "school"), counted(0, "journey")
    ('1 school', '1,200 schools', 'no journeys')
    >>> counted(2, "is", "are")
    '2 are'
    """
    noun = one if n == 1 else many or f"{one}s"
    return f"no {noun}" if n == 0 else f"{n:,.0f} {noun}"
