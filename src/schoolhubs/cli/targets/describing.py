"""``schoolhubs targets card``: what a model is, learned from, and how it fails."""

from pathlib import Path

import click

from schoolhubs import targets as attendance_targets
from schoolhubs.cli import speak
from schoolhubs.cli.targets.given import model_option


@click.command()
@model_option
@speak.as_json_option
def card(model_path: Path, as_json: bool) -> None:
    """Print the model card and the transparency record; every number is read from the model.

    Example: schoolhubs targets card --model model.json
    """
    found = attendance_targets.said.card(attendance_targets.read_model(model_path))
    if as_json:
        speak.show_json(found.as_dict())
        return
    click.echo(found.model_card)
    click.echo("# Algorithmic transparency record\n")
    for field, text in found.transparency_record.items():
        click.echo(f"**{field}.** {text}\n")
