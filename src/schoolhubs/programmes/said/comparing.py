"""What changed in a programme between two dates."""

import dataclasses
import datetime
import textwrap
from typing import Any

from schoolhubs.programmes.loading import Programme
from schoolhubs.programmes.settings import said
from schoolhubs.vocabulary.records.settings import DatedValue

MOST_OF_A_TITLE = 60  # characters; `programme show` has titles whole


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A setting that differs between two dates; None where it was not in force."""

    path: str
    description: str
    unit: str
    earlier: DatedValue | None
    later: DatedValue | None

    @property
    def is_first_published(self) -> bool:
        """Nothing was published at the earlier date, so that its first value served there already.

        A rule of eligibility is another matter: before its first date it did not bind.
        """
        return self.earlier is None and not self.path.startswith("eligibility.rules.")

    @property
    def words(self) -> tuple[str, str]:
        """Both values in words, with where they stand; the first published one only once."""
        later = _told(self.later, self.unit)
        if self.is_first_published and self.later is not None:
            return "not yet published; the value below stands for that day too", later
        return _told(self.earlier, self.unit), later


def compare(
    programme: Programme, earlier_on: datetime.date, later_on: datetime.date
) -> tuple[Change, ...]:
    """List what differs between two dates: values, where they stand, and rules come or gone.

    A value that stayed while its source or status changed counts as a change. What changed
    comes first, then what was first published in between.

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
    return tuple(
        sorted(
            changes,
            key=lambda change: (
                change.is_first_published,
                not change.path.startswith("programme."),
            ),
        )
    )


def _told(entry: DatedValue | None, unit: str) -> str:
    if entry is None:
        return "not in force"
    status = "ASSUMED" if entry.is_assumed else entry.status.value
    title = textwrap.shorten(entry.source.title, MOST_OF_A_TITLE, placeholder=" …")
    return f"{said(entry.value, unit)} ({status}; {title})"


def _said(entry: DatedValue | None) -> Any:
    return entry and (entry.value, entry.status, entry.source)
