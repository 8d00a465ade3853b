"""Sets Django up before anything of the service is imported, by its tests or its docstrings."""

import contextlib
import importlib.util
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import pytest

HAS_SERVICE = importlib.util.find_spec("django") is not None
FOLDER = "schoolhubs-tests-"  # and the process id of the session
SHARED = "SCHOOLHUBS_TESTS"  # told by the controlling process to its workers
# It starts the service, and refuses to where nobody could sign in.
collect_ignore = ["src/schoolhubs/service/wsgi.py"]


def pytest_configure(config: pytest.Config) -> None:
    """Give the service an environment of its own; the database is started by the first test."""
    _keep_what_is_compiled()
    if not HAS_SERVICE:
        return
    if not hasattr(config, "workerinput"):
        _sweep()
    worker = getattr(config, "workerinput", {}).get("workerid", "alone")
    # A Unix socket's path may be 107 characters long: the folder is kept near the root.
    fresh = Path(tempfile.gettempdir()) / f"{FOLDER}{os.getpid()}"
    folder = fresh if worker == "alone" else Path(os.environ[SHARED])
    os.environ[SHARED] = str(folder)
    if worker == "alone" and config.getoption("numprocesses", None):
        return  # workers would inherit what is set below, and all use one database
    database = f"schoolhubs_{worker}?host={folder / 'postgres'}"
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "schoolhubs.service.settings",
        "DATABASE_URL": f"postgresql://schoolhubs_service@/{database}",
        "SCHOOLHUBS_SECRET_KEY": "only for tests " * 4,
        "SCHOOLHUBS_PUPIL_KEY": "only for tests, no pupil is real",
        "SCHOOLHUBS_HOSTS": '["testserver", "127.0.0.1"]',
        "SCHOOLHUBS_BEHIND_TLS": "false",
        "SCHOOLHUBS_DATA": str(folder / worker),
        "SCHOOLHUBS_ANCHORS": str(folder / worker / "anchors.jsonl"),
    }
    import django

    django.setup()


def _keep_what_is_compiled() -> None:
    """Compile each module once where the environment allows no files beside the source.

    Every call of the command line would else spend four seconds on compiling scipy again.
    """
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        folder = str(Path(__file__).resolve().parent / ".cache" / "compiled")
        sys.pycache_prefix = os.environ.setdefault("PYTHONPYCACHEPREFIX", folder)
        sys.dont_write_bytecode = False


def _sweep() -> None:
    """Stop the servers that sessions left behind which were killed, and take away their folders."""
    import psutil

    from schoolhubs.service import embedded_postgres

    for folder in Path(tempfile.gettempdir()).glob(f"{FOLDER}*"):
        pid = folder.name.removeprefix(FOLDER)
        if pid.isdecimal() and not psutil.pid_exists(int(pid)):
            with contextlib.suppress(psutil.Error, PermissionError):
                embedded_postgres.stop(folder / "postgres")
            shutil.rmtree(folder, ignore_errors=True)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the one server that all workers shared, once the last of them has ended."""
    if hasattr(config, "workerinput") or not HAS_SERVICE:
        return
    from schoolhubs.service import embedded_postgres

    folder = Path(os.environ[SHARED])
    _stop_served(folder / "served.pid")
    embedded_postgres.stop(folder / "postgres")
    shutil.rmtree(folder, ignore_errors=True)


def _stop_served(path: Path) -> None:
    """Stop the service that the browser tests shared, by its process id, and wait until it is."""
    if not path.is_file():
        return
    import psutil

    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(int(path.read_text()))
        process.terminate()  # it stops its pages, its workers and its database, and then itself
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and process.status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.1)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell how many pages axe looked at, over all workers."""
    looks = [
        value
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", "") == "call"
        for name, value in report.user_properties
        if name == "axe"
    ]
    if looks:
        pages, faults = {page for page, _ in looks}, sum(n for _, n in looks)
        terminalreporter.write_line(
            f"axe: {len(pages)} pages, {faults} violations ({len(looks)} looks)"
        )
