"""The marks of the benchmark hold every code, and every way of counting them agrees."""

import datetime as dt
import json
import os
import subprocess
import sys
from importlib import util
from pathlib import Path

from schoolhubs import attendance

PROJECT = Path(__file__).resolve().parents[3]
CODE = """
import json, os, sys
from pathlib import Path
import polars as pl
from benchmarks import marks, marks_made
from schoolhubs import attendance
from schoolhubs.attendance import weeks
folder = Path(sys.argv[1])
marks_made.write_weeks(folder, 500)
marks_made.write_long(folder)
attendance.MarksStore(folder).pack()
os.environ[marks.CODES] = json.dumps(marks.codes())
held = weeks.read_marks(folder).select(pl.col("marks").str.join("")).collect().item()
names = sys.argv[2].split(";")
answers = {name: marks.WAYS[name](folder) for name in names}
print(json.dumps({"letters": sorted(set(held)), "answers": answers}))
"""


def test_the_marks_hold_every_code_and_every_count_of_them_agrees(tmp_path: Path) -> None:
    ways = ["schoolhubs, weeks", "schoolhubs, packed", "polars, a mark a row"]
    ways += ["DuckDB, a mark a row"] if util.find_spec("duckdb") else []
    done = subprocess.run(
        [sys.executable, "-c", CODE, str(tmp_path), ";".join(ways)],
        cwd=PROJECT, capture_output=True, text=True, check=False, env=dict(os.environ),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert set(found["letters"]) == set(attendance.coding.codes(dt.date(2024, 9, 2)).all_letters)
    (expected,) = {json.dumps(each) for each in found["answers"].values()}
    assert json.loads(expected)["enrolments_pa_10_exact"] > 0
    assert len(found["answers"]) == len(ways)
