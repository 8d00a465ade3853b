"""Places that are free go down the waiting list: to each party in turn that fits, whole or not."""

import dataclasses
from collections.abc import Iterable
from typing import Any


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """A party on a waiting list.

    Parameters
    ----------
    party
        Its number in the service.
    n_people
        How many places it needs; it takes all of them or none.
    barred
        Why it can not be given places whatever is free, such as a visit it holds on another day
        of the term; blank where nothing bars it.
    """

    party: int
    n_people: int
    barred: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What a fill found of one party: what was free when its turn came, and what it got."""

    party: int
    n_people: int
    n_free: int
    is_given: bool
    barred: str = ""

    @property
    def why(self) -> str:
        """Say why it was given places, or was not.

        >>> Line(party=1, n_people=3, n_free=2, is_given=False).why
        'needs 3, and 2 were free'
        """
        if self.is_given:
            return f"needs {self.n_people}, and {self.n_free} were free"
        return self.barred or f"needs {self.n_people}, and {self.n_free} were free"

    def as_dict(self) -> dict[str, Any]:
        """Give JSON-ready values."""
        return dataclasses.asdict(self)


def fill(n_free: int, queue: Iterable[Waits]) -> tuple[Line, ...]:
    """Hand free places down a waiting list.

    Each party is asked once, in the order of the list: it is given its places if nothing bars it
    and as many are left as it needs. So nobody who fits is passed by for somebody later.

    Parameters
    ----------
    n_free
        Places free; fewer than none counts as none.
    queue
        First come first.

    Returns
    -------
    tuple of Line
        One a party, in the order of the list, also where it got nothing.

    Examples
    --------
    >>> lines = fill(2, [Waits(party=1, n_people=3), Waits(party=2, n_people=2)])
    >>> [(line.party, line.is_given) for line in lines]
    [(1, False), (2, True)]
    """
    left, lines = max(n_free, 0), []
    for waits in queue:
        is_given = not waits.barred and waits.n_people <= left
        lines.append(
            Line(
                party=waits.party, n_people=waits.n_people, n_free=left, is_given=is_given,
                barred=waits.barred,
            )
        )  # fmt: skip
        left -= waits.n_people * is_given
    return tuple(lines)
