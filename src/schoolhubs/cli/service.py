"""``schoolhubs serve``, ``demo`` and ``audit``: hand over to the web service's own process.

The command line never imports the service: it starts it, so that it stays whole without Django.
"""

import importlib.util
import os
import sys
from pathlib import Path

import click

from schoolhubs.cli import speak
from schoolhubs.vocabulary.errors import UsageError

data_option = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("data"),
    show_default=True,
    metavar="DIR",
    help="What the service keeps: its database, its key, its anchors.",
)
port_option = click.option(
    "--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="On 127.0.0.1."
)
workers_option = click.option(
    "--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Serving pages."
)


@click.command()
@data_option
@port_option
@workers_option
@speak.as_json_option
def serve(data: Path, port: int, workers: int, as_json: bool) -> None:
    """Open the service on this machine, with the sign-in its environment names.

    Without DATABASE_URL it starts a PostgreSQL of its own. docs/reference/settings.md lists the
    environment variables it needs.

    Example: schoolhubs serve --data data --port 8000
    """
    told = [f"--data={data}", f"--port={port}", f"--workers={workers}"]
    _hand_over("serve", *told, *(["--json"] if as_json else []))


@click.command()
@data_option
@port_option
@workers_option
@click.option(
    "--england",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("output"),
    show_default=True,
    metavar="DIR",
    help="Folder with the england and register that `make run` makes.",
)
@click.option("--check", is_flag=True, help="Stop once the pages answer, for tests.")
@speak.as_json_option
def demo(data: Path, port: int, workers: int, england: Path, check: bool, as_json: bool) -> None:
    """Open a demonstration: a synthetic England, a published round, role cards to sign in with.

    Example: schoolhubs demo --england output --data output/service
    """
    told = [f"--data={data}", f"--port={port}", f"--workers={workers}", f"--england={england}"]
    flags = [name for name, given in (("--check", check), ("--json", as_json)) if given]
    _hand_over("demo", *told, *flags)


@click.group()
def audit() -> None:
    """Look after the audit log."""


@audit.command()
@speak.as_json_option
def verify(as_json: bool) -> None:
    """Look for edits, deletions, reorderings and a cut tail; exit 3 where any is found.

    Needs the service's environment: DATABASE_URL, and SCHOOLHUBS_ANCHORS for the anchors.

    Example: schoolhubs audit verify --json
    """
    _hand_over("manage", "verify_audit", *(["--json"] if as_json else []))


def _hand_over(*arguments: str) -> None:
    if importlib.util.find_spec("django") is None:
        raise UsageError(
            "The service is not installed: install schoolhubs[service], or `make setup`."
        )
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "schoolhubs.service", *arguments])  # noqa: S606
