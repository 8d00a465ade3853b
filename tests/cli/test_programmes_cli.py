"""``schoolhubs programme``: exit codes, JSON and words."""

import json
import shutil
from pathlib import Path

import pytest

from schoolhubs import programmes
from schoolhubs.cli import main


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stopped:
        main([*arguments])
    said = capsys.readouterr()
    return int(stopped.value.code or 0), said.out, said.err


def test_list(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "programme", "list", "--json")
    listed = [each["programme_id"] for each in json.loads(out)["programmes"]]
    assert code == 0
    assert listed == ["behaviour-hubs-2021", "rise-hubs-2025", "special-ap-hubs-example"]


@pytest.mark.parametrize("programme_id", programmes.list_ids())
def test_show(capsys: pytest.CaptureFixture[str], programme_id: str) -> None:
    code, out, _ = run(capsys, "programme", "show", programme_id, "--on", "2026-01-05")
    assert code == 0
    assert "ASSUMED" in out
    code, out, _ = run(capsys, "programme", "show", programme_id, "--on", "2026-01-05", "--json")
    shown = json.loads(out)
    assert code == 0
    assert all({"path", "unit", "values", "in_force"} <= set(one) for one in shown["settings"])
    assert shown["on"] == "2026-01-05"


def test_show_of_an_unknown_programme(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "programme", "show", "nothing")
    assert code == 3
    assert out == ""
    assert "rise-hubs-2025" in err


def test_show_of_a_folder_without_a_slash_says_how_to_name_it(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(programmes.load("rise-hubs-2025").folder, tmp_path / "my-folder")
    monkeypatch.chdir(tmp_path)
    code, _, err = run(capsys, "programme", "show", "my-folder")
    assert code == 3
    assert "For the folder of that name write ./my-folder." in err
    assert run(capsys, "programme", "show", "./my-folder")[0] == 0


@pytest.mark.parametrize("given", ["29/01/2026", "2026", "tomorrow"])
def test_a_date_that_cannot_be_read_is_told_in_our_words(
    capsys: pytest.CaptureFixture[str], given: str
) -> None:
    code, out, err = run(capsys, "programme", "show", "rise-hubs-2025", "--on", given)
    assert (code, out) == (2, "")
    assert f"--on is '{given}'" in err
    assert "such as 2018-09-01" in err


def test_check_of_a_copy_warns_that_its_id_is_taken(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = tmp_path / "my-own"
    shutil.copytree(programmes.load("rise-hubs-2025").folder, folder)
    code, out, err = run(capsys, "programme", "check", str(folder), "--json")
    assert code == 0
    assert "rise-hubs-2025 is also the id of a programme that comes with the project" in err
    assert len(json.loads(out)["warnings"]) == 1
    path = folder / "programme.yaml"
    path.write_text(path.read_text().replace("programme_id: rise-hubs-2025", "programme_id: mine"))
    code, out, err = run(capsys, "programme", "check", str(folder), "--json")
    assert (code, err, json.loads(out)["warnings"]) == (0, "", [])


def test_check_of_a_good_definition(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "programme", "check", "rise-hubs-2025", "--json")
    assert (code, err) == (0, "")
    assert json.loads(out)["problems"] == []
    assert json.loads(out)["cases"] >= 40


def test_check_of_a_bad_definition(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    folder = tmp_path / "bad"
    shutil.copytree(programmes.load("rise-hubs-2025").folder, folder)
    path = folder / "money.yaml"
    path.write_text(path.read_text().replace("unit: pence", "unit: pounds", 1))
    code, out, err = run(capsys, "programme", "check", str(folder))
    assert code == 3
    assert out == ""
    assert err.splitlines()[0] == (
        "money.yaml, row 4: money.grant.maximum_grant_pence.unit (column 5): "
        "'pounds' is not taken here."
    )


def test_diff(capsys: pytest.CaptureFixture[str]) -> None:
    dates = ("--from", "2026-01-28", "--to", "2026-01-29")
    code, out, _ = run(capsys, "programme", "diff", "rise-hubs-2025", *dates, "--json")
    (change,) = json.loads(out)["changes"]
    assert code == 0
    assert change["path"] == "programme.hub_counts"
    assert (change["earlier"]["value"], change["later"]["value"]) == (57, 93)
    code, out, _ = run(capsys, "programme", "diff", "rise-hubs-2025", *dates)
    assert "57 hubs" in out
    assert "93 hubs" in out


def test_diff_of_dates_the_wrong_way_round(capsys: pytest.CaptureFixture[str]) -> None:
    dates = ("--from", "2026-01-29", "--to", "2026-01-28")
    code, _, err = run(capsys, "programme", "diff", "rise-hubs-2025", *dates)
    assert code == 2
    assert "swap them" in err
