"""Benchmarks hold each goal beside its measurement, and a miss is told by the exit code."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[3]


def measured(code: str, *arguments: str) -> Any:
    """Run a line in a process that stands in the project, as ``python -m benchmarks`` does."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=PROJECT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


# Every case in one process: a benchmark takes seconds to import.
JUDGED = """
import importlib, json, sys
from benchmarks.goals import judged
told = []
for name, found in json.loads(sys.argv[1]):
    goals = tuple(importlib.import_module(f"benchmarks.{name}").goals(found))
    told.append([[goal.name for goal in goals if not goal.is_met], judged(goals)[1]])
print(json.dumps(told))
"""
WHOLE = {
    "schools": 22_000,
    "round_seconds": 4.0,
    "whole_seconds": 20.0,
    "seconds": {
        "synthetic england": 8.0,
        "eligibility": 0.4,
        "matching": 0.5,
        "matching, floors": 1.0,
    },
}


# What a benchmark found otherwise than it should, and the goals that are missed by it.
ROUNDS: list[tuple[dict[str, Any], list[str]]] = [
    ({}, []),
    ({"round_seconds": 20.0}, ["a round, register to pack"]),
    ({"whole_seconds": 181.0}, ["all that make run does, packages fetched"]),
    ({"seconds": {**WHOLE["seconds"], "matching": 1.0}}, ["matching"]),
    (
        {"seconds": {**WHOLE["seconds"], "matching, floors": 10.5}},
        ["matching with regional floors"],
    ),
    ({"schools": 800, "round_seconds": 99.0}, []),
]


def case(**change: Any) -> dict[str, Any]:
    run = {"is_proven_optimal": True, "problems": 0}
    return {
        "case": "c",
        "schools": 5_500,
        "hubs": 90,
        "methods": [{"proof": "proven: bound = value", "matched": 540}, {"matched": 540}],
        "exact_methods_agree": True,
        "times_faster_than_it": 6.0,
        "whole_round": [
            {**run, "floors": "none", "seconds": 0.3},
            {**run, "floors": "region", "seconds": 2.0},
        ],
    } | change


MATCHINGS: list[tuple[dict[str, Any], list[str]]] = [
    ({}, []),
    ({"times_faster_than_it": 4.9}, ["c: faster than the fastest exact peer"]),
    ({"exact_methods_agree": False}, ["c: proven, as exact methods have it"]),
    ({"hubs": 10, "times_faster_than_it": 1.0}, []),
]


def test_each_missed_goal_is_named_and_ends_with_1() -> None:
    asked = [("round", WHOLE | change, missed) for change, missed in ROUNDS]
    asked += [("matching", case(**change), missed) for change, missed in MATCHINGS]
    told = measured(JUDGED, json.dumps([(name, found) for name, found, _ in asked]))
    assert told == [[missed, int(bool(missed))] for _, _, missed in asked]


def test_the_round_benchmark_runs_whole_on_a_small_england() -> None:
    code = "from benchmarks import round; raise SystemExit(round.main())"
    found = measured(code, "--json", "--schools", "800")
    assert found["is_proven_optimal"] is True
    assert found["matched"] > 0
    assert found["seconds"].keys() >= WHOLE["seconds"].keys()
    assert found["whole_seconds"] > found["round_seconds"]
    assert found["goals"] == []
