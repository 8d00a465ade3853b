"""Spark on a real cluster of two workers gives the measures of the native kernel."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

from all_codes import every_code
from clustering import QUICK_START, WORKERS, cluster, why_no_cluster
from schoolhubs.attendance import measure
from schoolhubs.attendance.coding import regimes
from schoolhubs.attendance.engines import measure_with_duckdb, measure_with_spark, spark_session
from schoolhubs.vocabulary.errors import DataProblem, UsageError

SETTINGS = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.executor.memory": "512m",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.codegen.wholeStage": "false",  # compiling takes longer than so few marks do
    "spark.scheduler.minRegisteredResourcesRatio": "1.0",
    "spark.cores.max": str(WORKERS),
}


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of a cluster with a session on it, both ended afterwards."""
    if reason := why_no_cluster():
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("spark")
    with pytest.MonkeyPatch.context() as told, cluster(folder) as address:
        told.setenv("JDK_JAVA_OPTIONS", QUICK_START)
        yield from on(address)


def on(address: str) -> Iterator[str]:
    """Give the address while a session on it stands."""
    with spark_session(address, SETTINGS) as session:
        assert session.sparkContext.master == address
        yield address
        # The driver is one of those that keep blocks; both workers were at work by now.
        assert session.sparkContext._jsc.sc().getExecutorMemoryStatus().size() == WORKERS + 1


def test_spark_measures_a_folder_of_every_code_as_the_kernel_and_duckdb_do(
    master: str, tmp_path: Path
) -> None:
    """One pass: what Spark makes of the other cuts is the same expressions as DuckDB's."""
    marks, by = every_code(7), ["school", "term", "fsm"]
    for (year, week), part in marks.group_by("year", "week_on"):
        folder = tmp_path / f"year={str(year).replace('/', '-')}" / f"week={week}"
        folder.mkdir(parents=True)
        part.write_parquet(folder / "marks.parquet")
    expected = measure(marks, by=by)
    assert_frame_equal(measure_with_spark(tmp_path, by=by, master=master), expected)
    assert_frame_equal(measure_with_duckdb(marks, by=by, threads=1), expected)
    held = set("".join(marks["marks"]))
    assert held >= {each for table in regimes() for each in table.all_letters}


def test_spark_refuses_what_the_kernel_refuses(master: str) -> None:
    marks = every_code(7)
    bad = marks.with_columns(marks=marks["marks"].str.replace("/", "?", literal=True))
    with pytest.raises(DataProblem, match="no code"):
        measure_with_spark(bad, master=master)


def test_without_spark_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.errors", None)
    with pytest.raises(UsageError, match=r"schoolhubs\[spark\]"):
        measure_with_spark(every_code(7))


def test_without_java_java_is_named(tmp_path: Path) -> None:
    if reason := why_no_cluster():
        pytest.skip(reason)
    code = (
        "from schoolhubs.attendance.engines import spark_session\n"
        "from schoolhubs.vocabulary.errors import UsageError\n"
        "try:\n    spark_session('local[1]', {}).__enter__()\n"
        "except UsageError as error:\n    print('told:', error)\n"
    )
    environment = {**os.environ, "JAVA_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert "told: Spark does not start." in done.stdout, done.stderr
    assert "Java 17" in done.stdout
