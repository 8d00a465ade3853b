"""Goes through all that happened to a day's places once more, and finds who was wronged.

It shares no code with what hands places out: it counts for itself, and believes nothing but the
steps as they were written down.
"""

import dataclasses
import enum
from collections.abc import Iterable, Mapping


class StepKind(enum.StrEnum):
    """What can happen to the places of a day."""

    PLACES = "places"
    HELD = "held"
    BOOKED = "booked"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"
    WAITS = "waits"
    LEFT = "left"
    FILLED = "filled"
    PROMOTED = "promoted"
    CHANGED = "changed"
    CLOSED = "closed"


FREES = (StepKind.LAPSED, StepKind.CANCELLED)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that happened.

    Parameters
    ----------
    kind
        What it was.
    party
        Whom it happened to; 0 where it is of the day as a whole.
    n
        People of the party, or the places there are from now on.
    barred
        Of a fill: why a party could get nothing then, by party; who is not in it was not barred.
    """

    kind: StepKind
    party: int = 0
    n: int = 0
    barred: Mapping[int, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(slots=True)
class _Day:
    n_places: int = 0
    taken: dict[int, int] = dataclasses.field(default_factory=dict)
    waiting: dict[int, int] = dataclasses.field(default_factory=dict)
    barred: Mapping[int, str] = dataclasses.field(default_factory=dict)
    is_closed: bool = False

    @property
    def n_free(self) -> int:
        return self.n_places - sum(self.taken.values())

    def passed_by(self, before: int = 0) -> list[int]:
        """Name who waits, is not barred and would fit; only those ahead of a party if named."""
        found = []
        for party, n_people in self.waiting.items():
            if party == before:
                break
            if party not in self.barred and n_people <= self.n_free:
                found.append(party)
        return found


def faults(steps: Iterable[Step]) -> tuple[str, ...]:
    """Find every moment at which places were oversold or somebody who fitted was passed by.

    Parameters
    ----------
    steps
        Everything that happened to one day, in order.

    Returns
    -------
    tuple of str
        A sentence a fault; empty where all was right.

    Examples
    --------
    >>> places = Step(kind=StepKind.PLACES, n=2)
    >>> faults([places, Step(kind=StepKind.HELD, party=1, n=3)])
    ('step 2: 3 of 2 places are taken',)
    >>> waits = [Step(kind=StepKind.WAITS, party=1, n=1), Step(kind=StepKind.WAITS, party=2, n=2)]
    >>> faults([*waits, places, Step(kind=StepKind.PROMOTED, party=2, n=2)])
    ('step 4: party 2 was given places, and 1 ahead of it fitted',)
    """
    day, found = _Day(), []
    for number, step in enumerate(steps, start=1):
        found += [f"step {number}: {fault}" for fault in _before(day, step)]
        _do(day, step)
        if day.n_free < 0:
            found.append(
                f"step {number}: {day.n_places - day.n_free} of {day.n_places} places are taken"
            )
    # After the last step nobody may be left waiting beside free places.
    if not day.is_closed and (left := day.passed_by()):
        found.append(f"at the end: {_named(left)} fitted and still waits")
    return tuple(found)


def _before(day: _Day, step: Step) -> list[str]:
    """Say what is wrong with a step as things stand before it."""
    if step.kind is StepKind.PROMOTED:
        if step.party not in day.waiting:
            return [f"party {step.party} was given places and did not wait"]
        if ahead := day.passed_by(before=step.party):
            return [f"party {step.party} was given places, and {_named(ahead)} ahead of it fitted"]
    if step.kind is StepKind.HELD and (ahead := day.passed_by()):
        return [f"party {step.party} came later and was given places, and {_named(ahead)} fitted"]
    grows = step.kind is StepKind.CHANGED and step.n > day.taken.get(step.party, step.n)
    if grows and (ahead := day.passed_by()):
        return [f"party {step.party} grew, and {_named(ahead)} waited and fitted"]
    if step.kind is StepKind.BOOKED and step.party not in day.taken:
        return [f"party {step.party} was booked and held no place"]
    return []


def _do(day: _Day, step: Step) -> None:
    match step.kind:
        case StepKind.PLACES:
            day.n_places = step.n
        case StepKind.CHANGED if step.party in day.waiting:
            day.waiting[step.party] = step.n
        case StepKind.HELD | StepKind.CHANGED:
            day.taken[step.party] = step.n
        case StepKind.PROMOTED:
            day.waiting.pop(step.party, None)
            day.taken[step.party] = step.n
        case StepKind.LAPSED | StepKind.CANCELLED:
            day.taken.pop(step.party, None)
        case StepKind.WAITS:
            day.waiting[step.party] = step.n
        case StepKind.LEFT:
            day.waiting.pop(step.party, None)
        case StepKind.FILLED:
            day.barred = step.barred
        case StepKind.CLOSED:
            day.is_closed = True
        case StepKind.BOOKED:
            pass


def _named(parties: list[int]) -> str:
    return " and ".join(map(str, parties))
