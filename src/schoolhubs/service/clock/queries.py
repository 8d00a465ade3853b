"""How far the clock was put forward, and the dates ahead that matter.

Apps say theirs once Django is ready, and the clock's page offers them.
"""

import dataclasses
import datetime
from collections.abc import Callable, Iterable

from django.db.models import Max

from schoolhubs.service.clock.models import Forward
from schoolhubs.vocabulary.calendar import Term, term_finishes_on


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """A day on which something happens, in words such as "3 partnerships start"."""

    on: datetime.date
    words: str


Ask = Callable[[datetime.date, datetime.date], Iterable[Ahead]]
ASKED: list[Ask] = []


def register(ask: Ask) -> None:
    """Let an app say what is ahead: asked with a day and the first day after those that count."""
    if ask not in ASKED:
        ASKED.append(ask)


def ahead_of(on: datetime.date, until: datetime.date) -> list[Ahead]:
    """Give what is ahead of a day and before another, in order of time."""
    found = [each for ask in ASKED for each in ask(on, until) if on < each.on < until]
    return sorted(found, key=lambda each: (each.on, each.words))


def next_term(on: datetime.date) -> Ahead:
    """Give the first day of the term after the one that a day falls in.

    >>> next_term(datetime.date(2026, 11, 23))
    Ahead(on=datetime.date(2027, 1, 1), words='The spring term starts')
    """
    first = term_finishes_on(on)
    return Ahead(on=first, words=f"The {Term.holding(first)} term starts")


def days_ahead() -> int:
    """Give the days between the machine's clock and the demonstration's."""
    return Forward.objects.aggregate(most=Max("days_ahead"))["most"] or 0
