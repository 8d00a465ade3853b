"""The commands refuse what the readers refuse: exit code 3, the same words, nothing written."""

import hashlib
import json

import pytest

from gallery import broken_lists
from gallery.broken_packing import gigabyte
from gallery.cases import OURS, PUBLISHED, each
from gallery.making import Broken, absence, gias, problems_of

BY_COMMAND = [case for case in PUBLISHED if case.by_command]
OPTION = {"leads", "applications", "partnerships", "overrides"}
LISTS = [case for case in broken_lists.CASES if case.reader in OPTION]


def contents(folder):
    """Give the digest of every file in a folder."""
    return {
        path.relative_to(folder): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def build(run, tmp_path):
    """Build a register of a good list of schools and of further files."""
    good = tmp_path / "good.csv"
    good.write_text(gias({"URN": "900009"}))

    def call(*sources, out=tmp_path / "register"):
        options = ("--on", "2018-09-01", "--out", out, "--json")
        return run("data", "build", "--from", good, *sources, *options)

    return call


@each(BY_COMMAND)
def test_data_build_refuses_it_and_writes_nothing(case, build, tmp_path):
    path = case.make(tmp_path)

    code, out, err = build(path)

    told = problems_of(out)
    assert code == 3
    assert err.startswith(path.name)
    assert err.rstrip().endswith("Nothing was written.")
    assert all(words in err for words in case.says)
    assert not OURS.search(err), err
    assert (told[0]["code"], told[0]["row"]) == (case.code, case.row)
    assert all(problem["file"] == path.name and problem["remedy"] for problem in told)
    assert not (tmp_path / "register").exists()
    assert not list(tmp_path.glob(".*"))  # nor anything half written beside it


@each(LISTS)
def test_a_round_refuses_the_list_and_writes_nothing(case: Broken, round_on, tmp_path):
    path = case.make(tmp_path)

    code, out, err = round_on(tmp_path / "round", f"--{case.reader}", path)

    assert code == 3
    assert err.startswith(path.name)
    assert all(words in err for words in case.says)
    assert not OURS.search(err), err
    assert problems_of(out)[0]["code"] == case.code
    assert err.rstrip().endswith("Nothing was written.")
    assert err.count("Nothing was") == 1
    assert not (tmp_path / "round").exists()


def test_a_register_that_stands_is_left_as_it_was(build, tmp_path):
    good, bad = tmp_path / "absence.csv", tmp_path / "bad.csv"
    good.write_text(absence())
    bad.write_text(absence({"sess_overall": 76001}))
    assert build(good)[0] == 0
    before = contents(tmp_path / "register")

    code, _, _ = build(bad)

    assert code == 3
    assert before
    assert contents(tmp_path / "register") == before


def test_faults_of_several_files_are_told_together(build, tmp_path):
    (tmp_path / "a.csv").write_text(absence({"sess_overall": 76001}))
    (tmp_path / "b.csv").write_bytes(b"")
    gigabyte(tmp_path)

    code, out, err = build(tmp_path / "a.csv", tmp_path / "b.csv", tmp_path / "huge.csv")

    assert code == 3
    assert {problem["file"] for problem in problems_of(out)} == {"a.csv", "b.csv", "huge.csv"}
    assert err.count("Nothing was written.") == 1


def test_two_files_of_one_year_and_series_that_differ_are_both_named(build, tmp_path):
    (tmp_path / "first.csv").write_text(absence())
    (tmp_path / "second.csv").write_text(absence({"sess_overall_percent": 6.0}))

    code, out, err = build(tmp_path / "first.csv", tmp_path / "second.csv")

    assert code == 3
    assert "first.csv and second.csv give different absence for 2017/18 (census)" in err
    assert "Give only the file that should count." in err
    assert problems_of(out)[0]["urn"] == "900001"
    assert not (tmp_path / "register").exists()


def test_two_files_of_one_year_and_series_that_agree_are_one(build, tmp_path):
    (tmp_path / "first.csv").write_text(absence())
    (tmp_path / "second.csv").write_text(absence().replace("\n", "\r\n"))

    assert build(tmp_path / "first.csv", tmp_path / "second.csv")[0] == 0


def test_figures_without_a_list_of_schools_are_refused(run, tmp_path):
    (tmp_path / "absence.csv").write_text(absence())

    code, _, err = run(
        *("data", "build", "--from", tmp_path / "absence.csv"),
        *("--on", "2018-09-01", "--out", tmp_path / "register"),
    )

    assert code == 3
    assert "none of the files lists schools" in err
    assert "such as the full GIAS extract" in err
    assert not (tmp_path / "register").exists()


def test_a_folder_with_nothing_in_it_is_refused(run, tmp_path):
    (tmp_path / "in").mkdir()

    code, _, err = run(
        *("data", "build", "--from", tmp_path / "in"),
        *("--on", "2018-09-01", "--out", tmp_path / "register"),
    )

    assert code == 3
    assert f"there is no data file in {tmp_path / 'in'}" in err
    assert "Names of data files end in .csv" in err
    assert err.rstrip().endswith("Nothing was written.")


def test_a_folder_with_nothing_in_it_cannot_be_inspected(run, tmp_path):
    (tmp_path / "read me.md").write_text("Nothing here.")

    code, out, err = run("data", "inspect", tmp_path, "--json")

    assert code == 3
    assert problems_of(out)[0]["code"] == "empty_folder"
    assert f"there is no data file in {tmp_path}" in err


@pytest.mark.parametrize("name", ["none.csv", "loop.csv"])
def test_a_path_that_leads_nowhere_is_wrong_usage(name, build, tmp_path):
    (tmp_path / "loop.csv").symlink_to(tmp_path / "loop.csv")

    code, _, err = build(tmp_path / name)

    assert code == 2
    assert f"There is no file or folder {tmp_path / name}" in err
    assert "Check how it is spelt" in err


def test_an_unknown_file_in_a_folder_is_passed_over_and_named(build, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "rain.csv").write_text("town,rainfall\nAlston,1200\n")

    code, out, _ = build(tmp_path / "in")

    assert code == 0
    assert "no published layout has the header town, rainfall" in problems_of(out)[0]["fault"]


@pytest.mark.parametrize(
    ("option", "text", "code", "says"),
    [
        (
            "overrides",
            "kind,partner_urn,lead_urn\npin,900999,900011\n",
            "impossible_pin",
            "900999 is pinned to 900011, but it is not among the partners to be matched",
        ),
        (
            "overrides",
            "kind,partner_urn,lead_urn\npin,900002,900999\n",
            "impossible_pin",
            "900002 is pinned to 900999, but 900999 is not a lead school of this round",
        ),
        (
            "overrides",
            "kind,partner_urn,lead_urn\npin,900002,900001\npin,900002,900011\n",
            "pinned_twice",
            "900002 is pinned to more than one lead: 900001, 900011",
        ),
        (
            "partnerships",
            "partner_urn,lead_urn,pathway,started_on\n900002,900999,enhanced,2025-09-01\n",
            "partnership_of_unknown_lead",
            "a partnership with 900002 runs at 900999, which is not a lead school here",
        ),
    ],
)
def test_lists_that_contradict_the_round_are_refused(option, text, code, says, round_on, tmp_path):
    (tmp_path / "leads.csv").write_text("urn\n900001\n900011\n")
    (tmp_path / "list.csv").write_text(text)

    exit_code, out, err = round_on(
        *(tmp_path / "round", "--leads", tmp_path / "leads.csv"),
        *(f"--{option}", tmp_path / "list.csv"),
    )

    assert exit_code == 3
    assert says in err
    assert (problems_of(out)[0]["file"], problems_of(out)[0]["row"]) == ("list.csv", 2)
    assert problems_of(out)[0]["code"] == code
    assert problems_of(out)[0]["remedy"]
    assert err.rstrip().endswith("Nothing was written.")
    assert err.count("Nothing was") == 1
    assert not (tmp_path / "round").exists()


def test_an_answer_that_cannot_be_read_is_told_with_the_name_of_its_file(round_on, tmp_path):
    (tmp_path / "leads.csv").write_text("urn\n900001\n900011\n")
    (tmp_path / "asked.csv").write_text("urn,pathway\n900002,golden\n")

    code, out, err = round_on(
        *(tmp_path / "round", "--leads", tmp_path / "leads.csv"),
        *("--applications", tmp_path / "asked.csv"),
    )

    assert code == 3
    assert err.startswith("asked.csv, row 2")
    assert problems_of(out)[0]["code"] == "unknown_pathway"


def test_leads_nobody_knows_take_no_part_and_are_counted(round_on, tmp_path):
    (tmp_path / "leads.csv").write_text("urn\n900001\n900999\n")

    code, out, _ = round_on(tmp_path / "round", "--leads", tmp_path / "leads.csv")

    assert code == 0
    assert any("is not in the school register: 900999" in note for note in json.loads(out)["notes"])
