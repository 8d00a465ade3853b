"""The days on which a synthetic England goes to school."""

import dataclasses
import datetime
import functools
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from schoolhubs.synthetic.calibration import read_yaml
from schoolhubs.vocabulary.calendar import AcademicYear

SESSIONS_A_WEEK = 10
_TERMS = ("autumn", "autumn", "spring", "spring", "summer", "summer")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SchoolYear:
    """The w weeks and s sessions of one academic year.

    Parameters
    ----------
    week_on, term, half_term
        Length w: Monday, term and half-term (1 to 6) of each week of school.
    place_in_half_term
        Shape (w,): 0 for the first week of its half-term, 1 for the last.
    column
        Shape (s,): where a session stands among the ``10 * w`` marks of a pupil's year.
    """

    week_on: tuple[datetime.date, ...]
    term: tuple[str, ...]
    half_term: NDArray[np.int8]
    place_in_half_term: NDArray[np.float64]
    column: NDArray[np.int32]

    @property
    def week(self) -> NDArray[np.int32]:
        """Week of each session, shape (s,)."""
        return self.column // SESSIONS_A_WEEK

    @property
    def session_of_week(self) -> NDArray[np.int32]:
        """Session within its week, 0 (Monday morning) to 9, shape (s,)."""
        return self.column % SESSIONS_A_WEEK

    def sessions_before(self, half_term: int, week: int) -> int:
        """Count the sessions before a week (1 is the first) of a half-term."""
        weeks = np.flatnonzero(self.half_term == half_term)
        first = weeks[min(week - 1, len(weeks) - 1)] if week <= len(weeks) else weeks[-1] + 1
        return int((self.week < first).sum())


@functools.cache
def school_year(year: AcademicYear) -> SchoolYear:
    """Lay out a year's sessions.

    Examples
    --------
    >>> laid = school_year(AcademicYear("2022/23"))
    >>> len(laid.column), laid.week_on[0], laid.term[-1]
    (380, datetime.date(2022, 9, 5), 'summer')
    """
    facts = read_yaml("term_dates.yaml")["years"][str(year)]
    closed = {*facts["bank_holidays"], *facts["training_days"]}
    halves: list[int] = []
    weeks: list[datetime.date] = []
    days: list[int] = []
    for half, (first, last) in enumerate(facts["half_terms"], start=1):
        open_days = [day for day in _weekdays(first, last) if day not in closed]
        for day in open_days:
            monday = day - datetime.timedelta(days=day.weekday())
            if not weeks or weeks[-1] != monday:
                weeks.append(monday)
                halves.append(half)
            days.append(SESSIONS_A_WEEK * (len(weeks) - 1) + 2 * day.weekday())
    half_term = np.array(halves, dtype=np.int8)
    return SchoolYear(
        week_on=tuple(weeks),
        term=tuple(_TERMS[half - 1] for half in halves),
        half_term=half_term,
        place_in_half_term=_places(half_term),
        column=np.repeat(days, 2).astype(np.int32) + np.tile([0, 1], len(days)).astype(np.int32),
    )


def _weekdays(first: datetime.date, last: datetime.date) -> Iterator[datetime.date]:
    for ahead in range((last - first).days + 1):
        day = first + datetime.timedelta(days=ahead)
        if day.isoweekday() <= SESSIONS_A_WEEK // 2:
            yield day


def _places(half_term: NDArray[np.int8]) -> NDArray[np.float64]:
    counts = np.bincount(half_term)
    starts = np.searchsorted(half_term, half_term)
    return np.asarray((np.arange(len(half_term)) - starts) / np.maximum(counts[half_term] - 1, 1))
