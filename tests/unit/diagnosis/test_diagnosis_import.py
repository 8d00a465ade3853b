"""What importing the diagnosis loads: every process of the service pays for it as it starts."""

import subprocess
import sys

HEAVY = ("pandas", "scipy.stats", "statsmodels")
TOLD = "import sys; from schoolhubs import diagnosis; {}print(*(n for n in {} if n in sys.modules))"


def loaded(then: str = "") -> list[str]:
    said = [sys.executable, "-c", TOLD.format(then, HEAVY)]
    return subprocess.run(said, capture_output=True, text=True, check=True).stdout.split()


def test_importing_the_diagnosis_loads_no_library_of_statistics() -> None:
    assert loaded() == []


def test_a_library_of_statistics_would_be_seen() -> None:
    assert "scipy.stats" in loaded("import scipy.stats; ")
