"""One real service for all browser tests of a session: the demonstration, on a small England."""

import dataclasses
import fcntl
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psycopg

from commands import ON

PATIENCE_SECONDS = 240.0
# The tests' own settings, which the service must not be started with.
TESTS_OWN = ("SCHOOLHUBS_", "DJANGO_", "DATABASE_URL")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A running service: where its pages are, and its database for questions about its data."""

    url: str
    folder: str
    seconds: float

    def ask(self, question: str) -> str:
        """Give the first value that a query finds."""
        address = f"postgresql://schoolhubs_service@/schoolhubs?host={self.folder}/postgres"
        with psycopg.connect(address) as connection:
            row = connection.execute(question).fetchone()  # type: ignore[call-overload]
        assert row is not None, f"the small England has none such: {question}"
        return str(row[0])


def numbers_of(service: Service, role: str) -> list[str]:
    """Give the URNs and trust numbers of whatever a role of the demonstration is at."""
    people = json.loads((Path(service.folder) / "people.json").read_text())
    person = f"demo-{role.replace('_', '-')}"
    at = next(each["memberships"] for each in people if each["subject"] == person)
    return [each["organisation"].get("urn") or each["organisation"]["uid"] for each in at]


def shared_service(session: Path, england: Path) -> Service:
    """Give the service of this session, started by whichever worker comes first.

    Its process id is left in the session's folder, where the controlling process stops it by.
    """
    told = session / "browser" / "service.json"
    told.parent.mkdir(parents=True, exist_ok=True)
    with (told.parent / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if not told.is_file():
            started = _start(session, england)
            told.write_text(json.dumps(dataclasses.asdict(started)))
        return Service(**json.loads(told.read_text()))


def _start(session: Path, england: Path) -> Service:
    began = time.monotonic()
    folder, data = session / "browser", session / "browser" / "data"
    (folder / "england").unlink(missing_ok=True)
    (folder / "england").symlink_to(england)
    environ = {k: v for k, v in os.environ.items() if not k.startswith(TESTS_OWN)}
    build = (
        "schoolhubs",
        "data",
        "build",
        "--from",
        england,
        "--on",
        ON,
        "--out",
        folder / "register",
    )
    subprocess.run(
        [sys.executable, "-m", *map(str, build)], check=True, env=environ, capture_output=True
    )
    port = _free_port()
    serve = ("schoolhubs.service", "demo", "--data", data, "--port", port, "--england", folder)
    # The folder carries the process id of the tests' controlling process: killed, it stops this.
    serve += ("--stop-with", session.name.rpartition("-")[2])
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *map(str, serve)],
            env=environ, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    (session / "served.pid").write_text(str(process.pid))
    url = f"http://127.0.0.1:{port}"
    _wait(f"{url}/readyz", process, folder / "log")
    return Service(url=url, folder=str(data), seconds=round(time.monotonic() - began, 1))


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    process.terminate()
    raise AssertionError(f"the service did not start: {log.read_text()[-3000:]}")


def _free_port() -> int:
    """Give a port that is free together with the next, where the local provider answers."""
    while True:
        with socket.socket() as probe, socket.socket() as beside:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
            try:
                beside.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port
