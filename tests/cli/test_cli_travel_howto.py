"""The how-to about travel, followed as it stands: its lists, its command, what it says of them."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def blocks(pytestconfig: pytest.Config) -> dict[str, list[str]]:
    text = (pytestconfig.rootpath / "docs/how-to/travel.md").read_text(encoding="utf-8")
    found: dict[str, list[str]] = {}
    for kind, block in BLOCK.findall(text):
        found.setdefault(kind, []).append(block)
    return found


@pytest.fixture
def minutes(blocks: dict[str, list[str]], tmp_path: Path) -> pl.DataFrame:
    """Do what the page says."""
    partners, leads, _ = blocks["csv"]
    (tmp_path / "partners.csv").write_text(partners, encoding="utf-8")
    (tmp_path / "leads.csv").write_text(leads, encoding="utf-8")
    words = shlex.split(blocks["sh"][0])
    assert words[0].endswith("schoolhubs")
    command = [sys.executable, "-m", "schoolhubs", *words[1:]]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return pl.read_csv(tmp_path / "minutes.csv")


def test_the_page_does_what_it_says(blocks: dict[str, list[str]], minutes: pl.DataFrame) -> None:
    assert minutes.columns == blocks["csv"][2].strip().split(",")
    by_pair = {(row["from_id"], row["to_id"]): row for row in minutes.iter_rows(named=True)}
    assert len(by_pair) == 6
    borderline = by_pair["exeter", "truro"]
    assert borderline["minutes_low"] <= 120 < borderline["minutes_high"]
    assert {pair for pair, row in by_pair.items() if row["is_ferry"]} == {
        ("newport", "truro"),
        ("newport", "southampton"),
    }
    assert {start for (start, _), row in by_pair.items() if row["minutes"] is None} == {"hugh-town"}


def test_the_refit_takes_the_options_named(
    blocks: dict[str, list[str]], pytestconfig: pytest.Config
) -> None:
    words = shlex.split(blocks["sh"][1])
    assert words[1] == "scripts/fit_travel.py"
    done = subprocess.run(
        [sys.executable, words[1], "--help"],
        cwd=pytestconfig.rootpath,
        capture_output=True,
        text=True,
        check=True,
    )
    for option in [*(word for word in words if word.startswith("--")), "--keep-zones"]:
        assert option in done.stdout
