"""``attendance profile``: what a school's marks show, as the file a diagnosis is drafted from."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import finding
from schoolhubs import attendance, diagnosis
from schoolhubs.cli.main import schoolhubs
from schoolhubs.vocabulary.errors import UsageError


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("marks")
    attendance.MarksStore(folder).append(finding.marks(pupils=150, weeks=4, friday=0.2))
    return folder


def run(store: Path, out: Path, *more: str, urn: str = finding.URN) -> Result:
    words = ["--marks", str(store), "--urn", urn, "--out", str(out), *more]
    return CliRunner().invoke(schoolhubs, ["attendance", "profile", *words])


def test_the_file_is_what_the_pages_show_and_a_diagnosis_reads(store: Path, tmp_path: Path) -> None:
    told: dict[str, Any] = json.loads(run(store, tmp_path / "in", "--json").stdout)
    kept = json.loads((tmp_path / "in" / "marks.json").read_text())
    found = diagnosis.finding.marked.found_in(store, finding.URN)
    assert kept == json.loads(json.dumps(found))
    (whole,) = [each for each in kept["tables"]["year_group"] if each["year_group"] == "all"]
    assert told["sess_overall_percent"] == whole["sess_overall_percent"] > 0
    assert (told["year"], told["n_weeks"]) == ("2025/26", 4)
    (tmp_path / "in" / "school.json").write_text(
        json.dumps({"urn": finding.URN, "setting": "mainstream"})
    )
    drafted = diagnosis.diagnose(diagnosis.finding.read_inputs(tmp_path / "in"))
    assert "marks.json" in {each.name for each in drafted.inputs}
    fridays = [evidence.text for each in drafted.findings for evidence in each.evidence]
    assert any("Friday" in text for text in fridays), fridays


def test_words_tell_the_same_figures(store: Path, tmp_path: Path) -> None:
    told = json.loads(run(store, tmp_path / "in", "--json").stdout)
    said = run(store, tmp_path / "in").stdout
    assert f"4 weeks: absence {told['sess_overall_percent']} %" in said


def test_a_school_without_marks_is_told_what_to_do(store: Path, tmp_path: Path) -> None:
    done = run(store, tmp_path / "in", urn="900002")
    assert isinstance(done.exception, UsageError)
    assert "attendance read" in str(done.exception)
    assert not (tmp_path / "in").exists()
