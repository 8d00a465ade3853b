"""What a partnership had come to at its end, with the evidence beside it."""

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from schoolhubs.delivery.milestones.standing import Due
from schoolhubs.vocabulary.records.delivery import DaySpent
from schoolhubs.vocabulary.records.delivery.milestones import CountedFrom


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """What was done of what was asked, and the days of each kind.

    Parameters
    ----------
    done, left
        Milestones with their term, such as ``open_day/2``; those done with their evidence.
    half_days
        Agreed half-days of the partner by kind of day.
    lead_half_days
        Agreed half-days of the lead in all.
    """

    done: Mapping[str, str]
    left: tuple[str, ...]
    half_days: Mapping[str, int]
    lead_half_days: int

    @property
    def is_whole(self) -> bool:
        """Nothing is left."""
        return not self.left

    def as_dict(self) -> dict[str, Any]:
        """Give it as JSON holds it."""
        return {**dataclasses.asdict(self), "left": list(self.left)}


def completed(dues: Sequence[Due], days: Sequence[DaySpent]) -> Completed:
    """Sum up a partnership; what can be done only once it is over is not left undone by then.

    >>> completed((), ()).is_whole
    True
    """
    half_days: Counter[str] = Counter()
    for each in days:
        if each.is_agreed:
            half_days[each.kind.value] += each.partner_half_days
    return Completed(
        done={each.key: each.evidence for each in dues if not each.is_left},
        left=tuple(
            each.key
            for each in dues
            if each.is_left and each.milestone.counted_from is not CountedFrom.OVER
        ),
        half_days=dict(sorted(half_days.items())),
        lead_half_days=sum(each.lead_half_days for each in days if each.is_agreed),
    )
