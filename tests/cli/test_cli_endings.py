"""How a command ends that was put wrongly or was stopped: its code, and one object for a program."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


def called(*words: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "schoolhubs", *map(str, words)],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("words", "exit_code", "code", "says"),
    [
        (("round", "run", "--json"), 2, "wrong_usage", "Missing option"),
        (("no-such-noun", "--json"), 2, "wrong_usage", "No such command"),
        (
            ("programme", "show", "rise-hubs-2025", "--on", "yesterday", "--json"),
            2,
            "wrong_usage",
            "which is no date we can read",
        ),
        (("programme", "show", "nope", "--json"), 3, "unknown_programme", "no programme 'nope'"),
    ],
)
def test_every_error_is_one_object_with_json(
    words: tuple[str, ...], exit_code: int, code: str, says: str
) -> None:
    done = called(*words)
    assert done.returncode == exit_code
    (problem,) = json.loads(done.stdout)["problems"]
    assert problem["code"] == code
    assert says in problem["fault"]
    assert says in done.stderr
    without = called(*(word for word in words if word != "--json"))
    assert without.stdout == ""


def test_ctrl_c_while_the_libraries_load_leaves_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "click.py").write_text("raise KeyboardInterrupt\n", encoding="utf-8")
    done = called("programme", "list", PYTHONPATH=str(tmp_path))
    assert done.returncode == 130
    assert done.stderr == "Stopped. Nothing was left half written.\n"
