"""``schoolhubs delivery``: dates for support days from a file."""

import click

from schoolhubs.cli.delivery.scheduling import schedule

__all__ = ["delivery"]


@click.group()
def delivery() -> None:
    """Find dates for support days."""


delivery.add_command(schedule)
