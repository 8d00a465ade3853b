"""``schoolhubs round``: run one intake round, explain a school's place in it, match again."""

import click

from schoolhubs.cli.round.explaining import explain
from schoolhubs.cli.round.rematching import rematch
from schoolhubs.cli.round.running import run

__all__ = ["round"]


@click.group()
def round() -> None:  # noqa: A001 - the command is called round
    """Run one intake round of a programme, and explain it."""


for command in (run, explain, rematch):
    round.add_command(command)
