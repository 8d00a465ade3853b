"""The days that the service knows of by itself, from each app that keeps a ledger of them."""

from collections.abc import Callable, Collection, Mapping

from schoolhubs.service.delivery import queries as delivery
from schoolhubs.service.events import queries as events
from schoolhubs.service.training import queries as training
from schoolhubs.vocabulary.records.delivery import DaySpent, MissedDay

Days = Mapping[int, tuple[DaySpent, ...]]
# Each app's own `queries.days_of`: support days and coaching, open days and events, training.
LEDGERS: tuple[Callable[[Collection[int]], Days], ...] = (
    delivery.days_of, events.days_of, training.days_of,
)  # fmt: skip


def missed_of(partnership_ids: Collection[int]) -> Mapping[int, tuple[MissedDay, ...]]:
    """Give the days of some partnerships that were planned and missed."""
    return delivery.missed_of(partnership_ids)


def days_of(partnership_ids: Collection[int]) -> dict[int, tuple[DaySpent, ...]]:
    """Give what the ledgers hold of some partnerships, in order of time, in a few queries."""
    held: dict[int, list[DaySpent]] = {each: [] for each in partnership_ids}
    for ledger in LEDGERS:
        for partnership_id, days in ledger(partnership_ids).items():
            held[partnership_id].extend(days)
    return {
        each: tuple(sorted(days, key=lambda day: (day.on, day.evidence)))
        for each, days in held.items()
    }
