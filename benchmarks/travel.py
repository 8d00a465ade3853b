"""Minutes for a whole country, beside the plainest formulas anyone would write.

``python -m benchmarks.travel [--json] [--starts N] [--ends N]``

Goal: 22,000 starts to 2,000 ends in under 1 s. Each row is also given as a ratio to the first
peer in the same run, since machines differ. The errors are those measured on hospitals that the
fit never saw, shipped beside the constants, with the published two-speed formula's beside them.
"""

import argparse
import json
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


def measure(n_starts: int, n_ends: int) -> dict[str, Any]:
    """Time the product and its peers on one pair of lists."""
    starts, ends = points(n_starts, 1), points(n_ends, 2)
    travel.between(starts.head(10), ends.head(10))  # reads the constants once
    taken = {
        "schoolhubs, two-speed with settlement and water": seconds(
            lambda: travel.between(starts, ends)
        ),
        "numpy haversine, detour and one speed": seconds(lambda: haversine(starts, ends)),
        "scipy cdist on a flat map, one speed": seconds(lambda: straight(starts, ends)),
    }
    stored = resources.files("schoolhubs.travel").joinpath("data/constants.yaml")
    errors = yaml.safe_load(stored.read_text(encoding="utf-8"))["errors_on_unseen_hospitals"]
    return {
        "pairs": n_starts * n_ends,
        "seconds": taken,
        "error_percent": {name: errors[name] for name in PUBLISHED},
        "published_error_percent": PUBLISHED,
    }


def main() -> None:
    """Print the table, or with ``--json`` the object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--starts", type=int, default=22_000)
    parser.add_argument("--ends", type=int, default=2_000)
    asked = parser.parse_args()
    found = measure(asked.starts, asked.ends)
    if asked.json:
        print(json.dumps(found, indent=2))
        return
    print(f"{found['pairs']:,} pairs")
    own = next(iter(found["seconds"].values()))
    for name, value in found["seconds"].items():
        print(f"{name:<50} {value:7.2f} s  {value / own:6.2f} × ours")
    for name, value in found["error_percent"].items():
        print(f"{name:<8} error {value:5.1f} %, published formula {PUBLISHED[name]:5.1f} %")


if __name__ == "__main__":
    main()
