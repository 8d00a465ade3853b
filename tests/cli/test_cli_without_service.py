"""The command line and the pure tests are whole where the service's extra is not installed."""

import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
EXTRA = ("django", "psycopg", "procrastinate", "pghistory", "pgtrigger", "ninja", "authlib")
# Stands in a folder on the path: Python reads it before anything else.
BLOCKED = f"""
import sys
for name in {EXTRA!r}:
    sys.modules[name] = None
"""


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python with the extra's packages made unimportable."""
    (folder / "blocked.py").write_text(BLOCKED)
    code = (
        f"import sys; sys.path.insert(0, {str(folder)!r}); import blocked, runpy; "
        f"sys.argv = {list(arguments)!r}; "
        "runpy.run_module(sys.argv[0], run_name='__main__', alter_sys=True)"
    )
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        capture_output=True, text=True, check=False, cwd=PROJECT,
    )  # fmt: skip


@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        ("programme", "list", "--json"),
        ("programme", "show", "rise-hubs-2025"),
        ("serve", "--help"),
    ],
)
def test_commands_run_without_the_service(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = run(tmp_path, "schoolhubs", *arguments)
    assert done.returncode == 0, done.stderr


def test_a_module_of_the_service_would_not(tmp_path: Path) -> None:
    """The control: what is blocked is blocked."""
    done = run(tmp_path, "schoolhubs.service.history.keeping")
    assert done.returncode == 1
    assert "halted; None in sys.modules" in done.stderr
