"""``travel matrix`` writes every pair with its band and source, or nothing at all."""

import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from commands import schoolhubs

POINTS = "id,lat,lon\nhull,53.745,-0.336\nhove,50.835,-0.171\nscilly,49.914,-6.315\n"
COLUMNS = ["from_id", "to_id", "minutes", "minutes_low", "minutes_high", "source"]


@pytest.fixture
def places(tmp_path: Path) -> Path:
    path = tmp_path / "places.csv"
    path.write_text(POINTS)
    return path


def test_every_pair_is_written_with_band_and_source(places: Path, tmp_path: Path) -> None:
    out = tmp_path / "minutes.csv"
    answer = schoolhubs("travel", "matrix", "--from", places, "--to", places, "--out", out)
    assert answer["pairs"] == 9
    assert answer["seconds"] > 0
    pairs = pl.read_csv(out)
    assert pairs.columns[:6] == COLUMNS
    assert pairs.height == 9
    same = pairs.filter(pl.col("from_id") == pl.col("to_id"))
    assert same["minutes"].to_list() == [0.0, 0.0, 0.0]
    far = pairs.filter((pl.col("from_id") == "hull") & (pl.col("to_id") == "hove"))
    assert 220 < far["minutes"].item() < 340
    assert far["minutes_low"].item() < far["minutes"].item() < far["minutes_high"].item()
    assert far["source"].item()


def test_scilly_has_no_minutes(places: Path, tmp_path: Path) -> None:
    out = tmp_path / "minutes.csv"
    answer = schoolhubs("travel", "matrix", "--from", places, "--to", places, "--out", out)
    scilly = pl.read_csv(out).filter(
        (pl.col("from_id") == "scilly") & (pl.col("to_id") != "scilly")
    )
    assert scilly["minutes"].null_count() == 2
    assert answer["unreachable"] == 4


def test_swapped_latitude_and_longitude_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "swapped.csv"
    path.write_text("id,lat,lon\nhull,-0.336,53.745\n")
    out = tmp_path / "minutes.csv"
    told = schoolhubs("travel", "matrix", "--from", path, "--to", path, "--out", out, code=3)
    assert told["problems"][0]["row"] == 2
    assert not out.exists()


def test_refused_places_end_as_every_refusal_does(tmp_path: Path) -> None:
    path = tmp_path / "swapped.csv"
    path.write_text("id,lat,lon\nhull,-0.336,53.745\n")
    words = ["travel", "matrix", "--from", path, "--to", path, "--out", tmp_path / "minutes.csv"]
    done = subprocess.run(
        [sys.executable, "-m", "schoolhubs", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    assert done.stderr.rstrip().endswith("Nothing was written.")
