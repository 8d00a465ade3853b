"""``schoolhubs funding``: what is due and why, whether the books balance, what it all costs."""

import click

from schoolhubs.cli.funding.budgeting import budget
from schoolhubs.cli.funding.reconciling import reconcile
from schoolhubs.cli.funding.stating import statement

__all__ = ["funding"]


@click.group()
def funding() -> None:
    """Awards and payments of a programme, in pence."""


for command in (statement, budget, reconcile):
    funding.add_command(command)
