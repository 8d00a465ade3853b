"""Brought files, and a worker of its own: for tests of jobs and imports."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection

from forking import Forked, Parent
from schoolhubs.service.imports.uploads import FileOnDisk
from schoolhubs.service.jobs.models import Work

PATIENCE_SECONDS = 90.0


def brought_file(name: str, content: bytes) -> FileOnDisk:
    """Give a file as an upload leaves it on disk."""
    held = FileOnDisk(name)
    held.write(content)
    held.flush()
    return held


def files_of(folder: Path, starts: Sequence[str]) -> dict[str, bytes]:
    """Give the files of a synthetic England whose names start so."""
    found = {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
    return {name: held for name, held in found.items() if name.startswith(tuple(starts))}


@contextmanager
def worker(**environ: str) -> Iterator[Forked]:
    """Run a real worker on this test's database; ended, whatever happens, by its id."""
    process = _parent().fork(
        {"SCHOOLHUBS_SILENT_SECONDS": "0.6", "SCHOOLHUBS_FAULT_AT": "", **environ}
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(20)


_PARENTS: dict[str, Parent] = {}  # by database; the one that is in use


def _parent() -> Parent:
    """Give the process that workers of this test's database are forked from."""
    parts = connection.settings_dict
    host = parts["HOST"] or parts["OPTIONS"]["host"]
    url = f"postgresql://{parts['USER']}@/{parts['NAME']}?host={host}"
    if url not in _PARENTS:
        for old in _PARENTS.values():
            old.stop()
        _PARENTS.clear()
        _PARENTS[url] = Parent({**os.environ, "DATABASE_URL": url})
    return _PARENTS[url]


def until(
    is_so: Callable[[], bool], what: str, *, so_far: Callable[[], object] | None = None
) -> None:
    """Wait until something is so; patience begins anew whenever what is told so far moves on."""
    deadline, told = time.monotonic() + PATIENCE_SECONDS, None
    while time.monotonic() < deadline:
        if is_so():
            return
        if so_far is not None and (now := so_far()) != told:
            deadline, told = time.monotonic() + PATIENCE_SECONDS, now
        time.sleep(0.1)
    raise AssertionError(f"waited {PATIENCE_SECONDS:.0f} s in vain: {what}")


def cut_off(kind: str, point: str) -> None:
    """Let a worker run until the power is cut at a point."""
    with worker(SCHOOLHUBS_FAULT_AT=f"{kind}.{point}", SCHOOLHUBS_MOST_ATTEMPTS="30") as process:
        try:
            code = process.wait(60)
        except subprocess.TimeoutExpired:
            pytest.fail(f"the worker never came by {kind}.{point}")
    assert code == -9, (kind, point, code)


def let_finish(work: Work) -> None:
    """Let a worker run until the work is done and its job is out of the queue."""

    def is_settled() -> bool:
        work.refresh_from_db()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM procrastinate_jobs")
            return work.is_finished and cursor.fetchone()[0] == 0

    with worker(SCHOOLHUBS_MOST_ATTEMPTS="30"):
        until(is_settled, "the work is done, and its job is out of the queue")
