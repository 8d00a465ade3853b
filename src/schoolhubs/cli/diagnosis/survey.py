"""``schoolhubs survey``: answers to scores, with small groups hidden."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import polars as pl

from schoolhubs import diagnosis, disclosure
from schoolhubs.cli import speak
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.errors import Conflict, DataProblem, Problem, UsageError
from schoolhubs.vocabulary.tables import csv_text, write_text
from schoolhubs.vocabulary.words import counted

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
SCORED = click.Path(path_type=Path, exists=True, file_okay=False)
RELEASES = "releases"


@click.group()
def survey() -> None:
    """Surveys of staff and pupils."""


@survey.command()
@click.option("--instrument", "name", required=True, metavar="ID", help="What was asked.")
@click.option("--instrument-version", default=None, help="Its version; the newest unless given.")
@click.option("--answers", required=True, type=FILE, help="A row a person, a column an item.")
@click.option("--urn", default="", help="The school, where the answers do not say it.")
@click.option("--wave", default="", help="The month, such as 2026-11, where they do not say it.")
@click.option("--population", type=FILE, help="Who was asked, by group: weights, response rate.")
@click.option("--schools", type=FILE, help="CSV of urn, phase, fsm_percent: kinds of schools.")
@click.option("--national", type=FILE, help="CSV of measure, wave, value: further figures.")
@click.option("--earlier", type=SCORED, help="Folder that this command wrote of the wave before.")
@click.option("--beside", type=SCORED, help="Folder it wrote of the other side: staff or pupils.")
@click.option(
    "--by",
    multiple=True,
    metavar="GROUP[,GROUP]",
    help="What to cut by; may be said again. Every group in the answers unless given.",
)
@click.option("--pool", is_flag=True, help="Score all waves of the answers together as well.")
@click.option("--seed", default=0, show_default=True, help="Of draws.")
@click.option(
    "--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="A new folder."
)
@speak.as_json_option
@speak.whole_or_nothing()
def score(
    name: str,
    instrument_version: str | None,
    answers: Path,
    urn: str,
    wave: str,
    population: Path | None,
    schools: Path | None,
    national: Path | None,
    earlier: Path | None,
    beside: Path | None,
    by: tuple[str, ...],
    pool: bool,
    seed: int,
    out: Path,
    as_json: bool,
) -> None:
    """Score a survey: scales, reliability, intervals, change; small groups are hidden.

    Nothing is shown of fewer than 10 pupils or 8 staff, nor anything that would give them away.
    The folder holds CSV files, a report in words, and the record of what was shown, which the
    next wave is held against by --earlier.

    Example: schoolhubs survey score --instrument pupil-survey --answers answers.csv --out scores
    """
    if out.exists() and any(out.iterdir()):
        raise Conflict(f"{out} is not empty. Name a new folder, so that no scores are mixed up.")
    asked = diagnosis.instrument(name, instrument_version)
    scoring = diagnosis.scoring
    found = diagnosis.score(
        scoring.read_answers(answers, asked, urn=urn, wave=wave),
        asked,
        population=scoring.read_population(population, urn=urn) if population else None,
        schools=scoring.read_schools(schools) if schools else None,
        national=scoring.read_national(national) if national else None,
        earlier=_scores(earlier) if earlier else None,
        released=disclosure.read_releases(earlier / RELEASES) if earlier else (),
        by=[tuple(cut.split(",")) for cut in by] or None,
        is_pooled=pool,
        seed=seed,
    )
    gaps = _gaps(found.scores, _scores(beside), found.respondents) if beside else None
    with _whole_folder(out) as folder:
        scoring.write_scores(found, asked, folder)
        if gaps is not None:
            write_text(folder / "gaps.csv", csv_text(gaps))
        for release in found.releases:
            disclosure.write_release(folder / RELEASES, release)
    for warning in found.warnings:
        speak.say(warning)
    if as_json:
        speak.show_json(_told(found, gaps, out))
        return
    shown = found.scores.filter(pl.col("value").is_not_null()).height
    click.echo(
        f"{counted(shown, 'value')} of {counted(found.scores.height, 'value')} may be seen; "
        f"{out / 'report.md'} says them in words."
    )


@contextlib.contextmanager
def _whole_folder(out: Path) -> Iterator[Path]:
    """Give a folder beside ``out`` to write to, which becomes it only if nothing went wrong."""
    out.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    beside.chmod(0o755)
    try:
        yield beside
        beside.replace(out)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _told(found: Any, gaps: pl.DataFrame | None, out: Path) -> dict[str, Any]:
    whole = found.scores.filter(cut="all", kind="scale")
    kept = ("urn", "wave", "measure", "n_answered", "value", "low", "high", "said", "reliability")
    return {
        "instrument": found.instrument_id,
        "version": found.version,
        "respondents": found.respondents,
        "response": found.response.to_dicts(),
        "scales": whole.select(kept).to_dicts(),
        "reliability": found.reliability.to_dicts(),
        "changes": found.changes.filter(cut="all").to_dicts(),
        "gaps": None if gaps is None else gaps.to_dicts(),
        "hidden": found.scores.filter(pl.col("value_mark").is_in(["c", "w"])).height,
        "warnings": list(found.warnings),
        "out": str(out),
    }


def _scores(folder: Path) -> pl.DataFrame:
    """Read scores as this command wrote them."""
    path = folder / "scores.csv"
    try:
        read = pl.read_csv(path, infer_schema=False)
        return frames.SURVEY_SCORES.fill(read)
    except (pl.exceptions.PolarsError, DataProblem) as error:
        problem = Problem(
            code="no_scores",
            file=str(path),
            fault="this is no table of scores",
            remedy="Name a folder that `schoolhubs survey score --out` wrote.",
        )
        raise DataProblem([problem]) from error


def _gaps(own: pl.DataFrame, other: pl.DataFrame, respondents: str) -> pl.DataFrame:
    sides = {respondents: own, str(other["respondents"][0]): other}
    if set(sides) != {"staff", "pupils"}:
        raise UsageError(
            f"--beside holds answers of {other['respondents'][0]} and these are of {respondents}. "
            "A gap is between staff and pupils."
        )
    return diagnosis.scoring.gap(sides["staff"], sides["pupils"])
