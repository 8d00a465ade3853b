"""``python -m schoolhubs.service``: serve, demo, and Django's own commands."""

import argparse
import functools
import json
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from schoolhubs.service import supervisor
from schoolhubs.service.demo import post, sign_in
from schoolhubs.vocabulary.errors import SchoolhubsError, UsageError

SETTINGS = {"DJANGO_SETTINGS_MODULE": "schoolhubs.service.settings"}


def main(arguments: list[str]) -> int:
    """Run one command and give its exit code."""
    if arguments[:1] == ["manage"]:
        return _manage(arguments[1:])
    parser = argparse.ArgumentParser(prog="schoolhubs")
    parser.add_argument("command", choices=["serve", "demo"])
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--england", type=Path, default=Path("output"))
    parser.add_argument("--stop-with", type=int, metavar="PID")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--json", action="store_true", dest="as_json")
    given = parser.parse_args(arguments)
    is_demo = given.command == "demo"
    pages, provider = supervisor.Address(port=given.port), supervisor.Address(port=given.port + 1)
    notify = post.free_address()
    demo = sign_in.environment(provider.port) | post.environment(notify, pages) if is_demo else {}
    environ = {**os.environ, **SETTINGS, **demo}
    beside = [
        (provider, sign_in.provider_command(provider.port, given.data)),
        (notify, post.command(notify)),
    ]
    # Asked to stop at any moment, everything that was started is stopped in turn.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        if is_demo:
            refuse_outside_database(os.environ)
        supervisor.run(
            given.data,
            environ,
            address=pages,
            workers=given.workers,
            say=say,
            ready=functools.partial(tell_ready, as_json=given.as_json),
            prepare=lambda service: _load_demo(given, service),
            beside=beside if is_demo else (),
            stop_when_ready=given.check,
            stop_with=given.stop_with,
        )
    except SchoolhubsError as error:
        say(str(error))
        return error.exit_code
    return 0


def say(text: str) -> None:
    """Tell the person at the terminal."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def tell_ready(address: supervisor.Address, *, as_json: bool) -> None:
    """Say where the pages are; with ``--json`` as one object on standard output."""
    say(f"Ready: open {address.url} in a browser. Ctrl-C stops it.")
    if as_json:
        sys.stdout.write(json.dumps({"url": address.url, "port": address.port}) + "\n")
        sys.stdout.flush()


def refuse_outside_database(environ: Mapping[str, str]) -> None:
    """Refuse to show role cards over a database that is not the demonstration's own.

    Raises
    ------
    UsageError
        If the environment names a database.
    """
    if environ.get("DATABASE_URL"):
        raise UsageError(
            "A demonstration uses the database that comes with it, and DATABASE_URL names another. "
            "Take DATABASE_URL out of the environment, or use `serve` instead of `demo`."
        )


def _load_demo(given: argparse.Namespace, service: Mapping[str, str]) -> None:
    if given.command == "demo":
        supervisor.manage(["load_demo", str(given.england)], service, say=say)


def _manage(arguments: list[str]) -> int:
    os.environ.update(SETTINGS)
    from django.core.management import execute_from_command_line

    from schoolhubs.service.history import naming

    with naming.changes(command=" ".join(["manage", *arguments[:1]])):
        try:
            execute_from_command_line(["schoolhubs.service manage", *arguments])
        except SchoolhubsError as error:
            say(str(error))
            return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
