"""Measures by DuckDB: for those who keep their marks where SQL can see them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from schoolhubs.attendance.engines import chosen, expressions
from schoolhubs.attendance.measuring import columns_of, finished

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.duckdb import Backend


def measure_with_duckdb(
    marks: pl.DataFrame | pl.LazyFrame | Path, *, by: Sequence[str] = (), threads: int | None = None
) -> pl.DataFrame:
    r"""Measure absence as ``attendance.measure`` does, by DuckDB.

    Parameters
    ----------
    marks
        Rows of ``frames.MARKS``, or a file or folder of them.
    by
        Words of ``frames.CUTS``.
    threads
        How many at a time; None for as many as DuckDB takes.

    Returns
    -------
    The cuts, then ``frames.MEASURES``: the same as of the native kernel, to the last row.

    Raises
    ------
    UsageError, DataProblem
        As ``attendance.measure``.

    Examples
    --------
    >>> import datetime
    >>> from schoolhubs.vocabulary.frames import MARKS
    >>> week = {"urn": "900001", "pupil": 7, "week_on": datetime.date(2025, 1, 6),
    ...         "year": "2024/25", "term": "spring", "half_term": 3, "marks": "/\\/\\/\\/\\/I"}
    >>> measure_with_duckdb(MARKS.fill(pl.DataFrame([week])), by=["school"]).select(
    ...     "urn", "sess_possible", "sess_overall", "enrolments_pa_10_exact").rows()
    [('900001', 10, 1, 1)]
    """
    import duckdb
    from ibis.common.exceptions import IbisError

    cuts = columns_of(by)

    def measured() -> pl.DataFrame:
        with _connected(threads) as backend:

            def asked(expression: "ir.Table") -> pl.DataFrame:
                return pl.DataFrame(backend.to_polars(expression))

            table = chosen.chosen(_table(backend, marks), cuts)
            expressions.refuse_unknown(table, asked)
            return finished(expressions.counted(table, cuts, asked), by=by)

    return chosen.told_plainly(measured, duckdb.Error, IbisError)


@contextmanager
def _connected(threads: int | None) -> Iterator["Backend"]:
    import ibis

    backend = ibis.duckdb.connect(**({} if threads is None else {"threads": threads}))
    try:
        yield backend
    finally:
        backend.disconnect()


def _table(backend: "Backend", marks: pl.DataFrame | pl.LazyFrame | Path) -> "ir.Table":
    """Let DuckDB see the marks: Parquet where it lies, anything else as it was read."""
    import ibis

    files = chosen.parquet_files(marks)
    if files:
        found: ir.Table = backend.read_parquet(
            [str(path) for path in files], hive_partitioning=False, union_by_name=True
        )
        return found
    return ibis.memtable(chosen.loaded(marks))
