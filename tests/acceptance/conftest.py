"""A round run by the command line, as a programme office would, for the tests to look at."""

from pathlib import Path
from typing import Any

import pytest

from commands import ON, run_round, schoolhubs


@pytest.fixture(scope="session")
def small_register(small_england: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the school register of the small England."""
    folder = tmp_path_factory.mktemp("built") / "register"
    schoolhubs("data", "build", "--from", small_england, "--on", ON, "--out", folder)
    return folder


@pytest.fixture(scope="session")
def small_round(
    small_england: Path, small_register: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, Any]]:
    """Run one round of the newest programme on it; give the folder and the answer."""
    folder = tmp_path_factory.mktemp("run") / "round"
    answer = run_round(small_england, small_register, folder)
    return folder, answer
