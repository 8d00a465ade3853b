"""``schoolhubs attendance measure``: absence measures from marks, small numbers hidden if asked."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
import polars as pl

from schoolhubs import attendance as marks_to_measures
from schoolhubs import disclosure
from schoolhubs.cli import speak
from schoolhubs.cli.attendance.noun import attendance
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.frames import CUTS
from schoolhubs.vocabulary.tables import csv_text, write_text, written_whole

SESSIONS = ("sess_possible", "sess_overall", "sess_authorised", "sess_unauthorised")
ENROLMENTS = ("enrolments", "enrolments_pa_10_exact", "enrolments_pa_50_exact")
# An enrolment is a pupil in a school in a year, so is in one row of a table cut by these alone.
WHOLE_ENROLMENTS = frozenset({"school", "year"})


@attendance.command()
@click.option(
    "--marks",
    "path",
    required=True,
    type=click.Path(path_type=Path, exists=True),
    help="Parquet or CSV file of marks in the week layout, or a folder of Parquet files.",
)
@click.option(
    "--by",
    default="",
    metavar="CUTS",
    help=f"What to cut by, with commas between: {', '.join(CUTS)}. Nothing gives one row.",
)
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="File to write: Parquet if it ends in .parquet, else CSV.",
)
@click.option(
    "--engine",
    type=click.Choice(["polars", "duckdb", "spark"]),
    default="polars",
    show_default=True,
    help="What counts the marks; all give the same numbers.",
)
@click.option(
    "--spark-master",
    default="local[*]",
    show_default=True,
    metavar="ADDRESS",
    help="Cluster that Spark runs on, such as spark://host:7077.",
)
@click.option(
    "--publish",
    "is_published",
    is_flag=True,
    help="Hide small numbers, round, and give totals: a table that may leave the house.",
)
@click.option(
    "--rules",
    type=click.Choice(disclosure.names()),
    default="reports",
    show_default=True,
    help="With --publish: what is small, and rounding.",
)
@click.option(
    "--ledger",
    type=click.Path(path_type=Path, file_okay=False),
    help="With --publish: folder of earlier releases, which this one is held against and joins.",
)
@speak.as_json_option
@speak.whole_or_nothing()
def measure(
    path: Path,
    by: str,
    out: Path,
    engine: str,
    spark_master: str,
    is_published: bool,
    rules: str,
    ledger: Path | None,
    as_json: bool,
) -> None:
    """Count sessions and absentees by the Department's definitions.

    An enrolment is a pupil in a school in a year. The totals told at the end are of all the
    marks, each enrolment once and persistently absent over its whole year, however the rows are
    cut; ``seconds`` are those of the rows. By week, weekday or session no row calls anybody
    persistently absent: the period is too short.

    Example: schoolhubs attendance measure --marks marks.csv --by school,term --out terms.csv
    """
    words = [word.strip() for word in by.split(",") if word.strip()]
    if is_published:
        _publish(
            lambda some: _measured(path, some, engine, spark_master),
            words, out, rules, ledger, as_json=as_json,
        )  # fmt: skip
        return
    started = time.perf_counter()
    found = _measured(path, words, engine, spark_master)
    _write(found, out)
    seconds = time.perf_counter() - started
    is_whole = WHOLE_ENROLMENTS.issuperset(words)
    whole = found if is_whole else _measured(path, (), engine, spark_master)
    answer = {
        "marks": int(found["sess_marked"].sum()),
        **{name: int(found[name].sum()) for name in SESSIONS},
        **{name: int(whole[name].sum()) for name in ENROLMENTS},
        "rows": found.height,
        "seconds": seconds,
        "engine": engine,
        "out": str(out),
    }
    if as_json:
        speak.show_json(answer)
    else:
        click.echo(_sentence(answer))


def _measured(path: Path, by: Sequence[str], engine: str, spark_master: str) -> pl.DataFrame:
    if engine == "duckdb":
        return marks_to_measures.engines.measure_with_duckdb(path, by=by)
    if engine == "spark":
        return marks_to_measures.engines.measure_with_spark(path, by=by, master=spark_master)
    return marks_to_measures.measure(path, by=by)


def _publish(
    count: Callable[[Sequence[str]], pl.DataFrame], words: list[str], out: Path, rules: str,
    ledger: Path | None, *, as_json: bool,
) -> None:  # fmt: skip
    """Measure with every total, protect, attack, and only then write."""
    started = time.perf_counter()
    earlier = disclosure.read_releases(ledger) if ledger else ()
    table = disclosure.measures.with_totals(count, words)
    kept = disclosure.protect(
        table,
        disclosure.measures.layout(words),
        disclosure.rules(rules),
        name=out.stem,
        released=earlier,
    )
    findings = disclosure.audit([*earlier, kept.release])
    if findings:
        raise Conflict("\n".join(str(each) for each in findings[:20]))
    if ledger:
        disclosure.write_release(ledger, kept.release)
    _write(kept.table, out)
    answer = {
        "rules": rules,
        "rows": kept.table.height,
        **kept.cost.as_dict(),
        "releases_before": len(earlier),
        "seconds": time.perf_counter() - started,
        "out": str(out),
    }
    if as_json:
        speak.show_json(answer)
    else:
        click.echo(_told_of_cost(answer))


def _told_of_cost(answer: dict[str, Any]) -> str:
    return (
        f"{answer['rows']:,} rows in {answer['out']}: {answer['n_small']:,} counts hidden as "
        f"small, {answer['n_complementary']:,} so that these cannot be worked out, "
        f"{answer['n_still_hidden']:,} as before; {answer['hidden_share']:.1%} of counts in all. "
        "Attacked together with the earlier releases, none can be told."
    )


def _sentence(answer: dict[str, Any]) -> str:
    return (
        f"{answer['marks']:,} marks: {answer['sess_overall']:,} of {answer['sess_possible']:,} "
        f"possible sessions missed; {answer['enrolments_pa_10_exact']:,} of "
        f"{answer['enrolments']:,} enrolments persistently absent over their year. "
        f"{answer['rows']:,} rows in {answer['out']}."
    )


def _write(found: pl.DataFrame, out: Path) -> None:
    if out.suffix.lower() != ".parquet":
        write_text(out, csv_text(found))
        return
    with written_whole(out) as beside:
        found.write_parquet(beside)
