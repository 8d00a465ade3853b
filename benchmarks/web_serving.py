"""Starts what ``benchmarks.web`` measures: the demonstration, and its peer on bare Django."""

import contextlib
import dataclasses
import datetime
import http.cookiejar
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

import psycopg

from benchmarks.web_load import Page
from schoolhubs import files, schools, synthetic
from schoolhubs.service import supervisor
from schoolhubs.service.demo import post, sign_in
from schoolhubs.service.supervisor.running import gunicorn
from schoolhubs.vocabulary.calendar import AcademicYear

N_SCHOOLS, WORKERS = 22_000, 2
ON = datetime.date(2026, 1, 29)
PATIENCE_SECONDS = 240.0
LETTERS_SECONDS = 1_200.0
UNSENT = "SELECT count(*) FROM letters_letter WHERE state IN ('waiting', 'sending')"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """The running demonstration: its port, and the folder its database is in."""

    port: int
    data: Path

    @property
    def database_url(self) -> str:
        """Address of its database, for the service's own role."""
        return f"postgresql://schoolhubs_service@/schoolhubs?host={self.data / 'postgres'}"

    def ask(self, question: str) -> list[str]:
        """Give the first column of what a query finds."""
        with psycopg.connect(self.database_url) as connection:
            rows = connection.execute(question).fetchall()  # type: ignore[call-overload]
        return [str(row[0]) for row in rows]

    def count(self, table: str) -> int:
        """Count the rows of a table."""
        return int(self.ask(f"SELECT count(*) FROM {table}")[0])

    def wait_until_letters_are_sent(self) -> None:
        """Wait for what loading left to do: it would be measured with the pages."""
        deadline = time.monotonic() + LETTERS_SECONDS
        while int(self.ask(UNSENT)[0]):
            if time.monotonic() > deadline:
                raise SystemExit(f"letters were still being sent after {LETTERS_SECONDS:.0f} s")
            time.sleep(2)

    def cookie(self, role: str) -> str:
        """Sign in by a role card; give the cookies of the session."""
        jar = http.cookiejar.CookieJar()
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        person = urllib.parse.urlencode({"person": f"demo-{role.replace('_', '-')}", "next": "/"})
        opener.open(f"http://127.0.0.1:{self.port}/sign-in/start?{person}", timeout=30).read()
        return "; ".join(f"{each.name}={each.value}" for each in jar if each.name != "session")


def made(folder: Path) -> Path:
    """Make a synthetic England and its register, as ``make run`` does."""
    england = folder / "england"
    synthetic.england(england, seed=1, n_schools=N_SCHOOLS, year=AcademicYear("2024/25"))
    own = {"leads.csv", "applications.csv"}
    paths = [path for path in files.find([england]) if path.name not in own]
    register = schools.build([files.read(path) for path in paths], on=ON)
    schools.write_register(register, folder / "register")
    return folder


@contextlib.contextmanager
def service(england: Path) -> Iterator[Service]:
    """Run the demonstration on an England while inside."""
    with tempfile.TemporaryDirectory() as folder:
        held = Service(port=_free_port(), data=Path(folder) / "data")
        command = [
            sys.executable, "-m", "schoolhubs.service", "demo", "--data", str(held.data),
            "--port", str(held.port), "--england", str(england), "--workers", str(WORKERS),
        ]  # fmt: skip
        with _running(command, dict(os.environ), held.port, "readyz", Path(folder) / "log"):
            yield held


@contextlib.contextmanager
def peer(held: Service, pages: Sequence[Page]) -> Iterator[int]:
    """Run the pages' templates on bare Django, with as many workers; give its port."""
    port = _free_port()
    environ = {
        **os.environ,
        **sign_in.environment(held.port + 1),
        **post.environment(post.free_address(), supervisor.Address(port=held.port)),
        "DJANGO_SETTINGS_MODULE": "schoolhubs.service.settings",
        "DATABASE_URL": held.database_url,
        "SCHOOLHUBS_DATA": str(held.data),
        "SCHOOLHUBS_ANCHORS": str(held.data / "anchors.jsonl"),
        "SCHOOLHUBS_SECRET_KEY": supervisor.kept_secret(held.data),
        "BENCHMARK_PAGES": json.dumps([dataclasses.asdict(each) for each in pages]),
    }
    command = [
        each.replace("schoolhubs.service.wsgi", "benchmarks.web_peer")
        for each in gunicorn(supervisor.Address(port=port), WORKERS)
    ]
    with _running(command, environ, port, f"bare/{pages[0].name}", held.data.parent / "peer.log"):
        yield port


@contextlib.contextmanager
def _running(
    command: Sequence[str], environ: dict[str, str], port: int, ready: str, log: Path
) -> Iterator[None]:
    with log.open("w") as told:
        process = subprocess.Popen(
            list(command), env=environ, stdout=told, stderr=told, start_new_session=True
        )
    try:
        _wait(f"http://127.0.0.1:{port}/{ready}", process, log)
        yield
    finally:
        process.terminate()
        process.wait(60)


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(urllib.error.URLError, OSError):
            if urllib.request.urlopen(address, timeout=5).status == 200:
                return
        time.sleep(0.2)
    raise SystemExit(f"{address} was not ready.\n{log.read_text()[-3000:]}")


def _free_port() -> int:
    """Give a port that is free together with the next, where the local provider answers."""
    while True:
        with socket.socket() as probe, socket.socket() as after:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
            with contextlib.suppress(OSError):
                after.bind(("127.0.0.1", port + 1))
                return port
