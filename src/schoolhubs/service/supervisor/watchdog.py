"""``python -m schoolhubs.service.supervisor.watchdog``: stops a service whose supervisor is gone.

It reads from its supervisor what was started. Told that all is done, it ends; where the pipe breaks
before, the supervisor was killed, and what it started is stopped: processes first, the newest
before the others, and then the database, which loses nothing acknowledged.
"""

import contextlib
import dataclasses
import signal
import sys
from collections.abc import Iterable
from pathlib import Path

import psutil

PATIENCE_SECONDS = 30.0


@dataclasses.dataclass(slots=True)
class Started:
    """What there is to stop."""

    processes: list[tuple[int, float]] = dataclasses.field(default_factory=list)
    databases: list[Path] = dataclasses.field(default_factory=list)
    is_done: bool = False


def heard(lines: Iterable[str]) -> Started:
    r"""Read to the end of what the supervisor says.

    >>> heard(["process 12 100.5\n", "database /data/postgres\n"]).is_done
    False
    >>> heard(["process 12 100.5\n", "done \n"]).is_done
    True
    """
    started = Started()
    for line in lines:
        word, _, value = line.rstrip("\n").partition(" ")
        if word == "process":
            pid, _, created = value.partition(" ")
            started.processes.append((int(pid), float(created)))
        elif word == "database":
            started.databases.append(Path(value))
        elif word == "done":
            started.is_done = True
    return started


def stop(started: Started) -> None:
    """Stop all of it."""
    for pid, created in reversed(started.processes):
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(pid)
            # After a while the number may be another's.
            if process.create_time() == created:
                _end(process)
    for folder in started.databases:
        from schoolhubs.service import embedded_postgres

        embedded_postgres.stop(folder)


def _end(process: psutil.Process) -> None:
    process.terminate()
    try:
        process.wait(PATIENCE_SECONDS)
    except psutil.TimeoutExpired:
        process.kill()


def main() -> int:
    """Listen, and stop what has to be stopped."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # only the end of its supervisor is its own
    started = heard(sys.stdin)
    if not started.is_done:
        stop(started)
    return 0


if __name__ == "__main__":
    sys.exit(main())
