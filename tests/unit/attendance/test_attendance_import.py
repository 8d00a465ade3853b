"""What importing the package loads: whoever counts marks pays for every library each time."""

import subprocess
import sys

HEAVY = ["scipy", "duckdb", "ibis", "numba", "statsmodels", "pyspark"]
TOLD = (
    "import sys; from schoolhubs import attendance; {}print(*(n for n in {} if n in sys.modules))"
)


def loaded(then: str = "") -> list[str]:
    said = [sys.executable, "-c", TOLD.format(then, HEAVY)]
    return subprocess.run(said, capture_output=True, text=True, check=True).stdout.split()


def test_importing_attendance_loads_no_heavy_library() -> None:
    assert loaded() == []


def test_a_heavy_library_would_be_seen() -> None:
    assert loaded("import scipy; ") == ["scipy"]
