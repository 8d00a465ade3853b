"""What changed in a programme between two dates."""

import dataclasses
import datetime
from typing import Any

from schoolhubs.programmes.describing import said
from schoolhubs.programmes.loading import Programme
from schoolhubs.vocabulary.records.settings import DatedValue


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A setting that differs between two dates; None where it was not in force."""

    path: str
    description: str
    unit: str
    earlier: DatedValue | None
    later: DatedValue | None

    @property
    def words(self) -> tuple[str, str]:
        """Both values in words, with where they stand."""
        return _told(self.earlier, self.unit), _told(self.later, self.unit)


def compare(
    programme: Programme, earlier_on: datetime.date, later_on: datetime.date
) -> tuple[Change, ...]:
    """List what differs between two dates: values, where they stand, and rules come or gone.

    A value that stayed while its source or status changed counts as a change.

    Examples
    --------
    >>> from schoolhubs.programmes import load
    >>> days = datetime.date(2025, 10, 1), datetime.date(2025, 12, 1)
    >>> changes = compare(load("rise-hubs-2025"), *days)
    >>> [(change.path, change.later.value) for change in changes][:1]
    [('programme.hub_counts', 57)]
    """
    changes = []
    for path, setting in programme.settings.items():
        earlier, later = (programme.in_force(path, on) for on in (earlier_on, later_on))
        if _said(earlier) != _said(later):
            changes.append(
                Change(
                    path=setting.path,
                    description=setting.description,
                    unit=setting.unit,
                    earlier=earlier,
                    later=later,
                )
            )
    return tuple(sorted(changes, key=lambda change: not change.path.startswith("programme.")))


def _told(entry: DatedValue | None, unit: str) -> str:
    if entry is None:
        return "not in force"
    status = "ASSUMED" if entry.is_assumed else entry.status.value
    return f"{said(entry.value, unit)} ({status}; {entry.source})"


def _said(entry: DatedValue | None) -> Any:
    return entry and (entry.value, entry.status, entry.source)
