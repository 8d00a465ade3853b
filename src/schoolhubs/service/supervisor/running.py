"""The service from start to stop: database, migrations, pages, a worker."""

import collections
import contextlib
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import psutil

from schoolhubs.service import embedded_postgres
from schoolhubs.service.supervisor.places import (
    LOOPBACK,
    Address,
    held,
    kept_secret,
    metrics_folder,
    refuse_taken_port,
)
from schoolhubs.service.supervisor.processes import PATIENCE_SECONDS, Processes, Watchdog
from schoolhubs.vocabulary.errors import SchoolhubsError, UsageError

WORKER = (sys.executable, "-m", "schoolhubs.service", "manage", "work")


def quiet(_: str) -> None:
    """Tell nobody."""


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


def manage(
    arguments: Sequence[str], environ: Mapping[str, str], *, say: Callable[[str], None] = quiet
) -> None:
    """Run one of Django's commands to its end, saying what it tells as it tells it.

    Lines of the log, which are JSON, are not for people and are left out.

    Raises
    ------
    UsageError
        With what the command said, if what it was given, such as its environment, will not do.
    SchoolhubsError
        With the same, if it failed otherwise.
    """
    command = [sys.executable, "-m", "schoolhubs.service", "manage", *arguments]
    told: collections.deque[str] = collections.deque(maxlen=40)
    environ = {"PYTHONWARNINGS": "ignore", **environ}  # of libraries, to nobody at a terminal
    with subprocess.Popen(
        command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stderr is not None
        try:
            for line in running.stderr:
                told.append(line)
                if not line.startswith("{"):
                    say(line.rstrip("\n"))
        except BaseException:
            running.kill()  # told to stop, we wait for nothing that we started
            raise
    if running.returncode == UsageError.exit_code:
        raise UsageError("".join(told).strip())
    if running.returncode:
        raise SchoolhubsError(f"{' '.join(arguments)} failed.\n{''.join(told).strip()[-2000:]}")


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


def wait_for_signal(processes: Processes, stop_with: int | None = None) -> None:
    """Wait for Ctrl-C or a request to stop; what ends before is started again."""
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    while not stopped.wait(1.0):
        if stop_with is not None and not psutil.pid_exists(stop_with):
            return
        processes.revive()


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
    stop_with: int | None = None,
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
    stop_with
        Stop once the process of this id is gone: tests that are killed leave no service behind.
    """
    for each in (address, *(other for other, _ in beside)):
        refuse_taken_port(each)
    with held(folder) as holding, databases(folder / "postgres", environ) as urls:
        watchdog = Watchdog(holding)
        if not environ.get("DATABASE_URL"):
            watchdog.database(folder / "postgres")
        processes = Processes(watchdog)
        service = {**_told(folder), **environ, "DATABASE_URL": urls.service_url}
        try:
            say("Migrating the database.")
            manage(["migrate", "--no-input"], {**service, "DATABASE_URL": urls.owner_url})
            manage(["collectstatic", "--no-input", "--verbosity", "0"], service)
            prepare(service)
            for _, command in beside:
                processes.start(command, service)
            shared = {"PROMETHEUS_MULTIPROC_DIR": str(metrics_folder(folder))}
            processes.start(gunicorn(address, workers), {**service, **shared})
            processes.start(WORKER, service)
            wait_until_ready(address, processes)
            ready(address)
            if not stop_when_ready:
                wait_for_signal(processes, stop_with)
        finally:
            processes.stop()
            watchdog.dismiss()


def _told(folder: Path) -> dict[str, str]:
    """Give the settings that say where things are kept."""
    return {
        "SCHOOLHUBS_DATA": str(folder),
        "SCHOOLHUBS_ANCHORS": str(folder / "anchors.jsonl"),
        "SCHOOLHUBS_SECRET_KEY": kept_secret(folder),
        "SCHOOLHUBS_PUPIL_KEY": kept_secret(folder, "pupil-key"),
    }
