"""A folder of weeks: a new week is a new file, and nothing else of the marks changes.

::

    weeks/school_year=2024-25/half_term=3/week=2025-01-06/marks.parquet   the marks themselves
    counters/school_year=2024-25/half_term=3.parquet                      sessions of each pupil
    packed/school_year=2024-25/half_term=3/0000.parquet                   for counting the country

The last two are made of the first. While a half-term's weeks change, a file ``half_term=3.stale``
stands beside them, so whoever is interrupted leaves what is there right: what is stale or missing
is counted from the weeks.
"""

import contextlib
import dataclasses
import fcntl
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from schoolhubs.attendance import counters as keeping
from schoolhubs.attendance.counting import refuse_broken
from schoolhubs.attendance.measuring import batches, measured
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.frames import COUNTERS, MARKS
from schoolhubs.vocabulary.tables import written_whole

FEWEST_ROWS_A_GROUP, GROUPS = 1 << 14, 64  # so that a few schools are read without the others


@dataclasses.dataclass(frozen=True, slots=True)
class MarksStore:
    """Marks of any number of schools in one folder.

    Examples
    --------
    >>> import datetime, tempfile
    >>> store = MarksStore(Path(tempfile.mkdtemp()))
    >>> week = {"urn": "900001", "pupil": 7, "week_on": datetime.date(2025, 1, 6),
    ...         "year": "2024/25", "term": "spring", "half_term": 3, "marks": "//////////"}
    >>> store.append(MARKS.fill(pl.DataFrame([week])))
    1
    >>> store.measure(by=["school"])["sess_possible"].to_list()
    [10]
    """

    folder: Path

    def append(self, marks: pl.DataFrame) -> int:
        """Store weeks; gives how many files were written.

        What the schools in ``marks`` had stored of those weeks is replaced; other schools and
        weeks stay. Each file is written beside and renamed.

        Raises
        ------
        DataProblem
            If the marks break their contract; nothing is stored then.
        Conflict
            If somebody else is storing marks in this folder.
        """
        marks = MARKS.check(marks).select(*MARKS.schema)
        refuse_broken(marks)
        n_files = 0
        with self._alone():
            for half_term in _half_terms(marks):
                part = marks.filter(pl.col("year") == half_term.year, half_term.is_it)
                urns = part["urn"].unique().to_list()
                with self._changing(half_term, urns):
                    for (week_on,), week in part.group_by("week_on"):
                        path = half_term.weeks(self.folder) / f"week={week_on}" / "marks.parquet"
                        held = [pl.read_parquet(path)] if path.exists() else []
                        kept = [each.filter(~pl.col("urn").is_in(urns)) for each in held]
                        _write(pl.concat([*kept, week]), path)
                        n_files += 1
        return n_files

    def erase(self, which: pl.Expr) -> int:
        """Erase rows of marks, and what counters and packed half-terms hold of them.

        Parameters
        ----------
        which
            True for the rows of ``frames.MARKS`` to erase.

        Returns
        -------
        How many rows were erased. A file left without rows is removed.
        """
        n_rows, gone = 0, which.fill_null(value=False)
        with self._alone():
            for half_term in self.half_terms():
                files = sorted(half_term.weeks(self.folder).glob("*/marks.parquet"))
                lazy = pl.scan_parquet(files, hive_partitioning=False)
                urns = lazy.filter(gone).select("urn").unique().collect()["urn"].to_list()
                if not urns:
                    continue
                with self._changing(half_term, urns):
                    shutil.rmtree(half_term.at(self.folder, "packed"), ignore_errors=True)
                    n_rows += sum(_without(gone, path) for path in files)
        return n_rows

    def pack(self) -> int:
        """Make the packed half-terms that are missing or stale; gives how many.

        They take as much room as the weeks again and make :meth:`measure` of the whole country
        several times faster.
        """
        n_made = 0
        with self._alone():
            for half_term in self.half_terms():
                if not self._is_fresh(half_term, "packed"):
                    self._pack(half_term)
                    n_made += 1
        return n_made

    def marks(self) -> pl.LazyFrame:
        """Read every mark, as ``frames.MARKS``."""
        found = [self._rows(half_term) for half_term in self.half_terms()]
        return pl.concat(found) if found else MARKS.empty().lazy()

    def counters(self) -> pl.LazyFrame:
        """Read the counters, as ``frames.COUNTERS``; any that are stale are counted."""
        found = [self._counters(half_term) for half_term in self.half_terms()]
        return pl.concat(found) if found else COUNTERS.empty().lazy()

    def measure(
        self, *, by: Sequence[str] = (), schools: Sequence[str] | None = None
    ) -> pl.DataFrame:
        """Measure as :func:`attendance.measure` does, of some schools or all.

        Of some schools counters answer, unless the cut is of less than a half-term. Of all, the
        packed half-terms do where they are fresh, unless the cut is by week.
        """
        half_terms = self.half_terms()
        is_packed = all(self._is_fresh(each, "packed") for each in half_terms) and "week" not in by
        chosen = pl.lit(value=True) if schools is None else pl.col("urn").is_in(list(schools))
        if keeping.is_counted(by) and (schools is not None or not is_packed):
            return keeping.measured_from_counters(self.counters().filter(chosen), by=by)
        if not (is_packed and half_terms):
            return measured(self.marks().filter(chosen), by=by)
        folders = [half_term.at(self.folder, "packed") for half_term in half_terms]
        files = [path for folder in folders for path in sorted(folder.glob("*.parquet"))]
        rows = pl.scan_parquet(files, hive_partitioning=False)
        return measured(rows.filter(chosen), by=by, is_packed=True)

    def half_terms(self) -> list["HalfTerm"]:
        """Give every half-term of which marks are stored, earliest first."""
        found = []
        for path in self.folder.glob("weeks/school_year=*/half_term=*"):
            year, number = (part.partition("=")[2] for part in path.parts[-2:])
            if any(path.glob("*/marks.parquet")):
                found.append(HalfTerm(year=year.replace("-", "/"), number=int(number)))
        return sorted(found, key=lambda each: (each.year, each.number))

    def _pack(self, half_term: "HalfTerm") -> None:
        """Write a half-term's packed rows, a file for a few schools each."""
        rows, folder = self._rows(half_term), half_term.at(self.folder, "packed")
        stale = half_term.stale(self.folder, "packed")
        stale.parent.mkdir(parents=True, exist_ok=True)
        stale.touch()
        shutil.rmtree(folder, ignore_errors=True)
        for k, (first, last) in enumerate(batches(rows)):
            held = pl.col("urn").is_between(pl.lit(first), pl.lit(last))
            _write(keeping.packed(rows.filter(held)), folder / f"{k:04}.parquet")
        stale.unlink()

    def _rows(self, half_term: "HalfTerm") -> pl.LazyFrame:
        files = sorted(half_term.weeks(self.folder).glob("*/marks.parquet"))
        if not files:
            return MARKS.empty().lazy()
        return pl.scan_parquet(files, hive_partitioning=False)

    def _counters(self, half_term: "HalfTerm") -> pl.LazyFrame:
        if self._is_fresh(half_term, "counters"):
            return pl.scan_parquet(half_term.at(self.folder, "counters"), hive_partitioning=False)
        return keeping.counters_of(self._rows(half_term)).lazy()

    def _is_fresh(self, half_term: "HalfTerm", kind: str) -> bool:
        stale = half_term.stale(self.folder, kind).exists()
        return not stale and half_term.at(self.folder, kind).exists()

    @contextlib.contextmanager
    def _changing(self, half_term: "HalfTerm", urns: Sequence[str]) -> Iterator[None]:
        """Have the weeks of some schools changed inside; their counters follow."""
        others = self._counters(half_term).filter(~pl.col("urn").is_in(urns)).collect()
        for kind in ("counters", "packed"):
            stale = half_term.stale(self.folder, kind)
            stale.parent.mkdir(parents=True, exist_ok=True)
            stale.touch()
        yield
        changed = self._rows(half_term).filter(pl.col("urn").is_in(urns))
        counted = pl.concat([others, keeping.counters_of(changed)])
        _write(counted, half_term.at(self.folder, "counters"))
        half_term.stale(self.folder, "counters").unlink()

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Let nobody else change the folder meanwhile."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w") as held:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Conflict(
                    "Somebody else is storing marks in this folder. Nothing was changed: "
                    "try again when they are done."
                ) from None
            yield


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class HalfTerm:
    """A half-term of a year, and where its files are."""

    year: str
    number: int

    @property
    def is_it(self) -> pl.Expr:
        """True for its rows within the year."""
        return pl.col("half_term") == self.number

    def weeks(self, folder: Path) -> Path:
        """Give the folder of its weeks."""
        return folder / "weeks" / self._year / f"half_term={self.number}"

    def at(self, folder: Path, kind: str) -> Path:
        """Give the file of its counters, or the folder of its packed marks."""
        suffix = ".parquet" if kind == "counters" else ""
        return folder / kind / self._year / f"half_term={self.number}{suffix}"

    def stale(self, folder: Path, kind: str) -> Path:
        """Give the file that says that the one above is behind the weeks."""
        return self.at(folder, kind).with_suffix(".stale")

    @property
    def _year(self) -> str:
        return f"school_year={self.year.replace('/', '-')}"


def _half_terms(marks: pl.DataFrame) -> list[HalfTerm]:
    held = marks.select("year", "half_term").unique().sort("year", "half_term")
    return [HalfTerm(year=year, number=number) for year, number in held.rows()]


def _write(rows: pl.DataFrame, path: Path) -> None:
    """Write rows in the order of school and pupil, whole or not at all."""
    size = max(FEWEST_ROWS_A_GROUP, rows.height // GROUPS)
    with written_whole(path) as beside:
        rows.sort("urn", "pupil").write_parquet(
            beside, compression="zstd", compression_level=1, row_group_size=size
        )


def _without(gone: pl.Expr, path: Path) -> int:
    """Take rows out of a file; gives how many."""
    rows = pl.read_parquet(path)
    kept = rows.filter(~gone)
    if kept.is_empty():
        path.unlink()
    elif kept.height < rows.height:
        _write(kept, path)
    return rows.height - kept.height
