"""Published files as they were read: what each one is, its figures, and what is wrong with it."""

import dataclasses
import datetime
from typing import Any, Literal

import polars as pl

from schoolhubs.vocabulary.errors import Problem

NOT_RECOGNISED = "not recognised"

# The lists that a programme keeps itself.
ListKind = Literal["applications", "leads", "overrides", "partnerships", "points", "rulings"]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ReadingLimits:
    """How much of a file is read at all; every reader takes these as an argument.

    A file that asks for more is refused before it is unpacked, or as soon as the limit is
    passed while unpacking.

    Parameters
    ----------
    plain_bytes
        Largest file on disk.
    unpacked_bytes
        Largest table inside an archive.
    unpacked_ratio
        How many times larger than its archive a table may be; asked for only beyond
        ``ratio_from_bytes``, since short tables of blanks do compress a lot.
    ratio_from_bytes
        Unpacked size from which the ratio counts.
    unpacking_memory_bytes
        Most memory an xz archive may ask for to be unpacked.
    archive_entries
        Most files inside one zip.
    columns
        Most columns of a table.
    rows
        Most rows of a table that does not grow with its file: a workbook, Parquet.
    cells
        Most cells between the corners of a sheet.
    filled_bytes
        Most bytes that texts held once and shown often may fill.
    """

    plain_bytes: int = 500_000_000
    unpacked_bytes: int = 500_000_000
    unpacked_ratio: int = 200
    ratio_from_bytes: int = 10_000_000
    unpacking_memory_bytes: int = 256_000_000
    archive_entries: int = 100
    columns: int = 2_000
    rows: int = 5_000_000
    cells: int = 20_000_000
    filled_bytes: int = 2_000_000_000


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PublishedTable:
    """One published file, read: text as printed, numbers as numbers, missing as missing.

    Parameters
    ----------
    path
        The file, as it was named by the caller.
    kind, title, publisher
        Its layout, by the header.
    gives
        What a school register takes from it, such as ``("absence", "phase_figures")``.
    series
        Series its figures belong to; blank where it has none.
    years
        Academic years of the figures, oldest first; empty where there are none.
    year_source
        ``"in the file"``, ``"from the file name"``, ``"given"`` or ``"not stated"``.
    half_terms
        Half terms the figures cover, for a file that does not say it row by row; None if unknown.
    as_at
        Day the publisher drew a snapshot, where the file or its name says so.
    encoding
        As found: ``ascii``, ``utf-8``, ``utf-8-sig`` or ``windows-1252``.
    sha256
        Of the file on disk.
    n_rows
        Rows below the header as published, totals and averages included.
    quirks
        What was odd and was coped with, in sentences.
    frame
        Rows that speak of schools or areas, in our own column names. A withheld figure is null
        and ``<name>_mark`` holds the symbol that was printed.
    """

    path: str
    kind: str
    title: str
    publisher: str
    gives: tuple[str, ...]
    series: str
    years: tuple[str, ...]
    year_source: str
    half_terms: int | None = None
    as_at: datetime.date | None
    encoding: str
    sha256: str
    n_rows: int
    quirks: tuple[str, ...]
    frame: pl.DataFrame

    @property
    def year(self) -> str | None:
        """The academic year, ``"first to last"`` of several, or None."""
        return spoken_years(self.years)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """What one file is and whether it can be used, without keeping its rows.

    ``kind`` is :data:`NOT_RECOGNISED` where no layout fits; the problems then say why. ``quirks``
    are oddities found in this file, ``known_quirks`` those its kind is known for; neither is a
    fault.
    """

    path: str
    kind: str
    title: str = ""
    series: str = ""
    year: str | None = None
    year_source: str = "not stated"
    as_at: datetime.date | None = None
    encoding: str = ""
    rows: int | None = None
    quirks: tuple[str, ...] = ()
    known_quirks: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def is_recognised(self) -> bool:
        """Tell whether the file is of a known kind, with faults or without."""
        return self.kind != NOT_RECOGNISED

    def as_dict(self) -> dict[str, Any]:
        """Give JSON-ready values.

        >>> FileReport(path="a.csv", kind="gias_links", rows=2).as_dict()["rows"]
        2
        """
        return {
            "path": self.path,
            "kind": self.kind,
            "title": self.title,
            "series": self.series or None,
            "year": self.year,
            "year_source": self.year_source,
            "as_at": self.as_at.isoformat() if self.as_at else None,
            "encoding": self.encoding or None,
            "rows": self.rows,
            "quirks": list(self.quirks),
            "known_quirks": list(self.known_quirks),
            "problems": [problem.as_dict() for problem in self.problems],
        }


def spoken_years(years: tuple[str, ...]) -> str | None:
    """Say a list of academic years.

    >>> spoken_years(("2016/17", "2017/18")), spoken_years(())
    ('2016/17 to 2017/18', None)
    """
    if len(years) > 1:
        return f"{years[0]} to {years[-1]}"
    return years[0] if years else None
