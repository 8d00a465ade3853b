"""Starts everything the service is made of, in order, and stops it again, by process id.

The only place that starts PostgreSQL: settings never do. Migrations run as the database's owner,
pages and jobs as the service's own role.
"""

import contextlib
import dataclasses
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from schoolhubs.service import embedded_postgres
from schoolhubs.vocabulary.errors import SchoolhubsError, UsageError

PATIENCE_SECONDS = 60.0
LOOPBACK = "127.0.0.1"
WORKER = (sys.executable, "-m", "schoolhubs.service", "manage", "work")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where pages are served: this machine alone, unless a deployment says otherwise."""

    host: str = LOOPBACK
    port: int = 8000

    @property
    def url(self) -> str:
        """Address of the start page.

        >>> Address(port=8000).url
        'http://127.0.0.1:8000'
        """
        return f"http://{self.host}:{self.port}"


@contextlib.contextmanager
def databases(folder: Path, environ: Mapping[str, str]) -> Iterator[embedded_postgres.Databases]:
    """Give the database of ``environ``, or else one of our own in ``folder`` while inside.

    ``DATABASE_URL`` is the service's role; ``SCHOOLHUBS_OWNER_DATABASE_URL`` the owner, who
    migrates, and may be left out where one role does both.
    """
    if given := environ.get("DATABASE_URL"):
        owner = environ.get("SCHOOLHUBS_OWNER_DATABASE_URL", given)
        yield embedded_postgres.Databases(owner_url=owner, service_url=given)
        return
    superuser = embedded_postgres.start(folder)
    try:
        yield embedded_postgres.prepare(superuser)
    finally:
        embedded_postgres.stop(folder)


def refuse_taken_port(address: Address) -> None:
    """Refuse to start where another program answers already.

    Raises
    ------
    UsageError
        Naming the port and how to choose another.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address.host, address.port))
        except OSError as error:
            raise UsageError(
                f"Port {address.port} on {address.host} cannot be used ({error.strerror}). "
                "Stop the program that holds it, or choose another with --port."
            ) from None


def kept_secret(folder: Path) -> str:
    """Give the secret key kept in ``folder``, making it on the first start."""
    path = folder / "secret-key"
    if not path.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text()


def manage(arguments: Sequence[str], environ: Mapping[str, str]) -> None:
    """Run one of Django's commands to its end; what it tells goes to standard error.

    Raises
    ------
    SchoolhubsError
        With what the command said, if it failed.
    """
    command = [sys.executable, "-m", "schoolhubs.service", "manage", *arguments]
    done = subprocess.run(command, env=dict(environ), capture_output=True, text=True, check=False)
    if done.returncode:
        raise SchoolhubsError(f"{' '.join(arguments)} failed.\n{done.stderr.strip()[-2000:]}")


class Processes:
    """The processes of one service, started in order and stopped in the reverse."""

    def __init__(self) -> None:
        self._running: list[subprocess.Popen[bytes]] = []
        self._started: list[tuple[Sequence[str], Mapping[str, str]]] = []

    def start(self, command: Sequence[str], environ: Mapping[str, str]) -> None:
        """Start one more; in a group of its own, so that Ctrl-C reaches it through us alone."""
        process = subprocess.Popen(list(command), env=dict(environ), start_new_session=True)
        self._running.append(process)
        self._started.append((command, environ))

    def stop(self) -> None:
        """Ask each to stop, wait, and end those that do not."""
        for process in reversed(self._running):
            if process.poll() is None:
                process.terminate()
            try:
                process.wait(PATIENCE_SECONDS / 2)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def revive(self) -> None:
        """Start those again that ended, such as a worker that ran out of memory."""
        for n, process in enumerate(self._running):
            if process.poll() is not None:
                command, environ = self._started[n]
                self._running[n] = subprocess.Popen(
                    list(command), env=dict(environ), start_new_session=True
                )

    def ended(self) -> list[int]:
        """Give the exit codes of those that are no longer running."""
        return [process.returncode for process in self._running if process.poll() is not None]


def wait_until_ready(address: Address, processes: Processes) -> None:
    """Wait until the service answers that it can work.

    Raises
    ------
    SchoolhubsError
        If a process ended, or it is not ready in a minute.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if ended := processes.ended():
            raise SchoolhubsError(f"A process of the service ended with code {ended[0]}.")
        with contextlib.suppress(OSError):
            if urllib.request.urlopen(f"{address.url}/readyz", timeout=5).status == 200:  # noqa: S310
                return
        time.sleep(0.1)
    raise SchoolhubsError(f"The service was not ready within {PATIENCE_SECONDS:.0f} seconds.")


def gunicorn(address: Address, workers: int) -> list[str]:
    """Give the command that serves the pages."""
    return [
        sys.executable, "-m", "gunicorn", "schoolhubs.service.wsgi:application",
        "--bind", f"{address.host}:{address.port}", "--workers", str(workers),
        "--log-level", "warning", "--worker-tmp-dir", tempfile.gettempdir(),
        "--forwarded-allow-ips", LOOPBACK, "--preload",
    ]  # fmt: skip


def wait_for_signal(processes: Processes) -> None:
    """Wait for Ctrl-C or a request to stop; what ends before is started again."""
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    while not stopped.wait(1.0):
        processes.revive()


def metrics_folder(folder: Path) -> Path:
    """Give an empty folder in which the processes that serve pages share their counts."""
    shared = folder / "metrics"
    shutil.rmtree(shared, ignore_errors=True)
    shared.mkdir(parents=True)
    return shared


def run(
    folder: Path,
    environ: Mapping[str, str],
    *,
    address: Address,
    workers: int,
    say: Callable[[str], None],
    ready: Callable[[Address], None],
    prepare: Callable[[Mapping[str, str]], None] = lambda _: None,
    beside: Sequence[tuple[Address, Sequence[str]]] = (),
    stop_when_ready: bool = False,
) -> None:
    """Run the service until it is told to stop.

    Parameters
    ----------
    folder
        What the service keeps: the embedded database, its secret key, uploads, anchors.
    environ
        The environment the service is started from.
    say, ready
        Told what is being done, and where the pages are once they answer.
    prepare
        Run once migrated, before pages are served: the demo loads its England here.
    beside
        Commands that run beside the pages, each with the address it answers on.
    stop_when_ready
        Stop as soon as the pages answer, for tests and CI.
    """
    for each in (address, *(other for other, _ in beside)):
        refuse_taken_port(each)
    processes = Processes()
    with databases(folder / "postgres", environ) as urls:
        told = {
            "SCHOOLHUBS_DATA": str(folder),
            "SCHOOLHUBS_ANCHORS": str(folder / "anchors.jsonl"),
            "SCHOOLHUBS_SECRET_KEY": kept_secret(folder),
        }
        service = {**told, **environ, "DATABASE_URL": urls.service_url}
        say("Migrating the database.")
        manage(["migrate", "--no-input"], {**service, "DATABASE_URL": urls.owner_url})
        manage(["collectstatic", "--no-input", "--verbosity", "0"], service)
        prepare(service)
        try:
            for _, command in beside:
                processes.start(command, service)
            shared = {"PROMETHEUS_MULTIPROC_DIR": str(metrics_folder(folder))}
            processes.start(gunicorn(address, workers), {**service, **shared})
            processes.start(WORKER, service)
            wait_until_ready(address, processes)
            ready(address)
            if not stop_when_ready:
                wait_for_signal(processes)
        finally:
            processes.stop()
