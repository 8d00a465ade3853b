"""Tests that must not run side by side do not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import together

PROJECT = Path(__file__).resolve().parents[2]
SAMPLE = """
import os, pathlib, time, pytest
@pytest.mark.parametrize("n", range(6))
def test_{name}(n):
    time.sleep(0.05)
    (pathlib.Path({out!r}) / f"{name}-{{os.environ['PYTEST_XDIST_WORKER']}}").touch()
"""


@pytest.mark.parametrize("start", together.GROUPS)
def test_every_group_names_tests_that_there_are(start: str) -> None:
    file, _, name = start.partition("::")
    text = (PROJECT / file).read_text()
    assert f"def {name}" in text
    assert name or "def test_" in text


def test_the_pages_of_a_role_stay_together() -> None:
    """Each of them has a role before the word; what each page leads to is then asked once."""
    start = together.LOOKING
    seen = ("auditor sees audit log, plain-390", "auditor sees home", "nobody sees home")
    first, second, other = (together.group_of(f"{start}{each}]") for each in seen)
    assert first == second == f"{start}auditor"
    assert other == f"{start}nobody"
    file, _, name = start.removesuffix("[").partition("::")
    text = (PROJECT / file).read_text()
    assert f"def {name}(" in text
    assert f"}}{together.SEES}{{" in text


@pytest.mark.parametrize("is_grouped", [True, False])
def test_a_group_stays_with_one_worker(tmp_path: Path, is_grouped: bool) -> None:
    """Without its group the same tests are shared out."""
    for name in ("one", "other"):
        told = SAMPLE.format(name=name, out=str(tmp_path))
        (tmp_path / f"test_{name}.py").write_text(told)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    groups = {"test_one.py::": "one", "test_other.py::": "other"} if is_grouped else {}
    (tmp_path / "conftest.py").write_text(
        f"import together\ntogether.GROUPS = {groups!r}\n"
        "pytest_xdist_make_scheduler = lambda config, log: together.scheduler(config, log)\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadgroup"]
    kept_out = ("PYTEST_", "DJANGO_")
    told_of = {name: value for name, value in os.environ.items() if not name.startswith(kept_out)}
    told_of["PYTHONPATH"] = str(PROJECT / "tests")
    subprocess.run(command, cwd=tmp_path, env=told_of, check=True, timeout=120)
    workers = [path.name.partition("-")[0] for path in tmp_path.glob("*-gw?")]
    assert sorted(workers) == (["one", "other"] if is_grouped else ["one", "one", "other", "other"])
