"""Workers of the queue by fork: each a process of its own, to be killed, without its start-up.

Run as a program it is the parent: it sets Django up once, and for each line it reads forks a
worker, whose id it writes, and later how each ended. It opens no connection itself.
"""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from types import FrameType

WAIT_SECONDS = 60.0


class Forked:
    """One forked worker, as ``subprocess.Popen`` would give it."""

    def __init__(self, parent: "Parent", pid: int) -> None:
        self.parent, self.pid = parent, pid

    def poll(self) -> int | None:
        """Give how it ended; None while it runs."""
        self.parent.read(0)
        return self.parent.ended.get(self.pid)

    def wait(self, timeout: float) -> int:
        """Wait until it has ended.

        Raises
        ------
        subprocess.TimeoutExpired
            If it has not by then.
        """
        deadline = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(["worker"], timeout)
            self.parent.read(0.1)
        return code

    def terminate(self) -> None:
        """Ask it to stop."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)


class Parent:
    """The process that workers of one database are forked from."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.ended: dict[int, int] = {}
        self.process = subprocess.Popen(
            [sys.executable, __file__], env=dict(environ), text=True, bufsize=1,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def fork(self, environ: Mapping[str, str]) -> Forked:
        """Fork a worker with some settings of its own."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(dict(environ)) + "\n")
        self.process.stdin.flush()
        deadline = time.monotonic() + WAIT_SECONDS
        while (pid := self.read(0.1)) is None:
            assert time.monotonic() < deadline, "no worker was forked"
        return Forked(self, pid)

    def read(self, seconds: float) -> int | None:
        """Take what the parent wrote within a time; the id of a worker, where it began one."""
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], seconds)
        if not ready:
            return None
        told = json.loads(self.process.stdout.readline() or '{"gone": true}')
        assert "gone" not in told, "the parent of the workers is gone"
        if "code" in told:
            self.ended[told["pid"]] = told["code"]
            return None
        return int(told["pid"])

    def stop(self) -> None:
        """End the parent, which ends by itself once nobody writes to it."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(20)


def main() -> None:
    """Fork a worker for each line read; say its id, and how it ended."""
    import django

    django.setup()

    def reap(_: int, __: FrameType | None) -> None:
        with contextlib.suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if not pid:
                    return
                say({"pid": pid, "code": os.waitstatus_to_exitcode(status)})

    def say(told: Mapping[str, int]) -> None:
        os.write(1, (json.dumps(told) + "\n").encode())

    signal.signal(signal.SIGCHLD, reap)
    while line := sys.stdin.readline():
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        pid = os.fork()
        if not pid:
            work(json.loads(line))
        say({"pid": pid})
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})


def work(environ: Mapping[str, str]) -> None:
    """Be a worker, with the settings that these variables make, until told to stop."""
    from django.conf import settings
    from django.core.management import call_command

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
    os.environ.update(environ)
    settings.ENVIRONMENT = type(settings.ENVIRONMENT)()
    code = 1
    try:
        call_command("work")
        code = 0
    finally:
        os._exit(code)


if __name__ == "__main__":
    main()
