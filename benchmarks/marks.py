"""100 million marks to absence by school, term and free school meals, beside what else could do it.

    python -m benchmarks.marks [--json] [--repeat N] [--pupils N] [--folder DIR] [--national]

The peers read one mark a row, and are asked for less: possible and missed sessions, enrolments and
persistent absentees. Ours gives every measure, twice: from weeks as they are stored and exchanged,
and from the packed half-terms that a store keeps for counting many schools, which are made
beforehand; making them is timed apart. The goals are for the second; the first stands beside it.
Seconds of both cores say most where the machine is busy with other things.
Every run is a process of its own, from the import of its library to the answer, in turns; peak
memory is the process's. All must give the same totals. Last stand the goals; a miss ends with
exit code 1.

``--national`` measures a year of 8.4 million pupils, 3.2 billion marks, made first; then reads the
same files' bytes once, and looks once at as many bytes in memory as there are marks, to say how far
from either the count is. It takes 8 GB of disk; ``--folder`` keeps what was made for another run.

DuckDB and Spark come with ``make bench``; a peer that is not installed is left out and named.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import util
from pathlib import Path
from typing import Any

from benchmarks.goals import Goal, judged

N_PUPILS, N_NATIONAL = 263_520, 8_400_000
CUTS = ["school", "term", "fsm"]
TOTALS = ("sess_possible", "sess_overall", "enrolments", "enrolments_pa_10_exact")
OURS = "schoolhubs, weeks"
PACKED = "schoolhubs, packed"
NEEDS = {"DuckDB, a mark a row": "duckdb", "Spark, a mark a row": "pyspark"}
CODES = "BENCHMARK_CODES"
MB = 1024.0


# --- what is measured, each in a process of its own -------------------------------------------


def ours(folder: Path) -> dict[str, int]:
    """Measure the weeks as any file of marks is measured."""
    from schoolhubs import attendance

    return _totals(attendance.measure(folder / "weeks", by=CUTS))


def ours_packed(folder: Path) -> dict[str, int]:
    """Measure what the store packed."""
    from schoolhubs import attendance

    return _totals(attendance.MarksStore(folder).measure(by=CUTS))


def _totals(found: Any) -> dict[str, int]:
    return {name: int(found[name].sum()) for name in TOTALS}


def codes() -> list[list[str]]:
    """Give the written codes of a possible session, and of a missed one."""
    from benchmarks.marks_made import FIRST_WEEK
    from schoolhubs import attendance

    table = attendance.coding.codes(FIRST_WEEK)
    return [
        [code.code for code in table.codes if code.letter in table.letters(column)]
        for column in ("sess_possible", "sess_overall")
    ]


def _told_codes() -> list[list[str]]:
    """Give the same as the parent told it, so that a peer imports nothing of ours."""
    told: list[list[str]] = json.loads(os.environ[CODES])
    return told


SQL = """
with pupils as (
  select urn, term, fsm, pupil, count_if(code in ({possible})) as possible,
    count_if(code in ({missed})) as missed
  from {marks} group by urn, term, fsm, pupil),
cells as (
  select urn, term, fsm, sum(possible) as sess_possible, sum(missed) as sess_overall,
    count_if(possible > 0) as enrolments,
    count_if(possible > 0 and 10 * missed >= possible) as enrolments_pa_10_exact
  from pupils group by urn, term, fsm)
select {totals} from cells
"""


def _sql(marks: str) -> str:
    possible, missed = (", ".join(f"'{code}'" for code in codes) for codes in _told_codes())
    totals = ", ".join(f"sum({name})" for name in TOTALS)
    return SQL.format(possible=possible, missed=missed, marks=marks, totals=totals)


def duckdb(folder: Path) -> dict[str, int]:
    """Ask DuckDB; its SQL is that of Spark."""
    import duckdb

    asked = _sql(f"read_parquet('{folder}/long/*.parquet')")
    row = duckdb.sql(asked).fetchall()[0]
    return dict(zip(TOTALS, map(int, row), strict=True))


def spark(folder: Path) -> dict[str, int]:
    """Ask Spark on both cores of this machine."""
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.driver.memory", "4g").config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "4").getOrCreate()
    )  # fmt: skip
    # In Spark's SQL a backslash in a literal is written twice.
    asked = _sql(f"parquet.`{folder}/long`").replace("'\\'", "'\\\\'")
    row = session.sql(asked).collect()[0]
    return dict(zip(TOTALS, map(int, row), strict=True))


def polars(folder: Path) -> dict[str, int]:
    """Ask polars, streaming."""
    import polars as pl

    possible, missed = _told_codes()
    pupils = (
        pl.scan_parquet(f"{folder}/long/*.parquet")
        .group_by("urn", "term", "fsm", "pupil")
        .agg(
            pl.col("code").is_in(possible).sum().alias("possible"),
            pl.col("code").is_in(missed).sum().alias("missed"),
        )
    )
    counts, over = pl.col("possible") > 0, 10 * pl.col("missed") >= pl.col("possible")
    cells = pupils.group_by("urn", "term", "fsm").agg(
        pl.col("possible").sum().alias("sess_possible"),
        pl.col("missed").sum().alias("sess_overall"),
        counts.sum().alias("enrolments"),
        (counts & over).sum().alias("enrolments_pa_10_exact"),
    )
    return _totals(cells.collect(engine="streaming"))


def read_once(folder: Path) -> dict[str, int]:
    """Read the bytes of the weeks' files and do nothing with them."""
    n_bytes, held = 0, bytearray(1 << 24)
    for path in sorted(folder.glob("weeks/*/*/*/marks.parquet")):
        with path.open("rb", buffering=0) as file:
            while n := file.readinto(held):
                n_bytes += n
    return {"bytes": n_bytes}


def look_once(folder: Path) -> dict[str, int]:  # noqa: ARG001 - called as the others are
    """Look once at as many bytes as a national year has marks."""
    import numpy as np

    block = np.full(1 << 28, 47, np.uint8)
    n_marks, seen = N_NATIONAL * 380, 0
    started = time.perf_counter()
    for first in range(0, n_marks, len(block)):
        seen += int(block[: n_marks - first].max() > 0) * len(block[: n_marks - first])
    return {"bytes": seen, "microseconds": int(1e6 * (time.perf_counter() - started))}


WAYS: dict[str, Callable[[Path], dict[str, int]]] = {
    OURS: ours, PACKED: ours_packed,
    "DuckDB, a mark a row": duckdb, "polars, a mark a row": polars, "Spark, a mark a row": spark,
    "the files' bytes, read once": read_once, "as many bytes in memory, looked at once": look_once,
}  # fmt: skip
PEERS = [name for name in WAYS if name.endswith("a mark a row")]


def run(name: str, folder: Path) -> dict[str, Any]:
    """Run one way in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.marks", "--only", name, "--folder", str(folder)]
    told = {**os.environ, CODES: json.dumps(codes())}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=told)
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr[-2000:]}")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def only(name: str, folder: Path) -> None:
    """Be that process: print seconds, seconds of both cores, peak memory and totals."""
    started = time.perf_counter()
    totals = WAYS[name](folder)
    wall = time.perf_counter() - started
    mine = ["self", *_children()]
    answer = {
        "seconds": wall,
        "core_seconds": sum(map(_core_seconds, mine)),
        "peak_mb": sum(map(_peak_mb, mine)),
        "totals": totals,
    }
    print(json.dumps(answer))


# Of the system's own account of a process: what getrusage tells holds the parent's peak too.


def _peak_mb(process: str) -> float:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("VmHWM")) / MB


def _core_seconds(process: str) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _children() -> list[str]:
    found = [path.read_text().split() for path in Path("/proc/self/task").glob("*/children")]
    return [child for each in found for child in each]


# --- what is made first -----------------------------------------------------------------------


def make(folder: Path, n_pupils: int, *, is_long: bool) -> float:
    """Make the marks if they are not there, packed too; gives the seconds that packing took."""
    from benchmarks import marks_made
    from schoolhubs import attendance

    if not (folder / "weeks").exists():
        marks_made.write_weeks(folder, n_pupils)
    if is_long and not (folder / "long").exists():
        marks_made.write_long(folder)
    started = time.perf_counter()
    n_packed = attendance.MarksStore(folder).pack()
    return time.perf_counter() - started if n_packed else 0.0


def hundred_million(folder: Path, n_pupils: int, repeat: int) -> dict[str, Any]:
    """Measure ours and the peers in turns; the median of each counts."""
    packing = make(folder, n_pupils, is_long=True)
    missing = [name for name, module in NEEDS.items() if util.find_spec(module) is None]
    names = [OURS, PACKED, *(name for name in PEERS if name not in missing)]
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    for k in range(repeat):
        for name in names:
            if k == 0 or not name.startswith("Spark"):
                runs[name].append(run(name, folder))
    said = {json.dumps(each["totals"], sort_keys=True) for all_ in runs.values() for each in all_}
    if len(said) > 1:
        raise SystemExit(f"The answers differ: {said}")
    rows = {name: _middle(each) for name, each in runs.items()}
    return {
        "rows": rows, "totals": json.loads(said.pop()), "not_installed": missing,
        "packing_seconds": packing, "marks": n_pupils * 380,
    }  # fmt: skip


def _middle(runs: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "seconds": statistics.median(each["seconds"] for each in runs),
        "fastest": min(each["seconds"] for each in runs),
        "core_seconds": statistics.median(each["core_seconds"] for each in runs),
        "peak_mb": max(each["peak_mb"] for each in runs),
        "runs": len(runs),
    }


def national(folder: Path, n_pupils: int) -> dict[str, Any]:
    """Measure a year of the whole country, from weeks and packed, and two limits below it."""
    packing = make(folder, n_pupils, is_long=False)
    limits = ["the files' bytes, read once", "as many bytes in memory, looked at once"]
    found = {name: run(name, folder) for name in (OURS, PACKED, *limits)}
    if found[OURS]["totals"] != found[PACKED]["totals"]:
        raise SystemExit("weeks and packed half-terms differ")
    looked = found[limits[1]]
    looked["seconds"] = looked["totals"]["microseconds"] / 1e6
    return {
        "rows": {name: _middle([each]) for name, each in found.items()},
        "totals": found[OURS]["totals"], "packing_seconds": packing, "marks": n_pupils * 380,
    }  # fmt: skip


# --- what is said -----------------------------------------------------------------------------


def goals(answer: dict[str, Any], *, is_national: bool) -> list[Goal]:
    """Hold the full sizes against what was promised."""
    rows = answer["rows"]
    if is_national:
        if answer["marks"] < N_NATIONAL * 380:
            return []
        return [
            Goal(name="a national year", measured=rows[OURS]["seconds"], limit=90, unit="s"),
            Goal(name="its memory", measured=rows[OURS]["peak_mb"], limit=4096, unit="MB"),
        ]
    if answer["marks"] < N_PUPILS * 380:
        return []
    best = min(row["seconds"] for name, row in rows.items() if name in PEERS)
    ours = rows[PACKED]
    return [
        Goal(name="100 million marks", measured=ours["seconds"], limit=2.5, unit="s"),
        Goal(name="their memory", measured=ours["peak_mb"], limit=300, unit="MB"),
        Goal(name="memory from weeks", measured=rows[OURS]["peak_mb"], limit=300, unit="MB"),
        Goal(
            name="the best peer's time over ours", measured=best / ours["seconds"], limit=2.5,
            unit="times", is_least=True,
        ),
    ]  # fmt: skip


def table(answer: dict[str, Any]) -> str:
    """Write the rows in columns."""
    base = answer["rows"][PACKED]
    head = (
        f"{'s':>8}{'fastest':>9}{'x packed':>10}{'core s':>9}{'x packed':>10}{'MB':>8}{'runs':>6}"
    )
    lines = [f"{'':42}{head}"]
    for name, row in answer["rows"].items():
        lines.append(
            f"{name:42}{row['seconds']:8.2f}{row['fastest']:9.2f}"
            f"{row['seconds'] / base['seconds']:10.2f}{row['core_seconds']:9.1f}"
            f"{row['core_seconds'] / base['core_seconds']:10.2f}"
            f"{row['peak_mb']:8.0f}{row['runs']:6}"
        )
    lines += [f"not installed: {name}" for name in answer.get("not_installed", ())]
    if answer["packing_seconds"]:
        lines.append(f"packing took {answer['packing_seconds']:.1f} s")
    return "\n".join(lines)


def main() -> int:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--national", action="store_true")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--pupils", type=int)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--only", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.only:
        only(asked.only, asked.folder)
        return 0
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as made:
        folder = asked.folder or Path(made)
        if asked.national:
            answer = national(folder, asked.pupils or N_NATIONAL)
        else:
            answer = hundred_million(folder, asked.pupils or N_PUPILS, asked.repeat)
    met = goals(answer, is_national=asked.national)
    lines, code = judged(met)
    machine = {
        "processors": os.cpu_count(),
        "python": platform.python_version(),
        "load_before": load,
    }
    if asked.json:
        print(json.dumps({**answer, "goals": [each.as_dict() for each in met], "machine": machine}))
        return code
    print(
        f"{answer['marks']:,} marks by {', '.join(CUTS)}; load {load:.1f} on {os.cpu_count()} cores"
    )
    print(f"{table(answer)}\n{lines}")
    return code


if __name__ == "__main__":
    sys.exit(main())
