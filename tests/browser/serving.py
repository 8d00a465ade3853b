"""One real service for all browser tests of a session: the demonstration, on a small England."""

import contextlib
import dataclasses
import fcntl
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg

from commands import ON
from schoolhubs.service import embedded_postgres

PATIENCE_SECONDS = 480.0
IN_USE = "in-use"  # says which process holds a folder
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
    build = ("schoolhubs", "data", "build", "--from", england, "--on", ON)
    build += ("--out", folder / "register")
    subprocess.run(
        [sys.executable, "-m", *map(str, build)], check=True, env=_environ(), capture_output=True
    )
    process, url = _serve(data, folder, folder / "log", session)
    (session / "served.pid").write_text(str(process.pid))
    _wait(f"{url}/readyz", process, folder / "log")
    return Service(url=url, folder=str(data), seconds=round(time.monotonic() - began, 1))


def _environ() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith(TESTS_OWN)}


def _serve(
    data: Path, england: Path, log: Path, session: Path
) -> tuple[subprocess.Popen[bytes], str]:
    port = _free_port()
    serve = ("schoolhubs.service", "demo", "--data", data, "--port", port, "--england", england)
    # The folder carries the process id of the tests' controlling process: killed, it stops this.
    serve += ("--stop-with", session.name.rpartition("-")[2])
    with log.open("w") as told:
        process = subprocess.Popen(
            [sys.executable, "-m", *map(str, serve)],
            env=_environ(), stdout=told, stderr=told, start_new_session=True,
        )  # fmt: skip
    return process, f"http://127.0.0.1:{port}"


@contextlib.contextmanager
def copied(service: Service, session: Path) -> Iterator[Service]:
    """Give a copy of a running service while inside: to move its clock, say, which others read.

    A copy is much quicker than a demonstration begun anew; the first goes on meanwhile.
    """
    began = time.monotonic()
    first, data = Path(service.folder), session / "browser-copy" / "data"
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    for each in first.iterdir():
        if each.is_file() and each.name != IN_USE:
            shutil.copy(each, data)
    back_up = (embedded_postgres.program("pg_basebackup"), "-h", first / "postgres")
    back_up += ("-U", "postgres", "-c", "fast", "-D", data / "postgres")
    subprocess.run([*map(str, back_up)], check=True, capture_output=True)
    as_first(first / "postgres", data / "postgres")
    process, url = _serve(data, data.parent, data.parent / "log", session)
    try:
        _wait(f"{url}/readyz", process, data.parent / "log")
        seconds = round(time.monotonic() - began, 1)
        yield Service(url=url, folder=str(data), seconds=seconds)
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def as_first(first: Path, copy: Path) -> None:
    """Give a copy of a database to who owns the first, without what says that the first runs."""
    for each in (*copy.glob(".s.PGSQL.*"), *copy.glob(".handle_pids*")):
        each.unlink()
    owner = first.stat()
    if owner.st_uid != copy.stat().st_uid:
        for each in (copy, *copy.rglob("*")):
            os.chown(each, owner.st_uid, owner.st_gid)


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
