"""Which days were paid for: money comes downstream of delivery, and says it when it loads."""

from collections.abc import Callable, Collection

Ask = Callable[[Collection[int]], frozenset[str]]
ASKED: list[Ask] = []


def register(ask: Ask) -> None:
    """Let a part say which records of some partnerships stand in an award that was paid."""
    if ask not in ASKED:
        ASKED.append(ask)


def paid_records(partnership_ids: Collection[int]) -> frozenset[str]:
    """Give the records of some partnerships that were paid for, such as ``support_day:12``."""
    return frozenset(record for ask in ASKED for record in ask(partnership_ids))
