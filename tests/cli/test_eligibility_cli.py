"""``schoolhubs eligibility check`` on a small school register."""

import datetime
import json
from pathlib import Path

import polars as pl
import pytest

from schoolhubs import schools
from schoolhubs.cli import main
from schoolhubs.schools.register import PHASE_FIGURES, QUALITY
from schoolhubs.vocabulary import frames

ON = datetime.date(2018, 9, 1)


@pytest.fixture
def register(tmp_path: Path) -> Path:
    """Write a register of two schools: one Good, one converted from a Good predecessor."""
    plain = {
        "school_name": "A school",
        "region": "London",
        "establishment_type": "Academy converter",
        "phase": "secondary",
        "is_state_funded": True,
        "is_open": True,
        "is_placed_at_successor": False,
        "is_context_later": False,
        "n_pupils": 900,
    }
    rows = [
        {**plain, "urn": "900001"},
        {**plain, "urn": "900002", "predecessor_urns": ["900003"]},
        {**plain, "urn": "900003", "is_open": False, "successor_urns": ["900002"]},
    ]
    inspected = [
        {
            "urn": urn,
            "inspected_on": datetime.date(2016, 5, 4),
            "framework": "overall_grades",
            "overall_grade": 2,
            "known_by": datetime.date(2016, 6, 30),
            "source": "Ofsted, test file",
        }
        for urn in ("900001", "900003")
    ]
    link = {
        "urn": "900002",
        "link_urn": "900003",
        "link_kind": "predecessor",
        "established_on": datetime.date(2017, 9, 1),
    }
    held = schools.SchoolRegister(
        on=ON,
        schools=frames.SCHOOLS.fill(pl.DataFrame(rows, infer_schema_length=None)),
        absence=frames.ABSENCE.empty(),
        inspections=frames.INSPECTIONS.fill(pl.DataFrame(inspected)),
        links=frames.LINKS.fill(pl.DataFrame([link])),
        trusts=frames.TRUSTS.empty(),
        phase_figures=PHASE_FIGURES.empty(),
        quality=QUALITY.empty(),
        sources=(),
    )
    schools.write_register(held, tmp_path / "register")
    return tmp_path / "register"


def run(capsys: pytest.CaptureFixture[str], register: Path, *more: str) -> tuple[int, str, str]:
    arguments = ["eligibility", "check", "--programme", "behaviour-hubs-2021"]
    arguments += ["--register", str(register), "--on", "2018-09-01", *more]
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    said = capsys.readouterr()
    return int(stopped.value.code or 0), said.out, said.err


def test_the_json_contract(capsys: pytest.CaptureFixture[str], register: Path) -> None:
    code, out, err = run(capsys, register, "--urn", "900001", "--json")
    said = json.loads(out)
    assert code == 0
    assert said["urn"] == "900001"
    assert [each["pathway"] for each in said["pathways"]] == ["core", "extended", "multi_school"]
    keys = {"rule", "verdict", "value", "threshold", "source", "would_pass_if"}
    for pathway in said["pathways"]:
        assert pathway["verdict"] in {"yes", "no", "cannot tell"}
        assert all(keys <= set(reason) for reason in pathway["reasons"])
    assert said["pathways"][0]["verdict"] == "yes"
    assert said["are_answers_assumed"] is True
    assert said["is_rehearsal"] is True
    assert "assumed" in err
    assert "rehearsal" in err


def test_a_converted_academy_by_its_predecessor(
    capsys: pytest.CaptureFixture[str], register: Path
) -> None:
    code, out, _ = run(capsys, register, "--urn", "900002", "--json")
    reasons = {one["rule"]: one for one in json.loads(out)["pathways"][0]["reasons"]}
    assert code == 0
    assert reasons["ofsted_grade"]["value"] == "Good"
    assert "of its predecessor, URN 900003" in reasons["ofsted_grade"]["source"]


def test_answers_of_an_application(
    capsys: pytest.CaptureFixture[str], register: Path, tmp_path: Path
) -> None:
    path = tmp_path / "answers.csv"
    path.write_text("urn,leadership_capacity,ready_to_change,n_senior_leaders\n900001,yes,yes,2\n")
    code, out, err = run(capsys, register, "--urn", "900001", "--applications", str(path), "--json")
    said = json.loads(out)
    reasons = {one["rule"]: one for one in said["pathways"][0]["reasons"]}
    assert code == 0
    assert said["are_answers_assumed"] is False
    assert reasons["senior_leaders"]["verdict"] == "no"
    assert "assumed" not in err


def test_words_for_people(capsys: pytest.CaptureFixture[str], register: Path) -> None:
    code, out, _ = run(capsys, register, "--urn", "900003")
    assert code == 0
    assert "core: no" in out
    assert "would pass if it applied under the URN of its successor, 900002" in out


def test_an_unknown_school(capsys: pytest.CaptureFixture[str], register: Path) -> None:
    code, out, err = run(capsys, register, "--urn", "900009")
    assert code == 3
    assert out == ""
    assert "no school with URN 900009" in err


def test_a_number_that_is_no_urn(capsys: pytest.CaptureFixture[str], register: Path) -> None:
    code, _, err = run(capsys, register, "--urn", "12")
    assert code == 3
    assert "six digits" in err


def test_without_a_list_of_leads_the_rule_not_asked_is_named(
    capsys: pytest.CaptureFixture[str], register: Path, tmp_path: Path
) -> None:
    _, out, err = run(capsys, register, "--urn", "900001", "--json")
    assert json.loads(out)["rules_not_asked"] == ["not_a_lead"]
    assert "Not asked, as --leads names no list of lead schools: The school does not lead" in err
    leads = tmp_path / "leads.csv"
    leads.write_text("urn\n900001\n")
    _, out, err = run(capsys, register, "--urn", "900001", "--leads", str(leads), "--json")
    said = json.loads(out)
    assert said["rules_not_asked"] == []
    assert said["pathways"][0]["verdict"] == "no"
    assert "Not asked" not in err


def test_a_register_of_another_day(capsys: pytest.CaptureFixture[str], register: Path) -> None:
    code, out, err = run(capsys, register, "--urn", "900001", "--on", "2019-01-07")
    assert code == 0
    assert out
    assert "built as at 2018-09-01, the rules are asked for 2019-01-07" in err


@pytest.mark.parametrize(
    ("row", "is_lead"),
    [
        ("behaviour-hubs-2021,900001,,", True),
        (",900001,,", True),
        ("rise-hubs-2025,900001,,", False),
        ("behaviour-hubs-2021,900001,2018-09-02,", False),
        ("behaviour-hubs-2021,900001,,2018-09-01", False),
    ],
)
def test_a_lead_of_another_programme_or_time_is_no_lead(
    register: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], row: str, is_lead: bool
) -> None:
    leads = tmp_path / "leads.csv"
    leads.write_text(f"programme_id,urn,leads_from,leads_until\n{row}\n")
    _, out, _ = run(capsys, register, "--urn", "900001", "--leads", str(leads), "--json")
    said = {
        reason["verdict"]
        for pathway in json.loads(out)["pathways"]
        for reason in pathway["reasons"]
        if reason["rule"] == "not_a_lead"
    }
    assert said == {"no" if is_lead else "yes"}
