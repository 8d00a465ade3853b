"""Pupils of a synthetic England: how fast marks are made, and how like published ones they are.

``python -m benchmarks.pupils [--json] [--schools N] [--timed N] [--year YEAR]``

First the marks of 1,000 schools are written to a file in a process of its own, for the seconds and
the peak of its memory, and carried on to the 8.4 million pupils of a national year. Then a whole
England's marks are made, some schools at a time, and held against every published figure of both
profiles (acceptance tests T31, T32 and T34). Goals: a national year in under ten minutes and 2 GB;
no figure outside its tolerance.
"""

import argparse
import dataclasses
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.goals import Goal, judged
from schoolhubs import synthetic
from schoolhubs.synthetic import pupils
from schoolhubs.vocabulary.calendar import AcademicYear

WHOLE, NATIONAL_PUPILS = 22_000, 8_400_000
SEED = 2025
PUPILS_AT_A_TIME = 40_000
MOST_SECONDS, MOST_GB = 600, 2.0
WRITES = """
import json, resource, sys, time
from pathlib import Path
from schoolhubs import synthetic
from schoolhubs.synthetic import pupils
england = synthetic.imagine(seed=1, n_schools=int(sys.argv[2]))
few = synthetic.imagine(seed=2, n_schools=200)
pupils.write_marks(Path(sys.argv[1]).with_suffix(".first"), few)  # compiles what is compiled
began, worked = time.perf_counter(), time.process_time()
n = pupils.write_marks(Path(sys.argv[1]), england)
took, worked = time.perf_counter() - began, time.process_time() - worked
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"pupils": n, "seconds": took, "core_seconds": worked, "peak_gb": peak / 2**20}))
"""


def timed(n_schools: int) -> dict[str, Any]:
    """Write the marks of some schools in a fresh process."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "marks.parquet"
        done = subprocess.run(
            [sys.executable, "-c", WRITES, str(path), str(n_schools)],
            capture_output=True,
            check=True,
        )
        found = json.loads(done.stdout)
        found |= {"schools": n_schools, "bytes_a_pupil": path.stat().st_size / found["pupils"]}
    found["national_seconds"] = found["seconds"] / found["pupils"] * NATIONAL_PUPILS
    return found


def held(year: str, n_schools: int) -> dict[str, Any]:
    """Hold the marks of an England against what is published."""
    england = synthetic.imagine(seed=SEED, n_schools=n_schools, year=AcademicYear(year))
    schools = pupils.schools_with_marks(england)
    began = time.perf_counter()
    found = pupils.measure_pupils(pupils.maker_of(england), pupils.parts(schools, PUPILS_AT_A_TIME))
    return {
        "year": year,
        "schools": schools.height,
        "pupils": int(schools["enrolments"].sum()),
        "seconds": time.perf_counter() - began,
        "figures": [
            dataclasses.asdict(one)
            | {"is_met": one.is_met, "is_met_but_for_chance": one.is_met_but_for_chance}
            for one in found
        ],
    }


def goals(found: dict[str, Any]) -> list[Goal]:
    """Give the goals of a whole England."""
    made, out = found["made"], []
    if made["schools"] >= 1_000:
        out = [
            Goal(
                name="a national year of marks, carried on from fewer schools",
                measured=made["national_seconds"],
                limit=MOST_SECONDS,
                unit="s",
            ),
            Goal(name="peak of memory", measured=made["peak_gb"], limit=MOST_GB, unit="GB"),
        ]
    for one in found["held"]:
        if one["schools"] >= 0.9 * WHOLE:
            missed = [figure for figure in one["figures"] if not figure["is_met"]]
            name = f"figures outside tolerance, {one['year']}"
            out.append(Goal(name=name, measured=len(missed), limit=1, unit="figures"))
    return out


def main() -> int:
    """Print the tables, or with ``--json`` the object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--schools", type=int, default=WHOLE, help="schools of the England held")
    parser.add_argument("--timed", type=int, default=1_000, help="schools whose marks are timed")
    parser.add_argument("--year", action="append", help="2018/19, 2022/23 or both (default)")
    asked = parser.parse_args()
    years = asked.year or ["2018/19", "2022/23"]
    found = {"made": timed(asked.timed), "held": [held(year, asked.schools) for year in years]}
    lines, code = judged(goals(found))
    if asked.json:
        print(json.dumps(found, indent=2))
        return code
    made = found["made"]
    print(
        f"{made['schools']:,} schools, {made['pupils']:,} pupils: {made['seconds']:.1f} s, "
        f"{made['core_seconds']:.1f} s of one core, "
        f"{made['peak_gb']:.2f} GB, {made['bytes_a_pupil']:.0f} bytes a pupil on disk; "
        f"{NATIONAL_PUPILS:,} pupils at that pace: {made['national_seconds']:.0f} s"
    )
    for one in found["held"]:
        n_met = sum(figure["is_met"] for figure in one["figures"])
        print(
            f"\n{one['year']}: {one['schools']:,} schools, {one['pupils']:,} pupils, "
            f"{one['seconds']:.0f} s; {n_met} of {len(one['figures'])} figures as asked"
        )
        print("| test | figure | of | measured | asked | within | met |")
        print("|---|---|---|---|---|---|---|")
        for figure in one["figures"]:
            print(
                f"| {figure['test']} | {figure['figure']} | {figure['of']} "
                f"| {figure['measured']:.2f} | {figure['published']:.2f} "
                f"| {figure['within']:.2f} | {'yes' if figure['is_met'] else 'NO'} |"
            )
    print(lines)
    return code


if __name__ == "__main__":
    sys.exit(main())
