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
from schoolhubs.attendance.storing import replacing
from schoolhubs.attendance.storing.half_terms import HalfTerm, half_terms_of, stored_in
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

    def append(self, marks: pl.DataFrame, *, replaces: bool = False) -> int:
        """Store weeks; gives how many files were written.

        What a school in ``marks`` had stored of a week in ``marks`` is replaced; its other weeks
        and other schools stay. Each file is written beside and renamed.

        Parameters
        ----------
        marks
            ``frames.MARKS``: every mark of the weeks and schools in it.
        replaces
            Say that ``marks`` are right: what is stored of their schools and weeks goes, whatever
            :meth:`losses` finds.

        Raises
        ------
        DataProblem
            If the marks break their contract; nothing is stored then.
        Conflict
            If something would be lost or counted twice and ``replaces`` is false, or somebody
            else is storing marks in this folder; nothing is stored then.
        """
        marks = MARKS.check(marks).select(*MARKS.schema)
        refuse_broken(marks)
        with self._alone():
            if replaces:
                self._make_room(marks)
            elif found := self.losses(marks):
                raise replacing.refusal(found)
            return sum(self._put(half_term, marks) for half_term in half_terms_of(marks))

    def losses(self, marks: pl.DataFrame) -> list[replacing.Loss]:
        """Find what :meth:`append` would take from what is stored, or have counted twice.

        Examples
        --------
        >>> import datetime, tempfile
        >>> store = MarksStore(Path(tempfile.mkdtemp()))
        >>> week = {"urn": "900001", "pupil": 7, "week_on": datetime.date(2025, 1, 6),
        ...         "year": "2024/25", "term": "spring", "half_term": 3, "marks": "//////////"}
        >>> both = MARKS.fill(pl.DataFrame([week, {**week, "pupil": 8}]))
        >>> store.append(both), store.losses(both)
        (1, [])
        >>> print(*store.losses(both.head(1)))
        School 900001: 10 marks of 1 pupil in 1 week from 6 January 2025 would go: the file does \
not have them.
        """
        come = marks.select("urn", "year", "pupil").unique()
        held = self.counters().join(come.lazy().select("urn"), on="urn", how="semi")
        stored = held.select("urn", "year", "pupil").unique().collect()
        return replacing.losses_by(
            marks, self._same_weeks(marks), known=replacing.met_in(come, stored)
        )

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
                files = half_term.files(self.folder)
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

    def half_terms(self) -> list[HalfTerm]:
        """Give every half-term of which marks are stored, earliest first."""
        return stored_in(self.folder)

    def _put(self, half_term: HalfTerm, marks: pl.DataFrame) -> int:
        """Write the weeks of a half-term; gives how many files that made."""
        part = marks.filter(half_term.is_it)
        urns = part["urn"].unique().to_list()
        weeks = part.partition_by("week_on", as_dict=True)
        with self._changing(half_term, urns):
            for (week_on,), week in weeks.items():
                path = half_term.weeks(self.folder) / f"week={week_on}" / "marks.parquet"
                held = [pl.read_parquet(path)] if path.exists() else []
                come = week["urn"].unique()
                kept = [each.filter(~pl.col("urn").is_in(come.implode())) for each in held]
                _write(pl.concat([*kept, week]), path)
        return len(weeks)

    def _make_room(self, marks: pl.DataFrame) -> None:
        """Take away what another half-term holds of the same sessions."""
        double = replacing.twice(marks, self._same_weeks(marks))
        for half_term in half_terms_of(double):
            part = double.filter(half_term.is_it)
            with self._changing(half_term, part["urn"].unique().to_list()):
                for week_on in part["week_on"].unique():
                    path = half_term.weeks(self.folder) / f"week={week_on}" / "marks.parquet"
                    rows = pl.read_parquet(path)
                    _put_or_remove(
                        rows.join(part, on=["urn", "pupil", "week_on"], how="anti"), path
                    )

    def _same_weeks(self, marks: pl.DataFrame) -> pl.DataFrame:
        """Give what is stored of the same schools and weeks, in whatever half-term."""
        weeks = {f"week={week_on}" for week_on in marks["week_on"].unique()}
        found = [path for each in self.half_terms() for path in each.files(self.folder)]
        files = [path for path in found if path.parent.name in weeks]
        if not files:
            return MARKS.empty()
        rows = pl.scan_parquet(files, hive_partitioning=False)
        urns = marks["urn"].unique()
        return rows.filter(pl.col("urn").is_in(urns.implode())).collect()

    def _pack(self, half_term: HalfTerm) -> None:
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

    def _rows(self, half_term: HalfTerm) -> pl.LazyFrame:
        files = half_term.files(self.folder)
        if not files:
            return MARKS.empty().lazy()
        return pl.scan_parquet(files, hive_partitioning=False)

    def _counters(self, half_term: HalfTerm) -> pl.LazyFrame:
        if self._is_fresh(half_term, "counters"):
            return pl.scan_parquet(half_term.at(self.folder, "counters"), hive_partitioning=False)
        return keeping.counters_of(self._rows(half_term)).lazy()

    def _is_fresh(self, half_term: HalfTerm, kind: str) -> bool:
        stale = half_term.stale(self.folder, kind).exists()
        return not stale and half_term.at(self.folder, kind).exists()

    @contextlib.contextmanager
    def _changing(self, half_term: HalfTerm, urns: Sequence[str]) -> Iterator[None]:
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
    if kept.height < rows.height:
        _put_or_remove(kept, path)
    return rows.height - kept.height


def _put_or_remove(rows: pl.DataFrame, path: Path) -> None:
    if rows.is_empty():
        path.unlink()
    else:
        _write(rows, path)
