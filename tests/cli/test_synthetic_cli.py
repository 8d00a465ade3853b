"""``synthetic england``: keys, exit codes, one seed one England, nothing half written."""

import json
import signal
import subprocess
import sys
import time

import polars as pl
import pytest

from schoolhubs import attendance
from schoolhubs.cli import main

FEW = ("--schools", "200")


@pytest.fixture
def run(capsys, monkeypatch):
    """Run the command as the terminal would; give its exit code, output and talk."""

    def call(*arguments):
        words = ["synthetic", "england", *map(str, arguments)]
        monkeypatch.setattr("sys.argv", ["schoolhubs", *words])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(words)
        said = capsys.readouterr()
        return ended.value.code, said.out, said.err

    return call


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_answer_has_the_schools_and_the_files_that_are_there(run, tmp_path):
    code, out, _ = run("--out", tmp_path / "deep" / "er", "--seed", 1, *FEW, "--json")

    answer = json.loads(out)
    assert code == 0
    assert set(answer) == {"schools", "files"}
    assert answer["schools"] == 200
    assert answer["files"] == sorted(contents(tmp_path / "deep" / "er"))
    assert {"leads.csv", "applications.csv", "england_census_201819.csv"} <= set(answer["files"])


def test_without_json_it_says_what_it_wrote_and_where(run, tmp_path):
    code, out, _ = run("--out", tmp_path, "--seed", 1, *FEW)

    first, *files = out.splitlines()
    assert code == 0
    assert first == f"200 open synthetic schools in {len(contents(tmp_path))} files:"
    assert [line.strip() for line in files] == [
        str(tmp_path / n) for n in sorted(contents(tmp_path))
    ]


def test_one_seed_is_one_england_and_another_seed_another(run, tmp_path):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        assert run("--out", tmp_path / name, "--seed", seed, *FEW)[0] == 0

    first, again, other = (contents(tmp_path / name) for name in "abc")
    assert first == again
    assert first.keys() == other.keys()
    assert [name for name in first if first[name] == other[name]] == []


def test_the_year_is_the_last_of_seven_with_absence(run, tmp_path):
    _, out, _ = run("--out", tmp_path, "--seed", 1, *FEW, "--year", "2022/23", "--json")

    years = [n[-10:-4] for n in json.loads(out)["files"] if n.startswith("ees_absence")]
    assert years == ["201314", "201415", "201516", "201617", "201718", "201819", "202223"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--seed", "1"), "Missing option '--out'"),
        (("--out", "x"), "Missing option '--seed'"),
        (("--out", "x", "--seed", "one"), "'one' is not a valid integer"),
        (("--out", "x", "--seed", "-1"), "whole number from 0"),
        (("--out", "x", "--seed", "1", "--schools", "199"), "choose 200 to 35,000"),
        (("--out", "x", "--seed", "1", "--schools", "35001"), "choose 200 to 35,000"),
        (("--out", "x", "--seed", "1", "--year", "2020/21"), "There is no level of absence"),
        (("--out", "x", "--seed", "1", "--year", "2018"), "2018"),
    ],
)
def test_wrong_usage_exits_2_and_writes_nothing(run, tmp_path, monkeypatch, arguments, says):
    monkeypatch.chdir(tmp_path)

    code, out, err = run(*arguments)

    assert code == 2
    assert says in err
    assert out == ""
    assert contents(tmp_path) == {}


@pytest.mark.parametrize("out", ["file", "file/below"])
def test_a_file_where_the_folder_should_be_exits_2_and_stays(run, tmp_path, out):
    (tmp_path / "file").write_text("mine")

    code, _, err = run("--out", tmp_path / out, "--seed", 1, *FEW)

    assert code == 2
    assert "file" in err
    assert contents(tmp_path) == {"file": b"mine"}


def test_an_england_of_another_year_is_refused_and_stays(run, tmp_path):
    run("--out", tmp_path, "--seed", 1, *FEW, "--year", "2017/18")
    before = contents(tmp_path)

    code, _, err = run("--out", tmp_path, "--seed", 1, *FEW)

    assert code == 4
    assert "Choose an empty folder" in err
    assert contents(tmp_path) == before


def test_the_same_england_is_replaced_and_other_files_are_let_be(run, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    run("--out", tmp_path, "--seed", 1, *FEW)
    first = contents(tmp_path)

    code, _, _ = run("--out", tmp_path, "--seed", 2, *FEW)

    second = contents(tmp_path)
    assert code == 0
    assert second.keys() == first.keys()
    assert [name for name in first if first[name] == second[name]] == ["notes.txt"]


def test_ctrl_c_while_it_writes_leaves_the_older_england_whole(run, tmp_path):
    run("--out", tmp_path, "--seed", 1, *FEW)
    before = contents(tmp_path)
    words = ("synthetic", "england", "--out", str(tmp_path), "--seed", "2", "--schools", "3000")
    process = subprocess.Popen(
        [sys.executable, "-m", "schoolhubs", *words], stderr=subprocess.PIPE, text=True
    )
    # The files are made in a hidden folder beside; some are there, and some are not.
    ends = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < ends:
        if len(list(tmp_path.glob(".synthetic-*/*"))) >= 3:
            process.send_signal(signal.SIGINT)
            break
        time.sleep(0.01)

    _, err = process.communicate(timeout=60)

    assert process.returncode == 130, err
    assert "Nothing was left half written" in err
    assert contents(tmp_path) == before


def test_with_pupils_there_are_marks_to_measure_by_every_cut(run, tmp_path):
    code, out, _ = run(
        "--out", tmp_path, "--seed", 1, *FEW, "--year", "2022/23", "--pupils", "--json"
    )

    assert code == 0
    assert "marks.parquet" in json.loads(out)["files"]
    found = attendance.measure(tmp_path / "marks.parquet", by=("term", "fsm", "sen", "ehc", "sex"))
    assert found["term"].unique().sort().to_list() == ["autumn", "spring", "summer"]
    published = pl.read_csv(tmp_path / "ees_absence_3term_202223.csv", infer_schema=False)
    whole = published.row(0, named=True)
    assert attendance.measure(tmp_path / "marks.parquet")["enrolments"].item() == pytest.approx(
        int(whole["enrolments"]), abs=0
    )
