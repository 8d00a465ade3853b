"""``schoolhubs attendance``: marks to the Department's own absence measures."""

import datetime
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
import polars as pl

from schoolhubs import attendance as marks_to_measures
from schoolhubs import diagnosis as looking
from schoolhubs import disclosure
from schoolhubs.cli import speak
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.errors import Conflict, UsageError
from schoolhubs.vocabulary.frames import CUTS
from schoolhubs.vocabulary.ids import Urn
from schoolhubs.vocabulary.tables import csv_text, write_text, written_whole
from schoolhubs.vocabulary.words import counted

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
SESSIONS = ("sess_possible", "sess_overall", "sess_authorised", "sess_unauthorised")
ENROLMENTS = ("enrolments", "enrolments_pa_10_exact", "enrolments_pa_50_exact")
# An enrolment is a pupil in a school in a year, so is in one row of a table cut by these alone.
WHOLE_ENROLMENTS = frozenset({"school", "year"})


@click.group()
def attendance() -> None:
    """Official absence measures from attendance marks."""


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


@attendance.command()
@click.option("--from", "path", required=True, type=FILE, help="CSV, Excel (.xlsx) or Parquet.")
@click.option(
    "--mapping", "mapping_path", required=True, type=FILE, help="Which column holds what, YAML."
)
@click.option("--urn", required=True, help="The school whose marks they are.")
@click.option("--laestab", default="", help="Its LAESTAB, if the file names schools so.")
@click.option("--terms", "terms_path", required=True, type=FILE, help="Its term dates, YAML.")
@click.option(
    "--key-file", required=True, type=FILE, help="The office's secret for pupils' identifiers."
)
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of marks to add to. Weeks of this school that are there already are corrected.",
)
@click.option(
    "--replace",
    "replaces",
    is_flag=True,
    help="Let go of stored marks that the export does not have; without it that is refused.",
)
@click.option("--keep-good", is_flag=True, help="Keep the rows without a fault if others have one.")
@speak.as_json_option
@speak.whole_or_nothing()
def read(
    path: Path,
    mapping_path: Path,
    urn: str,
    laestab: str,
    terms_path: Path,
    key_file: Path,
    out: Path,
    replaces: bool,
    keep_good: bool,
    as_json: bool,
) -> None:
    """Read a school's own export of marks; who a pupil is becomes a keyed hash at the door.

    Every fault is named with its rows, and nothing of a pupil is shown. docs/how-to/read-marks.md
    has the files of the example.

    Example: schoolhubs attendance read --from export.csv --mapping mapping.yaml --urn 900001
    --terms terms.yaml --key-file office.key --out marks
    """
    started = time.perf_counter()
    reading = marks_to_measures.reading
    found = reading.read_export(
        path,
        reading.read_mapping(mapping_path),
        urn=urn,
        laestab=laestab,
        terms=reading.read_terms(terms_path),
        key=reading.read_key(key_file),
        keep_good=keep_good,
    )
    marks_to_measures.MarksStore(out).append(found.marks, replaces=replaces)
    answer = {
        "urn": urn,
        **_told(found),
        "seconds": time.perf_counter() - started,
        "out": str(out),
    }
    for problem in found.problems:
        speak.say(str(problem))
    if as_json:
        speak.show_json(answer)
    else:
        click.echo(
            f"{counted(answer['marks'], 'mark')} of {counted(answer['pupils'], 'pupil')} in "
            f"{counted(answer['weeks'], 'week')} are in {out}; of {answer['rows']:,} rows "
            f"{answer['rows_left_out']:,} were left out."
        )


@attendance.command()
@click.option(
    "--marks",
    "folder",
    required=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of stored marks.",
)
@click.option("--urn", default="", help="Erase all marks of this school.")
@click.option(
    "--before",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Erase the weeks that began before this day, of the school or of all.",
)
@click.option("--confirm", "is_confirmed", is_flag=True, help="Erase; without it nothing is.")
@speak.as_json_option
@speak.whole_or_nothing()
def erase(
    folder: Path, urn: str, before: datetime.datetime | None, is_confirmed: bool, as_json: bool
) -> None:
    """Erase stored marks, and what is counted of them; they cannot be brought back.

    The receipt says how much went, and nothing of any pupil. Say --urn, --before or both.

    Example: schoolhubs attendance erase --marks marks --urn 900001 --confirm
    """
    if not urn and before is None:
        raise UsageError("Say what to erase: --urn for a school, --before for weeks, or both.")
    day = before.date() if before else None
    store, erasing = marks_to_measures.MarksStore(folder), marks_to_measures.erasing
    held = erasing.held(store, urn=urn, before=day)
    if not is_confirmed:
        raise UsageError(
            f"{counted(held.n_marks, 'mark')} in {counted(held.n_weeks, 'pupil-week')} would be "
            "erased for good. Nothing was erased: say --confirm to do it."
        )
    done = erasing.erase(store, urn=urn, before=day)
    answer = {
        "urn": urn or None,
        "before": day.isoformat() if day else None,
        "weeks": done.n_weeks,
        "marks": done.n_marks,
        "counters": done.n_counters,
    }
    if as_json:
        speak.show_json(answer)
    else:
        click.echo(
            f"Erased: {counted(done.n_marks, 'mark')} in {counted(done.n_weeks, 'pupil-week')}, "
            f"and {counted(done.n_counters, 'counter')} made of them."
        )


@attendance.command()
@click.option(
    "--marks",
    "folder",
    required=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of stored marks.",
)
@click.option("--urn", required=True, help="The school whose marks they are.")
@click.option(
    "--out", required=True, type=click.Path(path_type=Path, file_okay=False),
    help="Folder to write marks.json to.",
)  # fmt: skip
@speak.as_json_option
@speak.whole_or_nothing()
def profile(folder: Path, urn: str, out: Path, as_json: bool) -> None:
    """Say who misses school, when and by which codes, small numbers hidden.

    Of the newest year of a school's stored marks. The pages of the service tell the same, and
    marks.json is what a diagnosis is drafted from.

    Example: schoolhubs attendance profile --marks marks --urn 900001 --out inputs
    """
    found = looking.finding.marked.found_in(folder, Urn(urn))
    if found is None:
        raise UsageError(f"{folder} holds no marks of {urn}. Read them first: attendance read.")
    out.mkdir(parents=True, exist_ok=True)
    write_text(out / "marks.json", json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True))
    rows: list[dict[str, Any]] = found["tables"].get("year_group", [])
    whole = next((row for row in rows if row["year_group"] == "all"), dict[str, Any]())
    names = ("sess_overall_percent", "enrolments_pa_10_exact_percent")
    rates = {name: whole.get(name) for name in names}
    if as_json:
        told = {name: found[name] for name in ("year", "first_week_on", "last_week_on", "n_weeks")}
        speak.show_json({"urn": urn, **told, **rates, "out": str(out / "marks.json")})
        return
    shown = ["not told" if value is None else f"{value} %" for value in rates.values()]
    click.echo(
        f"{urn}, {found['year']}, {counted(found['n_weeks'], 'week')}: absence {shown[0]}, "
        f"persistently absent {shown[1]}. {counted(len(found['standing_out']), 'group')} "
        f"stand out. All of it is in {out / 'marks.json'}."
    )


@attendance.command("behaviour")
@click.argument("path", metavar="RETURN", type=FILE)
@click.option(
    "--mapping", "mapping_path", required=True, type=FILE, help="Which column holds what, YAML."
)
@click.option("--urn", required=True, help="The school whose return it is.")
@click.option("--year", required=True, metavar="YEAR", help="Academic year, such as 2025/26.")
@click.option(
    "--out", required=True, type=click.Path(path_type=Path, file_okay=False),
    help="Folder to write behaviour.csv to.",
)  # fmt: skip
@speak.as_json_option
@speak.whole_or_nothing()
def behaviour_(
    path: Path, mapping_path: Path, urn: str, year: str, out: Path, as_json: bool
) -> None:
    """Count suspensions, exclusions, days lost, removals and moves by group; small numbers hidden.

    RETURN is a school's own list in whatever columns it has. Nothing that says who a pupil is is
    read. A count that is not given is missing, and never nought.

    Example: schoolhubs attendance behaviour return.csv --mapping behaviour.yaml --urn 900001
    --year 2025/26 --out inputs
    """
    reading, year_read = marks_to_measures.behaviour, AcademicYear.parse(year)
    counted_up = reading.read_return(path, reading.read_mapping(mapping_path))
    found = looking.finding.returned.publish(counted_up, urn=Urn(urn), year=year_read)
    out.mkdir(parents=True, exist_ok=True)
    write_text(out / "behaviour.csv", csv_text(found))
    whole = found.filter(cut="all")
    if as_json:
        kept = ("measure", "n_pupils", "total", "rate", "rate_low", "rate_high", "reason")
        speak.show_json(
            {
                "urn": urn, "year": year_read, "rows": found.height,
                "measures": whole.select(kept).to_dicts(),
                "hidden": found.filter(pl.col("total_mark") == "c").height,
                "out": str(out / "behaviour.csv"),
            }
        )  # fmt: skip
        return
    for row in whole.rows(named=True):
        rate = "not told" if row["rate"] is None else f"{row['rate']} in 100 pupils"
        click.echo(f"{row['measure']}: {row['reason'] or rate}")


def _told(found: Any) -> dict[str, Any]:
    """Say what an export gave, in counts."""
    return {
        "mapping": found.mapping,
        "rows": found.n_rows,
        "rows_left_out": found.n_rows_left_out,
        "left_out": found.left_out,
        "marks": found.n_marks,
        "pupils": found.marks["pupil"].n_unique(),
        "weeks": found.marks["week_on"].n_unique(),
        "problems": [problem.as_dict() for problem in found.problems],
    }


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
