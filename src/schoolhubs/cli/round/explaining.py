"""``schoolhubs round explain``: why a school got its lead."""

from pathlib import Path

import click

from schoolhubs import runs
from schoolhubs.cli import speak
from schoolhubs.cli.round import words
from schoolhubs.cli.round.given import FOLDER
from schoolhubs.vocabulary.ids import Urn
from schoolhubs.vocabulary.words import counted


@click.command()
@click.option("--round", "folder", required=True, type=FOLDER, help="Folder of a round pack.")
@click.option("--urn", required=True, help="A school that applied.")
@click.option("--instead", help="A lead school to be told about, whatever blocks it.")
@speak.as_json_option
def explain(folder: Path, urn: str, instead: str | None, as_json: bool) -> None:
    """Say why a school got its lead, what came next, and what another lead would cost.

    Example: schoolhubs round explain --round output/round --urn 902296 --instead 903733
    """
    told = runs.explain_round(folder, Urn(urn), instead=Urn(instead) if instead else None)
    if as_json:
        speak.show_json(told.as_dict())
        return
    school = told.school_named
    if told.lead_urn:
        lead = told.lead_named(told.lead_urn)
        away = counted(round(told.minutes or 0), "minute")
        click.echo(f"{school} goes to lead {lead} ({told.pathway}), {away} one way.")
    elif told.running:
        for kept in told.running:
            click.echo(words.kept_in_words(school, kept, told.lead_named(kept["lead_urn"])))
    else:
        click.echo(f"{school} goes to no lead in this round.")
    if told.rematched:
        click.echo(f"In the re-match: {told.rematched}")
    if told.reason:
        click.echo(f"Why: {told.reason}")
    if told.was_put_to_match:
        for row in told.also_asked_for():
            click.echo(words.decision_in_words(row))
    for choice in told.alternatives:
        click.echo(
            words.choice_in_words(
                choice, told.lead_named(choice.lead_urn), is_left_out=not told.lead_urn
            )
        )
