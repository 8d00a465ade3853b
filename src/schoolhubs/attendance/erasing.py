"""Letting go of pupils' marks: of one pupil who asks, and of all whose time is over."""

import dataclasses
import datetime
import functools
from collections.abc import Mapping
from importlib import resources
from typing import Any

import polars as pl

from schoolhubs.attendance.storing import MarksStore
from schoolhubs.attendance.weeks import earliest_day
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.errors import UsageError
from schoolhubs.vocabulary.written.stored import read_facts

NO_MARK = "."


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What was erased, counted; nothing of it is kept.

    Parameters
    ----------
    n_weeks, n_marks
        Pupil-weeks, and the marks in them.
    n_counters
        Rows of the counters that are no longer there.
    """

    n_weeks: int
    n_marks: int
    n_counters: int


def erase_pupil(store: MarksStore, *, urn: str, pupil: int) -> Erased:
    """Erase all that is stored of one pupil in one school.

    Parameters
    ----------
    pupil
        The keyed hash, as ``reading.hashed`` gives it for the pupil's identifier.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> erase_pupil(MarksStore(Path(tempfile.mkdtemp())), urn="900001", pupil=7)
    Erased(n_weeks=0, n_marks=0, n_counters=0)
    """
    return _erase(store, (pl.col("urn") == urn) & (pl.col("pupil") == pupil))


def erase(store: MarksStore, *, urn: str = "", before: datetime.date | None = None) -> Erased:
    """Erase the marks of a school, of the weeks that began before a day, or both.

    Raises
    ------
    UsageError
        If neither is said: nothing erases everything by leaving something out.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> erase(MarksStore(Path(tempfile.mkdtemp())), urn="900001").n_marks
    0
    """
    return _erase(store, _which(urn, before))


def held(store: MarksStore, *, urn: str = "", before: datetime.date | None = None) -> Erased:
    """Count what :func:`erase` would erase; nothing is."""
    return Erased(n_counters=0, **_counted(store, _which(urn, before)))


def _which(urn: str, before: datetime.date | None) -> pl.Expr:
    if not urn and before is None:
        raise UsageError("Say a school or a day: without either nothing is erased.")
    of_school = pl.col("urn") == urn if urn else pl.lit(value=True)
    return of_school & (pl.col("week_on") < before if before else pl.lit(value=True))


def erase_before(store: MarksStore, *, before: datetime.date) -> Erased:
    """Erase every week that began before a day, in all schools."""
    return _erase(store, pl.col("week_on") < before)


def erase_expired(store: MarksStore, *, on: datetime.date) -> Erased:
    """Erase every week whose time is over; see :func:`kept_since`."""
    return erase_before(store, before=kept_since(on))


def kept_since(on: datetime.date) -> datetime.date:
    """Give the day from which marks are kept: the first that can be of the earliest year kept.

    Examples
    --------
    >>> kept_since(datetime.date(2026, 11, 22))
    datetime.date(2023, 8, 1)
    """
    values: Mapping[datetime.date, int] = _retention()["keep_years"]["values"]
    in_force = [since for since in values if since <= on]
    years = values[max(in_force, default=min(values))]
    return earliest_day(AcademicYear.holding(on).plus(-years))


def _erase(store: MarksStore, which: pl.Expr) -> Erased:
    n_counters = _height(store.counters())
    n_marks = _counted(store, which)["n_marks"]
    return Erased(
        n_weeks=store.erase(which),
        n_marks=n_marks,
        n_counters=n_counters - _height(store.counters()),
    )


def _counted(store: MarksStore, which: pl.Expr) -> dict[str, int]:
    marks = pl.col("marks")
    n_marks = marks.str.len_chars().sum() - marks.str.count_matches(NO_MARK, literal=True).sum()
    figures = n_marks.cast(pl.Int64).alias("n_marks"), pl.len().cast(pl.Int64).alias("n_weeks")
    found = store.marks().filter(which).select(*figures).collect().row(0, named=True)
    return {name: int(value or 0) for name, value in found.items()}


def _height(rows: pl.LazyFrame) -> int:
    return int(rows.select(pl.len()).collect().item())


@functools.cache
def _retention() -> Mapping[str, Any]:
    text = resources.files(__package__).joinpath("retention.yaml").read_text("utf-8")
    read: Mapping[str, Any] = read_facts(text)
    return read
