"""The terms of a partnership, and how a rest moves a day."""

import dataclasses
import datetime
from collections.abc import Sequence

from schoolhubs.vocabulary.calendar import Term, term_finishes_on
from schoolhubs.vocabulary.records.delivery.milestones import Paused

DAY = datetime.timedelta(days=1)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TermOf:
    """One term of a partnership: its number from 1, its first and its last day."""

    number: int
    first_on: datetime.date
    last_on: datetime.date

    @property
    def name(self) -> str:
        """As people say it.

        >>> day = datetime.date(2027, 1, 1)
        >>> TermOf(number=2, first_on=day, last_on=day).name
        'Spring term 2027'
        """
        return f"{Term.holding(self.first_on).value.capitalize()} term {self.first_on.year}"


def terms_of(starts_on: datetime.date, finishes_on: datetime.date) -> tuple[TermOf, ...]:
    """Give the terms from a first day to the first day after the last.

    >>> [each.last_on.month for each in terms_of(
    ...     datetime.date(2026, 9, 1), datetime.date(2027, 9, 1))]
    [12, 3, 8]
    """
    terms: list[TermOf] = []
    first = starts_on
    while first < finishes_on:
        after = min(term_finishes_on(first), finishes_on)
        terms.append(TermOf(number=len(terms) + 1, first_on=first, last_on=after - DAY))
        first = after
    return tuple(terms)


def moved(day: datetime.date, pauses: Sequence[Paused], on: datetime.date) -> datetime.date:
    """Give a day moved by the rests that began by then; one that lasts moves it on day by day.

    >>> rest = Paused(from_on=datetime.date(2026, 10, 1), until_on=datetime.date(2026, 10, 11))
    >>> moved(datetime.date(2026, 10, 5), [rest], on=datetime.date(2026, 12, 1))
    datetime.date(2026, 10, 15)
    """
    for each in sorted(pauses, key=lambda pause: pause.from_on):
        if each.from_on <= day:
            until = each.until_on or max(on, each.from_on)
            day += max(until - each.from_on, datetime.timedelta())
    return day


def rests(pauses: Sequence[Paused], on: datetime.date) -> bool:
    """Tell whether a partnership rests on a day."""
    return any(
        each.from_on <= on and (each.until_on is None or on < each.until_on) for each in pauses
    )
