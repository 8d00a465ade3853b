"""``delivery schedule``: dates from a file, or why there are none."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from schoolhubs.cli.main import schoolhubs

HOW_TO = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "plan-support-days.md"


def given() -> dict[str, Any]:
    """Read the file that the how-to shows."""
    text = HOW_TO.read_text(encoding="utf-8")
    told: dict[str, Any] = json.loads(text.split("```json\n")[1].split("```")[0])
    return told


def run(folder: Path, told: Any, *more: str) -> Any:
    (folder / "hub.json").write_text(json.dumps(told))
    asked = ["delivery", "schedule", "--programme", "rise-hubs-2025", "--on", "2026-11-23"]
    return CliRunner().invoke(schoolhubs, [*asked, "--given", str(folder / "hub.json"), *more])


def test_the_file_of_the_how_to_gives_dates(tmp_path: Path) -> None:
    out = tmp_path / "dates.csv"
    done = run(tmp_path, given(), "--out", str(out), "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["outcome"] == "fits"
    assert len(told["visits"]) == 8
    assert out.read_text().splitlines()[0] == "partner,on,part,leader"
    assert {each["leader"] for each in told["visits"] if each["partner"] == "Elm School"} == {"Ben"}


def test_what_does_not_fit_says_why(tmp_path: Path) -> None:
    told = json.loads(run(tmp_path, {**given(), "days_left": 7}, "--json").stdout)
    assert told["outcome"] == "conflict"
    assert told["is_verified"]
    assert "The leaders of Ash School have 7 days left to give." in told["conflict"]
    assert sum(told["short"].values()) == 2


@pytest.mark.parametrize("wrong", [[], {"lead": {}}, {**given(), "partners": [{"name": "x"}]}])
def test_a_file_that_is_none_is_told(tmp_path: Path, wrong: Any) -> None:
    done = run(tmp_path, wrong)
    assert done.exit_code != 0
    assert "not as expected" in str(done.exception or done.output)
