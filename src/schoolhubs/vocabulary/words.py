"""Counts, days and prices in the words of a sentence."""

import datetime

from schoolhubs.vocabulary.records.matching import Price

UNKNOWN = "Not known"
MINUS = "\u2212"


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


def signed(value: float, decimals: int = 1, *, minus: str = MINUS) -> str:
    """Write a change with its sign; what rounds to nothing has none.

    Parameters
    ----------
    minus
        The sign for people to read; a hyphen where a program reads it.

    Examples
    --------
    >>> signed(0.5), signed(-0.004, 2), signed(-1.2) == "\u22121.2", signed(-1.2, minus="-")
    ('+0.5', '0.00', True, '-1.2')
    """
    told = round(value, decimals) or 0.0
    return f"{told:{'+' if told else ''}.{decimals}f}".replace("-", minus)


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


def nobody_applied(on: datetime.date, n_later: int) -> str:
    """Say that a round had no applicants and, where applications came later, how many.

    Examples
    --------
    >>> nobody_applied(datetime.date(2024, 1, 29), 380)
    'No application is dated on or before 29 January 2024; 380 are later'
    >>> nobody_applied(datetime.date(2024, 1, 29), 0)
    'No schools applied'
    """
    if not n_later:
        return "No schools applied"
    day = f"{on.day} {on:%B %Y}"
    return f"No application is dated on or before {day}; {counted(n_later, 'is', 'are')} later"


def price_in_words(price: Price) -> str:
    """Say what a change costs and what it saves, goal by goal, each as what it is.

    Minutes that count long journeys more are said only where they decide, or where plain minutes
    alone would tell the opposite. So what is said first is a cost, wherever there is any.

    Examples
    --------
    >>> price_in_words(Price(need=11, exceptions=-1, minutes=-143.9, weighted_minutes=-160.0))
    '11 need points fewer served, 1 journey fewer over the limit, 143.9 minutes less in all'
    >>> price_in_words(Price(need=-1, exceptions=2, minutes=0.0, schools=1))
    '1 need point more served, 2 journeys more over the limit, 1 school fewer matched'
    >>> price_in_words(Price(need=0, exceptions=0, minutes=-15.9, weighted_minutes=30.04))
    '30.0 minutes more counting long journeys more, though 15.9 minutes less in all'
    >>> price_in_words(Price(need=0, exceptions=0, minutes=0.0))
    'no change in need points, journeys over the limit or minutes'
    """
    parts = []
    if price.need:
        points = counted(abs(price.need), "need point")
        parts.append(f"{points} {'fewer' if price.need > 0 else 'more'} served")
    if price.moved:
        schools = counted(abs(price.moved), "school")
        parts.append(f"{schools} {'more' if price.moved > 0 else 'fewer'} moved")
    if price.exceptions:
        journeys = counted(abs(price.exceptions), "journey")
        parts.append(f"{journeys} {'more' if price.exceptions > 0 else 'fewer'} over the limit")
    if price.schools:
        schools = counted(abs(price.schools), "school")
        parts.append(f"{schools} {'fewer' if price.schools > 0 else 'more'} matched")
    weighted, plain = price.weighted_minutes, price.minutes
    decides = not parts and weighted != plain
    if weighted and (decides or weighted * plain < 0):
        parts.append(f"{_more_minutes(weighted)} counting long journeys more")
    if plain:
        but = "though " if weighted * plain < 0 else ""
        parts.append(f"{but}{_more_minutes(plain)} in all")
    return ", ".join(parts) or "no change in need points, journeys over the limit or minutes"


def _more_minutes(change: float) -> str:
    """Write a change of minutes to a tenth; a smaller one is still no nothing.

    >>> _more_minutes(-1.0), _more_minutes(0.02), _more_minutes(-1250.0)
    ('1.0 minute less', 'under 0.1 minutes more', '1,250.0 minutes less')
    """
    shown = f"{abs(change):,.1f}"
    unit = "minute" if shown == "1.0" else "minutes"
    return f"{'under 0.1' if shown == '0.0' else shown} {unit} {'more' if change > 0 else 'less'}"


def plain(name: str | None) -> str:
    """Turn an identifier into words.

    >>> plain("inspection_grade"), plain(None)
    ('Inspection grade', 'Not known')
    """
    said = (name or "").replace("_", " ").strip()
    return said[:1].upper() + said[1:] if said else UNKNOWN


def in_words(day: str) -> str:
    """Write a day for people, given as ISO 8601.

    >>> in_words("2025-09-03")
    '3 September 2025'
    """
    date = datetime.date.fromisoformat(day)
    return f"{date.day} {date:%B %Y}"
