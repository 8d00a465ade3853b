"""A programme value with its unit, dates, source and whether it was published or assumed.

Beside it, what an office turned it to for one round.
"""

import dataclasses
import datetime
import enum
from typing import Any


class Status(enum.StrEnum):
    """Where a value stands: published, assumed by us, or published and since replaced."""

    PUBLISHED = "published"
    ASSUMED = "assumed"
    SUPERSEDED = "superseded"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a value was read: title of the page, the day it was read, address where known."""

    title: str
    read_on: datetime.date
    url: str = ""

    def __str__(self) -> str:
        """Say it in one line.

        >>> str(Source(title="Programme page", read_on=datetime.date(2026, 11, 21)))
        'Programme page (read 2026-11-21)'
        """
        return f"{self.title} (read {self.read_on.isoformat()})"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class DatedValue:
    """A value from a day on. ``why`` is one sentence, and always there on an assumed value."""

    from_on: datetime.date
    value: Any
    status: Status
    source: Source
    why: str = ""

    @property
    def is_assumed(self) -> bool:
        """Nobody published it."""
        return self.status is Status.ASSUMED


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One value of a programme over time.

    Parameters
    ----------
    path
        Where it stands in the definition, such as ``matching.preferred_maximum_minutes``.
    description
        What it is, for a policy officer.
    unit
        What it is counted in.
    rule
        ``prefer`` where it may be broken as a recorded exception, ``require`` where it may not,
        blank where it limits nothing.
    entries
        The value by date, earliest first; at least one.
    also_published
        Other readings that contradict or were replaced by it, kept beside it.
    """

    path: str
    description: str
    unit: str
    rule: str
    entries: tuple[DatedValue, ...]
    also_published: tuple[DatedValue, ...] = ()

    def entry(self, on: datetime.date) -> DatedValue:
        """Give the value in force on a day; before the first, the first."""
        return self.entry_then(on) or self.entries[0]

    def entry_then(self, on: datetime.date) -> DatedValue | None:
        """Give the value in force on a day, or None before the first."""
        in_force = [entry for entry in self.entries if entry.from_on <= on]
        return in_force[-1] if in_force else None

    def at(self, on: datetime.date) -> Any:
        """Give the bare value in force on a day; before the first, the first."""
        return self.entry(on).value


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RuleChange:
    """One value that a round was given in place of the definition's.

    Parameters
    ----------
    field
        What was turned, such as ``preferred_maximum_minutes`` or ``places_per_lead.enhanced``.
    path
        Where the value stands in the definition.
    before, after
        The value in force, and the one the round was run with.
    unit
        What both are counted in; blank for words.

    Examples
    --------
    >>> str(RuleChange(field="floor_share", path="matching.floor_share", before=0.8, after=0.9))
    'floor_share 0.8 → 0.9'
    """

    field: str
    path: str
    before: Any
    after: Any
    unit: str = ""

    def __str__(self) -> str:
        """Say it in a few words, the value in force first."""
        return f"{self.field} {_said(self.before)} → {_said(self.after)}"

    def as_dict(self) -> dict[str, Any]:
        """Give JSON-ready values."""
        return dataclasses.asdict(self)


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.10g}" if isinstance(value, float) else str(value)
