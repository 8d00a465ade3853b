"""A whole round, from school register to written pack, on the full synthetic England.

``python -m benchmarks.round [--json] [--schools N]``

The goals stand in ``goals`` below, each printed beside its measurement; a miss ends with exit
code 1. They are for a quiet machine. Machines differ, so each stage is also given as a ratio to
reading the school register, which every round has to do and which touches the same rows.
"""

import argparse
import dataclasses
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.goals import Goal, judged
from schoolhubs import files, programmes, runs, schools, synthetic
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.records.matching import FloorGroup

PROGRAMME = "rise-hubs-2025"
N_SCHOOLS = 22_000
YEAR = AcademicYear("2024/25")


def measure(n_schools: int, folder: Path) -> dict[str, Any]:
    """Make an England, build its register, run one round; give seconds by stage."""
    rules = programmes.load(PROGRAMME).as_at(programmes.load(PROGRAMME).began_on.replace(year=2026))
    seconds: dict[str, float] = {}
    clock = time.perf_counter

    started = clock()
    synthetic.england(folder / "england", seed=1, n_schools=n_schools, year=YEAR)
    seconds["synthetic england"] = clock() - started

    started = clock()
    own = {"leads.csv", "applications.csv"}
    paths = [path for path in files.find([folder / "england"]) if path.name not in own]
    register = schools.build([files.read(path) for path in paths], on=rules.on)
    schools.write_register(register, folder / "register")
    seconds["data build"] = clock() - started

    started = clock()
    register = schools.read_register(folder / "register")
    seconds["read register"] = clock() - started

    order = runs.Order(
        rules=rules,
        register=register,
        leads=files.read_list(folder / "england" / "leads.csv", "leads"),
        applications=files.read_list(folder / "england" / "applications.csv", "applications"),
    )
    held, workings = runs.run_intake(order, clock=clock)
    seconds |= dict(held.timings)

    started = clock()
    runs.write_round(held, workings, folder / "round")
    seconds["pack"] = clock() - started
    apart = ("synthetic england", "data build")
    in_all, in_round = (
        sum(value for name, value in seconds.items() if name not in left) for left in ((), apart)
    )
    asked = dataclasses.replace(rules.matching, floor_group=FloorGroup.REGION, floor_share=0.8)
    floored = dataclasses.replace(order, rules=dataclasses.replace(rules, matching=asked))
    seconds["matching, floors"] = runs.run_intake(floored, clock=clock)[0].timings["matching"]
    return {
        "schools": n_schools,
        "applicants": held.summary()["applicants"],
        "hubs": held.leads.height,
        "matched": held.summary()["matched"],
        "is_proven_optimal": held.summary()["is_proven_optimal"],
        "seconds": seconds,
        "round_seconds": in_round,
        "whole_seconds": in_all,
    }


def goals(found: dict[str, Any]) -> tuple[Goal, ...]:
    """Hold a measurement at full size against what was promised; none at another size."""
    if found["schools"] != N_SCHOOLS:
        return ()
    seconds = found["seconds"]
    promised = (
        ("a synthetic England", seconds["synthetic england"], 60),
        ("eligibility of all applicants", seconds["eligibility"], 2),
        ("matching", seconds["matching"], 1),
        ("matching with regional floors", seconds["matching, floors"], 10),
        ("a round, register to pack", found["round_seconds"], 20),
        ("all that make run does, packages fetched", found["whole_seconds"], 180),
    )
    return tuple(
        Goal(name=name, measured=measured, limit=limit, unit="s")
        for name, measured, limit in promised
    )


def main() -> int:
    """Print the table, or with ``--json`` the object; give 1 if a goal was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--schools", type=int, default=N_SCHOOLS)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(asked.schools, Path(folder))
    held_to = goals(found)
    lines, code = judged(held_to)
    if asked.json:
        print(json.dumps({**found, "goals": [goal.as_dict() for goal in held_to]}, indent=2))
        return code
    one = found["seconds"]["read register"]
    print(
        f"{found['schools']:,} schools, {found['applicants']:,} applicants, {found['hubs']} hubs, "
        f"{found['matched']:,} matched, proved: {found['is_proven_optimal']}"
    )
    for name, value in found["seconds"].items():
        print(f"{name:<20} {value:8.2f} s {value / one:8.1f} × reading the register")
    print(f"{'register to pack':<20} {found['round_seconds']:8.2f} s")
    print(lines)
    return code


if __name__ == "__main__":
    sys.exit(main())
