"""A whole round, from school register to written pack, on the full synthetic England.

``python -m benchmarks.round [--json] [--schools N]``

The goal is a round of about 5,500 applicants and 90 hubs in under 20 s, of which matching under
1 s. Machines differ, so each stage is also given as a ratio to reading the school register, which
every round has to do and which touches the same rows.
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from schoolhubs import files, programmes, runs, schools, synthetic
from schoolhubs.vocabulary.calendar import AcademicYear

PROGRAMME = "rise-hubs-2025"
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
        leads=files.read_leads(folder / "england" / "leads.csv"),
        applications=files.read_applications(folder / "england" / "applications.csv"),
    )
    held, workings = runs.run_intake(order, clock=clock)
    seconds |= dict(held.timings)

    started = clock()
    runs.write_round(held, workings, folder / "round")
    seconds["pack"] = clock() - started
    apart = ("synthetic england", "data build")
    return {
        "schools": n_schools,
        "applicants": held.summary()["applicants"],
        "hubs": held.leads.height,
        "matched": held.summary()["matched"],
        "is_proven_optimal": held.summary()["is_proven_optimal"],
        "seconds": seconds,
        "round_seconds": sum(value for name, value in seconds.items() if name not in apart),
    }


def main() -> None:
    """Print the table, or with ``--json`` the object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--schools", type=int, default=22_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(asked.schools, Path(folder))
    if asked.json:
        print(json.dumps(found, indent=2))
        return
    one = found["seconds"]["read register"]
    print(
        f"{found['schools']:,} schools, {found['applicants']:,} applicants, {found['hubs']} hubs, "
        f"{found['matched']:,} matched, proved: {found['is_proven_optimal']}"
    )
    for name, value in found["seconds"].items():
        print(f"{name:<20} {value:8.2f} s {value / one:8.1f} × reading the register")
    print(f"{'register to pack':<20} {found['round_seconds']:8.2f} s")


if __name__ == "__main__":
    sys.exit(main())
