"""What the commands of a round are given, and the versions that decide their answer."""

from importlib import metadata
from pathlib import Path

import click

from schoolhubs import __version__

FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
DECIDERS = ("numpy", "ortools", "polars")


def versions() -> dict[str, str]:
    """Give the versions that decide the answer."""
    return {"schoolhubs": __version__} | {name: metadata.version(name) for name in DECIDERS}
