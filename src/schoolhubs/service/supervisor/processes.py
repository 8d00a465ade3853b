"""The processes of one service: started in order, stopped in the reverse, never left behind."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

PATIENCE_SECONDS = 60.0
WATCHDOG = (sys.executable, "-m", "schoolhubs.service.supervisor.watchdog")


class Watchdog:
    """A process beside us that stops what we started, should we ourselves be killed.

    It hears from us through a pipe, which breaks when we are gone; until it is done, it holds the
    data folder, so that nobody starts a service into one that is ending.
    """

    def __init__(self, holding: int) -> None:
        self._process = subprocess.Popen(
            WATCHDOG,
            stdin=subprocess.PIPE,
            text=True,
            start_new_session=True,
            pass_fds=(holding,),
            env={**os.environ, "PYTHONWARNINGS": "ignore"},
        )

    def tell(self, word: str, value: str = "") -> None:
        """Say what was started, or that all is stopped."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(f"{word} {value}\n")
            self._process.stdin.flush()
        except BrokenPipeError:  # somebody killed it: we go on, and stop what we started ourselves
            return

    def started(self, pid: int) -> None:
        """Say that a process was started; its time tells it from a later one of that number."""
        try:
            self.tell("process", f"{pid} {psutil.Process(pid).create_time()}")
        except psutil.NoSuchProcess:
            return

    def database(self, folder: Path) -> None:
        """Say that the database in a folder was started."""
        self.tell("database", str(folder.resolve()))

    def dismiss(self) -> None:
        """Say that all is stopped, and wait until it is gone."""
        self.tell("done")
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.wait(PATIENCE_SECONDS)


class Processes:
    """The processes of one service, each told to its watchdog."""

    def __init__(self, watchdog: Watchdog) -> None:
        self._running: list[subprocess.Popen[bytes]] = []
        self._started: list[tuple[Sequence[str], Mapping[str, str]]] = []
        self._watchdog = watchdog

    def start(self, command: Sequence[str], environ: Mapping[str, str]) -> None:
        """Start one more."""
        self._running.append(self._open(command, environ))
        self._started.append((command, environ))

    def _open(self, command: Sequence[str], environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
        # In a group of its own, so that Ctrl-C reaches it through us alone.
        process = subprocess.Popen(list(command), env=dict(environ), start_new_session=True)
        self._watchdog.started(process.pid)
        return process

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
                self._running[n] = self._open(*self._started[n])

    def ended(self) -> list[int]:
        """Give the exit codes of those that are no longer running."""
        return [process.returncode for process in self._running if process.poll() is not None]
