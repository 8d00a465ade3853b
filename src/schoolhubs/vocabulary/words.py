"""Counts and days in the words of a sentence."""

import datetime


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


def register_words(built_on: datetime.date, on: datetime.date) -> str:
    """Name the school register by the day it was built for, and the day it is seen as on.

    Examples
    --------
    >>> day = datetime.date(2026, 1, 29)
    >>> register_words(day, day)
    'school register as at 2026-01-29'
    >>> register_words(datetime.date(2018, 9, 1), day)
    'school register as at 2018-09-01, seen as on 2026-01-29'
    """
    seen = "" if built_on == on else f", seen as on {on}"
    return f"school register as at {built_on}{seen}"
