"""What the commands of targets are given."""

from pathlib import Path

import click

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
OUT = click.Path(path_type=Path, dir_okay=False)

model_option = click.option(
    "--model", "model_path", required=True, type=FILE, help="A model that 'targets fit' wrote."
)
register_option = click.option(
    "--register",
    required=True,
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="A register that 'data build' wrote.",
)
