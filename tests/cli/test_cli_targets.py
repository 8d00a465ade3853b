"""``targets fit``, ``expect``, ``explain`` and ``card`` on a synthetic England, end to end."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from commands import schoolhubs

COLUMNS = [
    "urn",
    "phase",
    "expected_percent",
    "target_percent",
    "low_percent",
    "high_percent",
    "chance_unaided",
]
UNTIL, YEAR = "2023/24", "2024/25"


@pytest.fixture(scope="module")
def made(small_england: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("targets")
    held = {name: folder / name for name in ("register", "model.json", "targets.csv")}
    day = "2025-09-01"
    schoolhubs("data", "build", "--from", small_england, "--on", day, "--out", held["register"])
    fitted = schoolhubs(
        "targets", "fit", "--register", held["register"], "--until", UNTIL, "--out",
        held["model.json"],
    )  # fmt: skip
    expected = schoolhubs(
        "targets", "expect", "--model", held["model.json"], "--register", held["register"],
        "--year", YEAR, "--out", held["targets.csv"],
    )  # fmt: skip
    return {**held, "fitted": fitted, "expected": expected}


def test_every_school_of_the_year_is_written(made: dict[str, Any]) -> None:
    table = pl.read_csv(made["targets.csv"], schema_overrides={"urn": pl.String})
    assert table.columns[:7] == COLUMNS
    assert table.height == made["expected"]["schools"] > 1_000
    assert table["urn"].is_unique().all()
    assert made["fitted"]["until"] == UNTIL
    special = table.filter(pl.col("phase") == "special")
    assert special.height > 0
    assert special["target_percent"].null_count() == special.height
    rest = table.filter((pl.col("phase") != "special") & pl.col("target_percent").is_not_null())
    assert (rest["target_percent"] <= rest["expected_percent"]).all()
    assert (rest["low_percent"] < rest["expected_percent"]).all()


def test_the_same_register_gives_the_same_bytes(made: dict[str, Any], tmp_path: Path) -> None:
    again = tmp_path / "again.json"
    schoolhubs("targets", "fit", "--register", made["register"], "--until", UNTIL, "--out", again)
    assert again.read_bytes() == made["model.json"].read_bytes()


def test_one_school_is_explained_with_pieces_that_add_up(made: dict[str, Any]) -> None:
    table = pl.read_csv(made["targets.csv"], schema_overrides={"urn": pl.String})
    urn = table.filter(pl.col("target_percent").is_not_null())["urn"][5]
    found = schoolhubs(
        "targets", "explain", "--model", made["model.json"], "--register", made["register"],
        "--urn", urn,
    )  # fmt: skip
    total = sum(each["points"] for each in found["contributions"])
    assert total == pytest.approx(found["expected_percent"] - found["phase_mean_percent"])
    assert urn not in {each["urn"] for each in found["comparators"]}


def test_the_card_is_of_that_model(made: dict[str, Any]) -> None:
    found = schoolhubs("targets", "card", "--model", made["model.json"])
    assert f"to {UNTIL}" in found["model_card"]
    assert found["transparency_record"]
