"""``schoolhubs instrument``: exit codes, JSON and words."""

import json
from pathlib import Path

import pytest

from schoolhubs import diagnosis
from schoolhubs.cli import main
from schoolhubs.diagnosis.instruments.loading import DEFINITIONS


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stopped:
        main(["instrument", *arguments])
    said = capsys.readouterr()
    return int(stopped.value.code or 0), said.out, said.err


def test_the_list_names_every_instrument(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "list", "--json")
    listed = json.loads(out)["instruments"]
    assert code == 0
    assert tuple(each["instrument_id"] for each in listed) == diagnosis.instruments()
    assert run(capsys, "list")[1].count("\n") == len(listed)


def test_an_instrument_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    path = str(DEFINITIONS / "staff-survey" / "1.0.yaml")
    code, out, _ = run(capsys, "check", path, "--json")
    said = json.loads(out)
    assert (code, said["problems"], said["items"], said["reversed"]) == (0, [], 16, 1)
    assert run(capsys, "check", "staff-survey")[:2] == (
        0, "staff-survey 1.0: 16 items, all in order.\n",
    )  # fmt: skip
    assert run(capsys, "check", str(DEFINITIONS))[0] == 0


def test_faults_are_listed_with_their_place(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "ours.yaml"
    text = (DEFINITIONS / "staff-survey" / "1.0.yaml").read_text()
    path.write_text(text.replace("feeds: places_unsafe", "feeds: gloom"))
    code, out, err = run(capsys, "check", str(path), "--json")
    (problem,) = json.loads(out)["problems"]
    assert code == 3
    assert problem["code"] == "unknown_root_cause"
    assert problem["row"] == text[: text.index("feeds: places_unsafe")].count("\n") + 1
    assert "there is no root cause 'gloom'" in err


def test_a_path_to_nothing_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "check", "nowhere.yaml")
    assert code == 3
    assert "nowhere.yaml" in err
