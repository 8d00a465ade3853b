"""What the tutorial from the match to the first review has people type works, less the service."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

PROJECT = Path(__file__).resolve().parents[2]
PAGE = PROJECT / "docs" / "tutorials" / "diagnosis-to-plan.md"
SCRIPT = "scripts/answer_a_survey.py"


def typed(words: str) -> list[list[str]]:
    """Give the lines of the page that begin so, as words."""
    blocks = re.findall(r"^```sh\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    return [shlex.split(line) for line in lines if line.startswith(f".venv/bin/{words}")]


def run(*words: str, at: Path, code: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, *words], cwd=at, capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder in which everybody's answers were drawn, as the page says."""
    made: Path = tmp_path_factory.mktemp("tutorial")
    for words in typed(f"python {SCRIPT} draw"):
        run(str(PROJECT / SCRIPT), *words[2:], at=made)
    return made


def test_the_answers_that_are_drawn_are_scored_as_the_page_says(folder: Path) -> None:
    (words,) = typed("schoolhubs survey score")
    run("-m", "schoolhubs", *("900001" if each == "URN" else each for each in words[1:]), at=folder)
    scores = pl.read_csv(folder / "output" / "pupils" / "scored" / "scores.csv")
    whole = scores.filter(pl.col("kind") == "scale", pl.col("cut") == "all")
    assert whole["n_answered"].min() > 250  # type: ignore[operator]
    assert whole.sort("value")["measure"][0] == "routines", "lessons begin badly"


def test_answers_are_sent_to_this_machine_alone(folder: Path) -> None:
    """Nobody fills a real survey with invented answers."""
    (first, *_) = typed(f"python {SCRIPT} send")
    elsewhere = ["https://hubs.example" if "127.0.0.1" in each else each for each in first[2:]]
    said = run(str(PROJECT / SCRIPT), *elsewhere, at=folder, code=1)
    assert "for a demonstration on this machine" in said
