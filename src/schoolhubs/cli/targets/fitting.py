"""``schoolhubs targets fit`` and ``expect``: the model, and every school's figures for a year."""

import time
from pathlib import Path

import click
import polars as pl

from schoolhubs import schools
from schoolhubs import targets as attendance_targets
from schoolhubs.cli import speak
from schoolhubs.cli.targets.given import OUT, model_option, register_option
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.tables import csv_text, write_text

DIGITS = 4


@click.command()
@register_option
@click.option("--until", required=True, metavar="YEAR", help="Newest year to learn from.")
@click.option("--out", required=True, type=OUT, help="JSON file to write the model to.")
@click.option("--audit", is_flag=True, help="Measure it on authorities left out, for its card.")
@speak.as_json_option
@speak.whole_or_nothing()
def fit(register: Path, until: str, out: Path, audit: bool, as_json: bool) -> None:
    """Fit a model of attendance to all schools of a register, up to a year.

    The same register and year give the same bytes. With --audit the method is also held against
    authorities it never saw, a year ahead and by group of schools, which takes two fits more.

    Example: schoolhubs targets fit --register output/register --until 2016/17 --out model.json
    """
    panel = schools.panel(schools.read_register(register))
    started = time.perf_counter()
    model = attendance_targets.fit(panel, until=until, is_audited=audit)
    seconds = time.perf_counter() - started
    write_text(out, model.as_json())
    answer = {
        "until": model.until,
        "training_years": list(model.training_years),
        "schools": {phase: of.n_schools for phase, of in model.phases.items()},
        "definition": model.definition["version"],
        "seconds": seconds,
        "out": str(out),
    }
    if as_json:
        speak.show_json(answer)
    else:
        said = ", ".join(f"{of.n_schools:,} {phase}" for phase, of in model.phases.items())
        click.echo(f"Fitted to {said} schools up to {model.until}, in {out}.")
    if not audit:
        speak.say("Not measured by group of schools: --audit does, and the model card then says.")


@click.command()
@model_option
@register_option
@click.option("--year", required=True, metavar="YEAR", help="The year to expect, such as 2017/18.")
@click.option("--out", required=True, type=OUT, help="CSV to write.")
@speak.as_json_option
@speak.whole_or_nothing()
def expect(model_path: Path, register: Path, year: str, out: Path, as_json: bool) -> None:
    """Write what to expect of every school in a year: target, interval and chance unaided.

    Absence of that year and later is not read; context is that of the register. Absence is in
    percent of possible sessions; the interval holds 80 % of schools; a figure that cannot be told
    is empty, with the reason.

    Example: schoolhubs targets expect --model model.json --register output/register
    --year 2017/18 --out targets.csv
    """
    model = attendance_targets.read_model(model_path)
    if AcademicYear.parse(year) <= AcademicYear.parse(model.until):
        speak.say(f"The model has learned from {year}: these are no forecasts.")
    panel = schools.panel(schools.read_register(register))
    found = attendance_targets.expect(model, panel, year=year)
    newest = str(found["national_year"].max() or year)
    if newest < AcademicYear.parse(year).plus(-1):
        speak.say(f"{year} is two years ahead of {newest}: the intervals are those of two years.")
    write_text(out, csv_text(found.with_columns(pl.col(pl.Float64).round(DIGITS))))
    answer = {
        "year": str(AcademicYear.parse(year)),
        "schools": found.height,
        "with_target": found["target_percent"].count(),
        "without_expectation": found["expected_percent"].null_count(),
        "national_year": found["national_year"].max(),
        "out": str(out),
    }
    if as_json:
        speak.show_json(answer)
    else:
        click.echo(
            f"{answer['schools']:,} schools, {answer['with_target']:,} with a target, in {out}."
        )
