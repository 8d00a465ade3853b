"""The command line in this process, and a small register to run rounds on."""

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gallery.payloads import much_missed, payload_schools
from schoolhubs import files, schools
from schoolhubs.cli import main


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Run a command as the terminal would; give its exit code, output and talk."""

    def call(*arguments: object) -> tuple[int, str, str]:
        words = [str(argument) for argument in arguments]
        monkeypatch.setattr("sys.argv", ["schoolhubs", *words])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(words)
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return call


@pytest.fixture(scope="session")
def payload_register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the register of those schools."""
    folder = tmp_path_factory.mktemp("payloads")
    (folder / "gias.csv").write_text(payload_schools(), encoding="utf-8")
    (folder / "absence.csv").write_text(much_missed(), encoding="utf-8")
    tables = [files.read(folder / name) for name in ("gias.csv", "absence.csv")]
    schools.write_register(
        schools.build(tables, on=datetime.date(2026, 1, 29)), folder / "register"
    )
    return folder / "register"


@pytest.fixture
def round_on(run: Callable[..., Any], payload_register: Path) -> Callable[..., Any]:
    """Run a round of the newest programme on those schools, with further options."""

    def call(out: Path, *options: object) -> tuple[int, str, str]:
        fixed = ("--programme", "rise-hubs-2025", "--register", payload_register)
        return run("round", "run", *fixed, "--on", "2026-01-29", "--out", out, "--json", *options)

    return call
