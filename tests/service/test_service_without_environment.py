"""Without its environment every command of the service says what is missing, and nothing else."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    "command", [["audit", "verify"], ["serve", "--data", "data", "--port", "8172"]]
)
def test_what_is_missing_is_said_in_words(tmp_path: Path, command: list[str]) -> None:
    kept_out = ("SCHOOLHUBS_", "DATABASE_URL", "DJANGO_")
    bare = {name: value for name, value in os.environ.items() if not name.startswith(kept_out)}
    done = subprocess.run(
        [sys.executable, "-m", "schoolhubs", *command],
        cwd=tmp_path, env=bare, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "SCHOOLHUBS_HOSTS: Field required" in done.stderr
    assert "docs/reference/settings.md says what each variable is for." in done.stderr
    assert "Traceback" not in done.stderr
