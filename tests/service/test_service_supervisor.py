"""The supervisor: a folder has one service, and a killed supervisor leaves nothing behind."""

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from schoolhubs.service import embedded_postgres, supervisor
from schoolhubs.service.supervisor import places, running, watchdog
from schoolhubs.vocabulary.errors import SchoolhubsError, UsageError

# What a supervisor does, without Django: a database, two processes, and then it waits.
SUPERVISOR = """
import sys, time
from pathlib import Path
from schoolhubs.service import embedded_postgres
from schoolhubs.service.supervisor import places, processes
folder = Path(sys.argv[1])
with places.held(folder) as holding:
    embedded_postgres.start(folder / "postgres")
    watchdog = processes.Watchdog(holding)
    watchdog.database(folder / "postgres")
    started = processes.Processes(watchdog)
    for _ in range(2):
        started.start([sys.executable, "-c", "import time; time.sleep(600)"], {})
    print("ready", watchdog._process.pid, *(each.pid for each in started._running), flush=True)
    time.sleep(600)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """Give a folder near the root: a Unix socket's path may be 107 characters long."""
    with tempfile.TemporaryDirectory(prefix="supervised-") as name:
        yield Path(name)
        embedded_postgres.stop(Path(name) / "postgres")


def is_over(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def wait_for(reached: Callable[[], bool], seconds: float = 30.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if reached():
            return True
        time.sleep(0.05)
    return reached()


def begun(folder: Path) -> tuple[subprocess.Popen[str], list[int]]:
    """Start a supervisor; give it with the process ids of its watchdog and of the others."""
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", SUPERVISOR, str(folder)],
        stdout=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    words = process.stdout.readline().split()
    assert words[:1] == ["ready"]
    return process, [int(each) for each in words[1:]]


def is_free(folder: Path) -> bool:
    try:
        with places.held(folder):
            return True
    except UsageError:
        return False


def test_a_killed_supervisor_leaves_nothing_behind(folder: Path) -> None:
    process, (_, *pids) = begun(folder)
    assert not is_free(folder)
    process.kill()
    process.wait()
    # The folder is free again once all is stopped, and not before.
    assert wait_for(lambda: is_free(folder))
    assert all(is_over(pid) for pid in pids)
    assert not embedded_postgres.stop(folder / "postgres"), "the database was stopped already"


def test_without_its_watchdog_it_would(folder: Path) -> None:
    """The control of the test above."""
    process, (beside, *pids) = begun(folder)
    for pid in (beside, process.pid):
        os.kill(pid, signal.SIGKILL)
    process.wait()
    assert not wait_for(lambda: any(is_over(pid) for pid in pids), seconds=1.0)
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    assert embedded_postgres.stop(folder / "postgres")


def test_a_watchdog_leaves_a_later_process_of_the_same_number_alone() -> None:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    created = psutil.Process(process.pid).create_time()
    try:
        watchdog.stop(watchdog.Started(processes=[(process.pid, created - 10.0)]))
        assert process.poll() is None
        watchdog.stop(watchdog.Started(processes=[(process.pid, created)]))
        assert wait_for(lambda: process.poll() is not None)
    finally:
        process.kill()
        process.wait()


def test_a_second_service_on_a_folder_is_refused_in_words(folder: Path) -> None:
    refused = pytest.raises(UsageError, match=r"Another service uses the folder .* --data")
    with places.held(folder), refused, places.held(folder):
        pass
    with places.held(folder):
        pass


def test_without_the_lock_it_would_start(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control of the test above."""
    monkeypatch.setattr(fcntl, "flock", lambda *_: None)
    with places.held(folder), places.held(folder):
        pass


def test_a_second_service_is_refused_by_the_command(folder: Path) -> None:
    command = [sys.executable, "-m", "schoolhubs.service", "serve", "--data", str(folder)]
    with places.held(folder):
        done = subprocess.run(
            [*command, "--port", "0"], capture_output=True, text=True, check=False
        )
    assert done.returncode == 2
    assert "Another service uses the folder" in done.stderr


def test_what_a_command_tells_is_told_on() -> None:
    told: list[str] = []
    with pytest.raises(SchoolhubsError, match="Unknown command: 'no_such'"):
        supervisor.manage(["no_such"], os.environ, say=told.append)
    assert told[0] == "Unknown command: 'no_such'"
    assert not any(line.startswith("{") for line in told)


class Idle:
    """Processes that never end."""

    def __init__(self) -> None:
        self.n_revived = 0

    def revive(self) -> None:
        self.n_revived += 1


@contextlib.contextmanager
def signals_kept() -> Iterator[None]:
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)


def test_a_service_stops_with_the_process_it_was_started_for() -> None:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1.5)"])
    idle: Any = Idle()
    reaper = threading.Thread(target=process.wait)  # a process nobody waits for is not gone
    reaper.start()
    began = time.monotonic()
    with signals_kept():
        running.wait_for_signal(idle, stop_with=process.pid)
    reaper.join()
    assert 1.0 < time.monotonic() - began < 30
    assert idle.n_revived >= 1
