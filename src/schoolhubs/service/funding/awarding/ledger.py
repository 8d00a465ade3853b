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


def days_of(partnership_ids: Collection[int]) -> Days:
    """Give what the ledgers hold of some partnerships, in order of time, in a few queries."""
    return spent_and_missed(partnership_ids)[0]


def spent_and_missed(
    partnership_ids: Collection[int],
) -> tuple[Days, Mapping[int, tuple[MissedDay, ...]]]:
    """Give what the ledgers hold, and what was missed: support days tell both in one look."""
    held: dict[int, list[DaySpent]] = {each: [] for each in partnership_ids}
    missed: Mapping[int, tuple[MissedDay, ...]] = {}
    for ledger in LEDGERS:
        if ledger is delivery.days_of:
            spent, missed = delivery.spent_and_missed(partnership_ids)
        else:
            spent = ledger(partnership_ids)
        for partnership_id, days in spent.items():
            held[partnership_id].extend(days)
    in_order = {
        each: tuple(sorted(days, key=lambda day: (day.on, day.evidence)))
        for each, days in held.items()
    }
    return in_order, missed
