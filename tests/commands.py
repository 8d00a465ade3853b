"""Calls the command line as a person would, in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ON = "2026-01-29"
# What `round run --json` and a round's own summary hold at least; relied on from outside.
ROUND_KEYS = {
    "applicants",
    "eligible",
    "not_eligible",
    "cannot_tell",
    "matched",
    "unmatched",
    "already_placed",
    "waiting_for_trust_match",
    "total_minutes",
    "lower_bound_minutes",
    "gap_percent",
    "is_proven_optimal",
    "exceptions_over_limit",
    "travel_minutes",
    "seconds",
}


def schoolhubs(*arguments: object, code: int = 0) -> dict[str, Any]:
    """Call the command line with --json in a process of its own and give its object."""
    done = subprocess.run(
        [sys.executable, "-m", "schoolhubs", *map(str, arguments), "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def run_round(england: Path, register: Path, folder: Path, *more: object) -> dict[str, Any]:
    """Run a round of the newest programme on the lists of a synthetic England."""
    return schoolhubs(
        *("round", "run", "--programme", "rise-hubs-2025", "--register", register),
        *("--leads", england / "leads.csv", "--applications", england / "applications.csv"),
        *("--on", ON, "--out", folder, *more),
    )
