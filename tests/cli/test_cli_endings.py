"""How a command ends that was put wrongly or stopped: its code, and one object with --json."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from schoolhubs import programmes
from schoolhubs.cli.round import definition


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


def test_a_definition_that_is_not_ours_says_so_and_whether_it_passes(tmp_path: Path) -> None:
    shipped = programmes.load("rise-hubs-2025")
    copy = tmp_path / "mine"
    shutil.copytree(shipped.folder, copy)
    assert definition.whose(shipped) == ()
    (told,) = definition.whose(programmes.load(copy))
    assert told.startswith("The definition is of ./mine and does not come with the project, though")
    cases = copy / "cases" / "eligibility.yaml"
    text = cases.read_text(encoding="utf-8")
    cases.write_text(text.replace("{enhanced: no", "{enhanced: yes", 1), encoding="utf-8")
    _, fails = definition.whose(programmes.load(copy))
    assert fails.startswith(
        "The definition does not pass its own check: 1 fault, the first in cases/eligibility.yaml"
    )
    assert "enhanced is no, expected yes" in fails
