"""Minutes for a whole country, beside the plainest formulas anyone would write.

``python -m benchmarks.travel [--json] [--starts N --ends N]``

Goal: 22,000 starts to 2,000 ends in under 1 s, the first call of a fresh process too (imports left
out). Beside it stands a round, 5,500 to 90. Each row is also given as a ratio to ours in the same
run, since machines differ. The errors are those measured on hospitals that the
fit never saw, shipped beside the constants, with the published two-speed formula's beside them.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable
from importlib import resources
from typing import Any

import numpy as np
import polars as pl
import yaml
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from schoolhubs import travel

PUBLISHED = {"median": 8.9, "p90": 22.5, "bias": 1.3}  # the two-speed formula on unseen hospitals
DETOUR, KM_AN_HOUR = 1.3, 60.0
CASES = {"a country": (22_000, 2_000), "a round": (5_500, 90)}
FIRST_CALL = """
import time
from benchmarks.travel import points
from schoolhubs import travel
starts, ends = points({starts}, 1), points({ends}, 2)
began = time.perf_counter()
travel.between(starts, ends)
print(time.perf_counter() - began)
"""


def points(n: int, seed: int) -> pl.DataFrame:
    """Draw places from where people live; none is a real school."""
    rng = np.random.default_rng(seed)
    lat, lon = rng.uniform(51.2, 53.8, n), rng.uniform(-2.4, 0.2, n)
    return pl.DataFrame({"id": [str(index) for index in range(n)], "lat": lat, "lon": lon})


def _flat(places: pl.DataFrame) -> NDArray[np.float64]:
    lat, lon = places["lat"].to_numpy(), places["lon"].to_numpy()
    return np.column_stack([111.2 * lat, 111.2 * lon * np.cos(np.radians(52.5))])


def haversine(starts: pl.DataFrame, ends: pl.DataFrame) -> NDArray[np.float64]:
    """Estimate with a detour factor and one speed, all in numpy."""
    lat, lon = np.radians(starts["lat"].to_numpy()), np.radians(starts["lon"].to_numpy())
    to_lat, to_lon = np.radians(ends["lat"].to_numpy()), np.radians(ends["lon"].to_numpy())
    half = np.sin((lat[:, None] - to_lat) / 2) ** 2 + np.cos(lat)[:, None] * np.cos(
        to_lat
    ) * np.square(np.sin((lon[:, None] - to_lon) / 2))
    return np.asarray(2 * 6371.0 * np.arcsin(np.sqrt(half)) * DETOUR / KM_AN_HOUR * 60)


def straight(starts: pl.DataFrame, ends: pl.DataFrame) -> NDArray[np.float64]:
    """Estimate on a flat map with scipy's distances."""
    return np.asarray(cdist(_flat(starts), _flat(ends)) * DETOUR / KM_AN_HOUR * 60)


def seconds(call: Callable[[], object], repeats: int = 3) -> float:
    """Give the shortest of a few runs, which the machine's other work disturbs least."""
    taken = []
    for _ in range(repeats):
        started = time.perf_counter()
        call()
        taken.append(time.perf_counter() - started)
    return min(taken)


def first_call(n_starts: int, n_ends: int, repeats: int = 3) -> float:
    """Time the first call of a fresh process: files read, grids laid, nothing yet in any cache."""
    code = FIRST_CALL.format(starts=n_starts, ends=n_ends)
    command = [sys.executable, "-c", code]
    told = [subprocess.run(command, capture_output=True, check=True) for _ in range(repeats)]
    return min(float(done.stdout) for done in told)


def measure(n_starts: int, n_ends: int) -> dict[str, Any]:
    """Time the product and its peers on one pair of lists."""
    starts, ends = points(n_starts, 1), points(n_ends, 2)
    travel.between(starts.head(10), ends.head(10))  # reads the constants once
    taken = {
        "schoolhubs, two-speed with settlement and water": seconds(
            lambda: travel.between(starts, ends)
        ),
        "the same, first call of a fresh process": first_call(n_starts, n_ends),
        "numpy haversine, detour and one speed": seconds(lambda: haversine(starts, ends)),
        "scipy cdist on a flat map, one speed": seconds(lambda: straight(starts, ends)),
    }
    return {"starts": n_starts, "ends": n_ends, "pairs": n_starts * n_ends, "seconds": taken}


def errors() -> dict[str, float]:
    """Read the errors on unseen hospitals from beside the shipped constants, percent."""
    stored = resources.files("schoolhubs.travel").joinpath("data/constants.yaml")
    told = yaml.safe_load(stored.read_text(encoding="utf-8"))["errors_on_unseen_hospitals"]
    return {name: told[name] for name in PUBLISHED}


def main() -> None:
    """Print the table, or with ``--json`` the object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--starts", type=int, help="measure one case of your own")
    parser.add_argument("--ends", type=int)
    asked = parser.parse_args()
    if (asked.starts is None) != (asked.ends is None):
        parser.error("--starts and --ends go together")
    cases = CASES if asked.starts is None else {"your own": (asked.starts, asked.ends)}
    found = {name: measure(*sizes) for name, sizes in cases.items()}
    if asked.json:
        told = {"cases": found, "error_percent": errors(), "published_error_percent": PUBLISHED}
        print(json.dumps(told, indent=2))
        return
    for name, case in found.items():
        print(f"{name}: {case['starts']:,} to {case['ends']:,}, {case['pairs']:,} pairs")
        own = next(iter(case["seconds"].values()))
        for row, value in case["seconds"].items():
            print(f"  {row:<50} {value:8.3f} s  {value / own:6.2f} × ours")
    for name, error in errors().items():
        print(f"{name:<8} error {error:5.1f} %, published formula {PUBLISHED[name]:5.1f} %")


if __name__ == "__main__":
    main()
