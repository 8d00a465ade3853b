"""The days of partnerships, from every ledger that holds some."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping

from schoolhubs.service.delivery import queries as delivery
from schoolhubs.service.events import queries as events
from schoolhubs.vocabulary.records.delivery import DaySpent

Ledger = Callable[[Collection[int]], Mapping[int, tuple[DaySpent, ...]]]
LEDGERS: tuple[Ledger, ...] = (delivery.days_of, events.days_of)


def days_of(partnership_ids: Collection[int]) -> Mapping[int, list[DaySpent]]:
    """Give the days of partnerships in order of time."""
    found: dict[int, list[DaySpent]] = defaultdict(list)
    for ledger in LEDGERS:
        for number, days in ledger(partnership_ids).items():
            found[number] += days
    return {number: sorted(days, key=lambda day: day.on) for number, days in found.items()}
