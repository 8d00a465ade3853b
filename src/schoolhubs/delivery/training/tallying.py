"""Counts what is owed, of a leader, a school or a hub."""

import dataclasses
from collections import Counter
from collections.abc import Iterable

from schoolhubs.delivery.training.owing import Owed, Standing


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many modules stand how, one counted for each leader it is for.

    ``n_required`` is all that is owed, done or not; what is only offered is in none of these.
    ``n_late`` is how many of those outstanding should have been done by now and were not: those
    overdue, and of those that nobody sees to the ones whose day is over.
    """

    n_required: int = 0
    n_done: int = 0
    n_overdue: int = 0
    n_open: int = 0
    n_declared: int = 0
    n_nobody: int = 0
    n_late: int = 0

    @property
    def n_outstanding(self) -> int:
        """Those about which something is still to be done."""
        return self.n_overdue + self.n_open + self.n_declared + self.n_nobody


def tally(rows: Iterable[Owed]) -> Tally:
    """Count modules by how they stand; one that is owed is counted once and in one place.

    >>> tally([])
    Tally(n_required=0, n_done=0, n_overdue=0, n_open=0, n_declared=0, n_nobody=0, n_late=0)
    """
    required = [each for each in rows if each.module.is_required]
    counts = Counter(each.standing for each in required)
    return Tally(
        n_required=counts.total(),
        n_done=counts[Standing.DONE],
        n_overdue=counts[Standing.OVERDUE],
        n_open=counts[Standing.OPEN],
        n_declared=counts[Standing.DECLARED],
        n_nobody=counts[Standing.NOBODY],
        n_late=sum(each.is_late for each in required),
    )
