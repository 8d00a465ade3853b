"""Which academic year a file's figures are of, or which day it was drawn on, and who says so."""

import calendar
import datetime
import re

import polars as pl

from schoolhubs.files.layouts import Layout
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.errors import DataProblem

IN_FILE, FROM_NAME, GIVEN, NOT_STATED = "in the file", "from the file name", "given", "not stated"
_YEAR_IN_NAME = re.compile(r"(?<!\d)((?:19|20)\d{2})[-_]?((?:19|20)?\d{2})(?!\d)")
_DAY_IN_NAME = re.compile(r"(?<!\d)(20\d{2})[-_]?(0[1-9]|1[0-2])[-_]?([0-3]\d)?(?!\d)")
_DAY_IN_TITLE = re.compile(r"(\d{1,2})(?:st|nd|rd|th)? ([A-Z][a-z]+) (20\d{2})")


def year_in_name(name: str) -> str | None:
    """Find an academic year in a file's name.

    >>> year_in_name("england_census_201819.csv.gz"), year_in_name("edubase20220425.csv")
    ('2018/19', None)
    """
    for first, last in _YEAR_IN_NAME.findall(name):
        if (int(first) + 1) % 100 == int(last) % 100:
            return AcademicYear(f"{first}/{last[-2:]}")
    return None


def day_in_name(name: str) -> datetime.date | None:
    """Find a day in a file's name; a month alone means its last day.

    >>> day_in_name("edubasealldata20220425.csv"), day_in_name("ratings_202012.csv")
    (datetime.date(2022, 4, 25), datetime.date(2020, 12, 31))
    """
    for year, month, day in _DAY_IN_NAME.findall(name):
        last = calendar.monthrange(int(year), int(month))[1]
        if not day or 1 <= int(day) <= last:
            return datetime.date(int(year), int(month), int(day) if day else last)
    return None


def day_in_titles(titles: tuple[str, ...]) -> datetime.date | None:
    """Find a day such as ``31 August 2024`` in the lines above a header."""
    for day, month, year in _DAY_IN_TITLE.findall(" ".join(titles)):
        if month in calendar.month_name:
            return datetime.date(int(year), list(calendar.month_name).index(month), int(day))
    return None


def drawn_on(
    name: str, titles: tuple[str, ...], frame: pl.DataFrame, layout: Layout
) -> tuple[datetime.date | None, str]:
    """Say which day a snapshot is of, and where that is written."""
    if layout.dated_by != "snapshot":
        return None, NOT_STATED
    inside = day_in_titles(titles)
    if inside is None and "last_changed_on" in frame.columns:
        newest = frame["last_changed_on"].max()
        inside = newest if isinstance(newest, datetime.date) else None
    if inside:
        return inside, IN_FILE
    named = day_in_name(name)
    return named, FROM_NAME if named else NOT_STATED


def years_of(
    name: str,
    frame: pl.DataFrame,
    layout: Layout,
    as_at: tuple[datetime.date | None, str],
    given: str | None,
) -> tuple[tuple[str, ...], str]:
    """Say which academic years a file's figures are of, oldest first, and where that is written."""
    for column in ("year", "time_period", "yr"):
        if column in frame.columns:
            texts = frame[column].drop_nulls().unique().to_list()
            found = sorted(filter(None, map(_parsed, texts)))
            if found:
                return tuple(found), IN_FILE
    if given:
        return (AcademicYear.parse(given),), GIVEN
    if "census_on" in frame.columns and (days := frame["census_on"].drop_nulls()).len():
        usual = days.mode().sort()[-1]
        return (AcademicYear.holding(usual),), IN_FILE
    if layout.kind == "schools_markers" and as_at[0]:
        # The census joined to the markers is the last one published before that winter.
        return (AcademicYear.holding(as_at[0]).plus(-1),), as_at[1]
    if layout.dated_by == "academic_year" and (named := year_in_name(name)):
        return (named,), FROM_NAME
    return (), NOT_STATED


def _parsed(text: object) -> str | None:
    try:
        return AcademicYear.parse(text)
    except DataProblem:
        return None
