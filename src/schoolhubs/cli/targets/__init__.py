"""``schoolhubs targets``: fit a model of attendance, expect, explain."""

import click

from schoolhubs.cli.targets.describing import card
from schoolhubs.cli.targets.explaining import explain
from schoolhubs.cli.targets.fitting import expect, fit

__all__ = ["targets"]


@click.group()
def targets() -> None:
    """Attendance targets: what to expect of a school, how sure that is, and why."""


for command in (fit, expect, explain, card):
    targets.add_command(command)
