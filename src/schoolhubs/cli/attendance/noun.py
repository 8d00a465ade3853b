"""The noun itself, which every command of it is added to."""

from pathlib import Path

import click

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group()
def attendance() -> None:
    """Official absence measures from attendance marks."""
