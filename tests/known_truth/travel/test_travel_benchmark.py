"""The benchmark of travel runs, on a small case, and measures what it says."""

import json
import subprocess
import sys
from typing import Any

import pytest
import yaml

CONSTANTS = "src/schoolhubs/travel/data/constants.yaml"


def measured(pytestconfig: pytest.Config, *options: str, code: int = 0) -> Any:
    command = [sys.executable, "-m", "benchmarks.travel", "--json", *options]
    done = subprocess.run(
        command, cwd=pytestconfig.rootpath, capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout) if code == 0 else done.stderr


def test_a_small_case_has_a_fresh_process_and_two_peers(pytestconfig: pytest.Config) -> None:
    told = measured(pytestconfig, "--starts", "400", "--ends", "20")
    (case,) = told["cases"].values()
    assert case["pairs"] == 8_000
    assert len(case["seconds"]) == 4
    assert min(case["seconds"].values()) > 0
    warm, fresh, *_ = case["seconds"].values()
    assert warm < fresh < 10, "a quarter of a second on a quiet machine"
    stored = yaml.safe_load((pytestconfig.rootpath / CONSTANTS).read_text(encoding="utf-8"))
    assert told["error_percent"]["median"] == stored["errors_on_unseen_hospitals"]["median"]


def test_half_a_case_is_refused(pytestconfig: pytest.Config) -> None:
    assert "go together" in measured(pytestconfig, "--starts", "400", code=2)
