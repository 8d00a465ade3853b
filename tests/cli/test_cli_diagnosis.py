"""``schoolhubs diagnosis draft`` in a terminal: the same answer as the function, and its faults."""

import json
from pathlib import Path

import pytest

import finding
from schoolhubs import diagnosis
from schoolhubs.cli.main import main
from schoolhubs.vocabulary.records.diagnosis import Diagnosis


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["diagnosis", "draft", *map(str, arguments)])
    return int(ended.value.code or 0)


def test_the_command_gives_what_the_function_gives(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = finding.folder(
        tmp_path / "in", pupils_scores=finding.scores("pupils", ["felt_safe"]),
        barriers_csv="root_cause,extent\ntransport,The last bus leaves at three\n",
    )  # fmt: skip
    assert run("--inputs", at, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    found = diagnosis.diagnose(diagnosis.finding.read_inputs(at))
    assert told.pop("digest") == found.digest
    assert Diagnosis.from_dict(told) == found

    assert run("--inputs", at) == 0
    words = capsys.readouterr().out
    assert "There are places and times in which pupils do not feel safe (likely)" in words
    assert "Transport: The last bus leaves at three." in words
    assert "No marks of this school were there" in words


def test_faults_are_listed_with_the_code_for_data(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = finding.folder(tmp_path / "in", marks_json="no", school_json="{}")
    assert run("--inputs", at, "--json") == 3
    told = json.loads(capsys.readouterr().out)
    assert len(told["problems"]) == 3
