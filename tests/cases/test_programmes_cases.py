"""Every definition's own cases, and the controls that show they can fail."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from schoolhubs import programmes, runs

IDS = programmes.list_ids()


@pytest.fixture
def copy(tmp_path: Path) -> Callable[[str], Path]:
    """Give a writable copy of a definition."""

    def make(programme_id: str) -> Path:
        folder = tmp_path / programme_id
        shutil.copytree(programmes.load(programme_id).folder, folder)
        return folder

    return make


@pytest.mark.parametrize("programme_id", IDS)
def test_a_definition_passes_its_own_cases_and_tries_every_threshold(programme_id: str) -> None:
    problems = runs.check_programme(programmes.load(programme_id).folder)
    assert [str(problem) for problem in problems] == []


@pytest.mark.parametrize(
    ("programme_id", "file", "old", "new"),
    [
        ("rise-hubs-2025", "eligibility.yaml", "{2025-05-01: 1.0}", "{2025-05-01: 1.01}"),
        ("rise-hubs-2025", "eligibility.yaml", "{2025-05-01: 5.0}", "{2025-05-01: 4.9}"),
        ("behaviour-hubs-2021", "eligibility.yaml", "{2021-04-01: 3}", "{2021-04-01: 4}"),
        ("behaviour-hubs-2021", "eligibility.yaml", "value: [3], source", "value: [2, 3], source"),
        ("behaviour-hubs-2021", "eligibility.yaml", "until_on: 2022-09-01", "until_on: 2022-08-31"),
        ("special-ap-hubs-example", "eligibility.yaml", "kind: at_most", "kind: at_least"),
        ("special-ap-hubs-example", "eligibility.yaml", "{2026-01-01: 6}", "{2026-01-01: 5}"),
    ],
)  # fmt: skip
def test_a_moved_threshold_fails_a_case(
    copy: Callable[[str], Path], programme_id: str, file: str, old: str, new: str
) -> None:
    folder = copy(programme_id)
    text = (folder / file).read_text()
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1))
    codes = {problem.code for problem in runs.check_programme(folder)}
    assert "case_fails" in codes


@pytest.mark.parametrize("side", ["below", "at", "above", "missing", "inside", "outside"])
def test_a_side_nobody_tries_is_told(copy: Callable[[str], Path], side: str) -> None:
    folder = copy("rise-hubs-2025")
    path = folder / "cases" / "eligibility.yaml"
    path.write_text(re.sub(rf"    about: .*\n    side: {side}\n", "", path.read_text()))
    faults = [
        problem.fault
        for problem in runs.check_programme(folder)
        if problem.code == "untried_threshold"
    ]
    assert faults
    assert all(f"with side {side}" in fault for fault in faults)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("is_open: false", "is_opened: false", "no column 'is_opened'"),
        ("about: open", "about: opening", "no threshold 'opening'"),
        ("{enhanced: no, regional: no}", "{golden: no}", "no pathway 'golden'"),
        ("because: open", "because: region", "is no because of open"),
        ("absence_percent: 9.49", "absence_percent: 9.0", "lies -0.5 from the threshold"),
        ("side: inside", "side: beside", "'beside' is not taken here"),
        ("expect: {enhanced: yes", "expect: {enhanced: perhaps", "'perhaps' is not taken here"),
    ],
)
def test_a_bad_case_is_told(copy: Callable[[str], Path], old: str, new: str, words: str) -> None:
    folder = copy("rise-hubs-2025")
    path = folder / "cases" / "eligibility.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    problems = runs.check_programme(folder)
    told = [problem for problem in problems if words in problem.fault]
    assert told, [str(problem) for problem in problems]
    assert told[0].file == "cases/eligibility.yaml"
    assert told[0].row is not None


@pytest.mark.parametrize("programme_id", IDS)
def test_cases_cover_predecessors_middle_schools_and_eras(programme_id: str) -> None:
    cases = [case for one in programmes.load(programme_id).cases for case in one["cases"]]
    schools = [case.get("school", {}) for case in cases]
    assert any(school.get("phase") == "middle_deemed_primary" for school in schools)
    assert any("cannot tell" in case["expect"].values() for case in cases)
    if programme_id != "special-ap-hubs-example":  # which asks nothing of inspections
        eras = {school.get("inspection_framework") for school in schools}
        assert {"no_overall_grade", "report_card"} <= eras
        assert any(school.get("is_inspection_of_predecessor") for school in schools)


@pytest.mark.parametrize(
    ("programme_id", "old", "new"),
    [
        ("behaviour-hubs-2021", "{2021-04-01: 30}", "{2021-04-01: 31}"),
        ("behaviour-hubs-2021", "{2021-04-01: 0.8}", "{2021-04-01: 0.81}"),
        ("behaviour-hubs-2021", "{2021-04-01: terms_completed}", "{2021-04-01: nothing}"),
        ("behaviour-hubs-2021", "{2021-04-01: at_end}", "{2021-04-01: after_first_year}"),
        ("behaviour-hubs-2021", "{2020-02-28: 3}", "{2020-02-28: 2}"),
        ("rise-hubs-2025", "{2025-05-01: 25000}", "{2025-05-01: 25001}"),
        ("rise-hubs-2025", "{2025-09-01: 15000}", "{2025-09-01: 15002}"),
        ("special-ap-hubs-example", "{2026-01-01: 0.5}", "{2026-01-01: 0.6}"),
    ],
)
def test_a_moved_rule_of_money_fails_a_case(
    copy: Callable[[str], Path], programme_id: str, old: str, new: str
) -> None:
    folder = copy(programme_id)
    text = (folder / "money.yaml").read_text()
    assert old in text
    (folder / "money.yaml").write_text(text.replace(old, new, 1))
    found = [each for each in runs.check_programme(folder) if each.code == "case_fails"]
    assert {each.file for each in found} == {"cases/money.yaml"}


def test_a_rule_of_money_that_nobody_tries_is_told(copy: Callable[[str], Path]) -> None:
    folder = copy("behaviour-hubs-2021")
    path = folder / "cases" / "money.yaml"
    path.write_text(path.read_text().replace("about: withdrawal", "about: participation"))
    (found,) = runs.check_programme(folder)
    assert found.code == "untried_money"
    assert "withdrawal" in found.fault


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("{2025-09-01: 1612900}", "{2025-09-01: 1612904}", "the whole programme has"),
        ("{2025-09-01: after_each_term}", "{2025-09-01: now_and_then}", "is not taken here"),
        ("values: {2025-05-01: 1}", "values: {2025-05-01: 0}", "cannot be for 0 years"),
    ],
)
def test_money_that_makes_no_sense_is_told(
    copy: Callable[[str], Path], old: str, new: str, words: str
) -> None:
    folder = copy("rise-hubs-2025")
    text = (folder / "money.yaml").read_text()
    assert old in text
    (folder / "money.yaml").write_text(text.replace(old, new, 1))
    (found,) = runs.check_programme(folder)
    assert words in found.fault
    assert found.file == "money.yaml"
