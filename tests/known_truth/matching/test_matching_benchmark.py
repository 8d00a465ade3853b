"""The benchmark runs, on a small question, and exact methods agree with ours."""

import json
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]


def test_the_benchmark_agrees_with_exact_peers_on_a_small_round() -> None:
    command = [sys.executable, "-m", "benchmarks.matching", "--json", "--repeat", "1"]
    done = subprocess.run(
        [*command, "--schools", "300", "--hubs", "10"],
        cwd=PROJECT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for case in json.loads(done.stdout)["cases"]:
        assert case["exact_methods_agree"]
        ours, *others = case["methods"]
        assert ours["proof"].startswith("proven")
        assert ours["matched"] >= max(row["matched"] for row in others)
        assert all(run["is_proven_optimal"] for run in case["whole_round"])
        assert all(run["problems"] == 0 for run in case["whole_round"])
        assert all(run["price_of_stability"]["need"] <= 0 for run in case["whole_round"])
