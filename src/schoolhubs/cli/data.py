"""``schoolhubs data``: say what published files are, and build the school register from them."""

import dataclasses
import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import polars as pl

from schoolhubs import files, schools
from schoolhubs.cli import speak
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.errors import DataProblem, Problem, UsageError
from schoolhubs.vocabulary.records.published import FileReport, PublishedTable

# Faults that say "this is some other file"; in a folder such a file is listed and passed over.
OF_ANOTHER_KIND = frozenset({"not_recognised"})

year_option = click.option(
    "--year",
    "years",
    multiple=True,
    metavar="FILE=YEAR",
    help="Academic year of a file that does not say it, such as census.csv=2018/19.",
)


@click.group()
def data() -> None:
    """Read published files: inspect them, build the school register."""


@data.command()
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH..."
)
@year_option
@speak.as_json_option
@click.pass_context
def inspect(
    context: click.Context, paths: tuple[Path, ...], years: tuple[str, ...], as_json: bool
) -> None:
    """Say what each file is: kind, series, year, encoding, rows, quirks and problems.

    A file is recognised by its header, not by its name. PATH may be a folder. The exit code is
    0 if every file is recognised, else 3.

    Example: schoolhubs data inspect output/england
    """
    found = files.find(paths)
    given = _years(years)
    today = datetime.date.today()  # noqa: DTZ011 - the reader's own day
    reports = []
    with speak.bars() as progress:
        for n, path in enumerate(found, 1):
            reports.append(files.inspect(path, year=given.get(path.name), today=today))
            progress("inspecting files", n, len(found))
    if as_json:
        speak.show_json({"files": [report.as_dict() for report in reports]})
    else:
        for report in reports:
            click.echo(_described(report))
    context.exit(0 if all(report.is_recognised for report in reports) else 3)


def _described(report: FileReport) -> str:
    facts: list[object] = [report.series, report.year and f"{report.year} ({report.year_source})"]
    facts += [report.as_at and f"as at {report.as_at}", report.encoding]
    facts += [None if report.rows is None else f"{report.rows:,} rows"]
    lines = [f"{report.path}: {report.title or report.kind}"]
    lines += [f"  {report.kind}: " + ", ".join(str(fact) for fact in facts if fact)]
    lines += [f"  - {quirk}" for quirk in report.quirks]
    told = str(DataProblem(report.problems)) if report.problems else ""
    return "\n".join([*lines, *(f"  ! {line}" for line in told.splitlines())])


@data.command()
@click.option(
    "--from",
    "sources",
    multiple=True,
    required=True,
    type=click.Path(path_type=Path),
    metavar="PATH...",
    help="Published files, or folders of them; give several after one another.",
)
@click.argument("more_sources", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH...]")
@speak.on_option
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), metavar="DIR", help="Folder."
)
@year_option
@speak.as_json_option
@speak.whole_or_nothing()
def build(
    sources: tuple[Path, ...],
    more_sources: tuple[Path, ...],
    on: datetime.datetime,
    out: Path,
    years: tuple[str, ...],
    as_json: bool,
) -> None:
    """Build the school register as at a date, with a report of what joined and what did not.

    Files of other kinds in a folder are listed and passed over. A file with a fault stops the
    work: every problem is listed, the exit code is 3 and nothing is written.

    Example: schoolhubs data build --from output/england --on 2026-01-29 --out output/register
    """
    wanted = _Wanted(sources=(*sources, *more_sources), years=_years(years))
    tables, passed_over, problems = _read_all(wanted)
    try:
        register = schools.build(tables, on=on.date())
    except DataProblem as error:
        raise DataProblem((*error.problems, *problems)) from error
    schools.write_register(register, out)
    for row in register.quality.filter(pl.col("outcome") == "warned").iter_rows(named=True):
        speak.say(f"Warning: {row['n_rows']:,} {row['reason']}.")
    if as_json:
        speak.show_json(
            {
                "schools": register.schools.height,
                "open_schools": register.n_open,
                "absence_school_years": register.absence.height,
                "problems": [problem.as_dict() for problem in problems],
                "on": register.on.isoformat(),
                "sources": [source.as_dict() for source in register.sources],
                "passed_over": passed_over,
                "quality": register.quality.to_dicts(),
            }
        )
        return
    click.echo(register.quality_text)
    for row in passed_over:
        click.echo(f"  {row['path']}: passed over, {row['reason']}")
    speak.say(f"Written to {out}.")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """Paths to read, and the academic years somebody gave for some of them."""

    sources: tuple[Path, ...]
    years: dict[str, str]


def _read_all(
    wanted: _Wanted,
) -> tuple[list[PublishedTable], list[dict[str, Any]], list[Problem]]:
    """Read every file; gather faults of all before stopping."""
    found = files.find(wanted.sources)
    named = {path for path in wanted.sources if path.is_file()}
    today = datetime.date.today()  # noqa: DTZ011 - the reader's own day
    tables: list[PublishedTable] = []
    passed_over: list[dict[str, Any]] = []
    others: list[Problem] = []
    faults: list[Problem] = []
    with speak.bars() as progress:
        for n, path in enumerate(found, 1):
            try:
                table = files.read(path, year=wanted.years.get(path.name), today=today)
            except DataProblem as error:
                if path in named or not _is_other(path, error.problems):
                    faults += error.problems
                else:
                    others += error.problems
                    reason = error.problems[0].fault
                    passed_over.append({"path": str(path), "kind": None, "reason": reason})
                table = None
            if table is not None and table.gives:
                tables.append(table)
            elif table is not None:
                reason = "the school register takes nothing from it"
                passed_over.append({"path": str(path), "kind": table.kind, "reason": reason})
            progress("reading files", n, len(found))
    if faults:
        raise DataProblem(faults)
    return tables, passed_over, others


def _is_other(path: Path, problems: Sequence[Problem]) -> bool:
    # A header that stands alone in a text file describes a published file, and is none.
    described = {"no_rows"} if path.suffix == ".txt" else set()
    return all(problem.code in OF_ANOTHER_KIND | described for problem in problems)


def _years(given: tuple[str, ...]) -> dict[str, str]:
    years = {}
    for said in given:
        name, equals, year = said.rpartition("=")
        if not equals or not name:
            raise UsageError(f"--year {said}: write the file's name and its year, a.csv=2018/19.")
        years[Path(name).name] = AcademicYear.parse(year)
    return dict(years)
