"""Other engines for the same measures: DuckDB, and Spark for those who outgrow a machine."""

from schoolhubs.attendance.engines.with_duckdb import measure_with_duckdb
from schoolhubs.attendance.engines.with_spark import measure_with_spark, spark_session

__all__ = ["measure_with_duckdb", "measure_with_spark", "spark_session"]
