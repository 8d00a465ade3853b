"""``schoolhubs targets explain``: one school's target in words."""

from pathlib import Path

import click
import polars as pl

from schoolhubs import schools, travel
from schoolhubs import targets as attendance_targets
from schoolhubs.cli import speak
from schoolhubs.cli.targets.given import model_option, register_option
from schoolhubs.vocabulary.ids import Urn
from schoolhubs.vocabulary.records.school.history import SchoolPanel


@click.command()
@model_option
@register_option
@click.option("--urn", required=True, help="The school to explain.")
@click.option("--year", metavar="YEAR", help="The year to expect; the one after the model's.")
@click.option("--prefer", multiple=True, metavar="URN", help="A comparator asked for by name.")
@speak.as_json_option
def explain(
    model_path: Path,
    register: Path,
    urn: str,
    year: str | None,
    prefer: tuple[str, ...],
    as_json: bool,
) -> None:
    """Explain one school's target: why this figure, how sure it is, beside whom it stands.

    Schools worth visiting are told apart from those to be compared with: near, better than their
    own context lets expect, of another trust.

    Example: schoolhubs targets explain --model model.json --register output/register --urn 903447
    """
    panel = schools.panel(schools.read_register(register))
    wanted = Urn(urn)
    found = attendance_targets.explain(
        attendance_targets.read_model(model_path),
        panel,
        urn=wanted,
        year=year,
        minutes=minutes_from(panel, wanted),
        preferred=tuple(Urn(each) for each in prefer),
    )
    if as_json:
        speak.show_json(found.as_dict())
    else:
        click.echo(attendance_targets.said.told(found))


def minutes_from(panel: SchoolPanel, urn: str) -> pl.DataFrame | None:
    """Estimate the drive from a school to those around it; none if its place is not known."""
    places = panel.context.filter(pl.col("is_open") | (pl.col("urn") == urn))
    found = travel.around(places.select("lat", "lon", id="urn"), urn)
    return None if found is None else found.rename({"id": "urn"})
