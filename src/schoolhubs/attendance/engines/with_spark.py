"""Measures by Spark: for those who outgrow a machine. An optional extra, on Java 17."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from schoolhubs.attendance.engines import chosen, expressions
from schoolhubs.attendance.measuring import columns_of, finished
from schoolhubs.vocabulary.errors import UsageError

if TYPE_CHECKING:
    import ibis.expr.types as ir

INSTALL = "Install the extra with: pip install 'schoolhubs[spark]'. Spark needs Java 17."
QUIET = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false"}


def measure_with_spark(
    marks: pl.DataFrame | pl.LazyFrame | Path,
    *,
    by: Sequence[str] = (),
    master: str = "local[*]",
    settings: Mapping[str, str] | None = None,
) -> pl.DataFrame:
    """Measure absence as ``attendance.measure`` does, by Spark.

    Parameters
    ----------
    marks
        Rows of ``frames.MARKS``, or a file or folder of them; every worker must see the path of
        a Parquet file or folder.
    by
        Words of ``frames.CUTS``.
    master
        Address of the cluster, such as ``spark://host:7077``; ``local[*]`` for this machine.
    settings
        Further settings of Spark.

    Returns
    -------
    The cuts, then ``frames.MEASURES``: the same as of the native kernel, to the last row.

    Raises
    ------
    UsageError
        If Spark or Java is not there.
    DataProblem
        As ``attendance.measure``.
    """
    cuts = columns_of(by)
    with spark_session(master, settings or {}) as session:
        import ibis

        def measured() -> pl.DataFrame:
            backend = ibis.pyspark.connect(session)

            def asked(expression: "ir.Table") -> pl.DataFrame:
                return pl.DataFrame(session.sql(backend.compile(expression)).toArrow())

            _show(session, marks)
            table = chosen.chosen(backend.table("marks"), cuts)
            expressions.refuse_unknown(table, asked)
            return finished(expressions.counted(table, cuts, asked), by=by)

        return chosen.told_plainly(measured, *_faults())


@contextmanager
def spark_session(master: str, settings: Mapping[str, str]) -> Iterator[Any]:
    """Give a session of Spark and end it afterwards; one that stood before is left standing.

    Raises
    ------
    UsageError
        If Spark is not installed, or Java does not start it.
    """
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise UsageError(f"Spark is not installed. {INSTALL}") from error
    stood = SparkSession.getActiveSession()
    builder = SparkSession.builder.master(master).appName("schoolhubs")
    for name, value in {**QUIET, **settings}.items():
        builder = builder.config(name, value)
    try:
        session = builder.getOrCreate()
    except PySparkException as error:
        raise UsageError(f"Spark does not start. {INSTALL}") from error
    try:
        yield session
    finally:
        if stood is None:
            session.stop()


def _faults() -> tuple[type[Exception], ...]:
    from ibis.common.exceptions import IbisError
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    return IbisError, Py4JError, PySparkException


def _show(session: Any, marks: pl.DataFrame | pl.LazyFrame | Path) -> None:
    """Let Spark see the marks as the view ``marks``: Parquet where it lies, else as it was read."""
    files = chosen.parquet_files(marks)
    if files:
        found = session.read.option("mergeSchema", "true").parquet(*(str(path) for path in files))
    else:
        import pyarrow as pa

        table = chosen.loaded(marks).to_arrow(compat_level=pl.CompatLevel.oldest())
        plain = [
            pa.field(each.name, pa.string() if pa.types.is_large_string(each.type) else each.type)
            for each in table.schema
        ]
        found = session.createDataFrame(table.cast(pa.schema(plain)))
    found.createOrReplaceTempView("marks")
