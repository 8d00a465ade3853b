"""``attendance measure`` writes the measures and tells their totals, or writes nothing."""

import datetime as dt
from pathlib import Path

import polars as pl

from commands import schoolhubs
from marking import marks_of, week
from schoolhubs import disclosure

ROWS = [
    week(urn="900001", pupil=1, fsm=True, marks="/\\/\\/\\/\\/I"),
    week(urn="900001", pupil=2, fsm=False, marks="/\\/\\/\\/\\/\\"),
    week(urn="900002", pupil=1, fsm=True, marks="OOOOO/pE.."),
]


def test_the_measures_are_written_and_their_totals_told(tmp_path: Path) -> None:
    marks, out = tmp_path / "weeks.csv", tmp_path / "measures.csv"
    marks_of(ROWS).write_csv(marks)
    command = ("attendance", "measure", "--marks", marks, "--by", "school,term,fsm", "--out", out)
    answer = schoolhubs(*command)
    assert answer["marks"] == 28
    assert (answer["sess_possible"], answer["sess_overall"]) == (28, 8)
    assert (answer["enrolments"], answer["enrolments_pa_10_exact"]) == (3, 2)
    assert answer["engine"] == "polars"
    assert answer["seconds"] > 0
    found = pl.read_csv(out, schema_overrides={"urn": pl.String})
    assert found.columns[:4] == ["urn", "term", "fsm", "enrolments"]
    assert found["sess_overall_percent"].to_list() == [0, 10, 87.5]


def test_who_is_in_several_rows_is_one_enrolment_in_the_totals(tmp_path: Path) -> None:
    marks, out = tmp_path / "marks.parquet", tmp_path / "out.csv"
    later = week(week_on=dt.date(2025, 4, 28), term="summer", half_term=5, fsm=True)
    moved = [week(pupil=1, fsm=False, marks="/\\/\\/\\/\\II"), later]
    marks_of([*moved, *ROWS[1:]]).write_parquet(marks)
    whole = {"enrolments": 3, "enrolments_pa_10_exact": 2, "enrolments_pa_50_exact": 1}
    for by, n_rows in (("school", 2), ("school,term,fsm", 3)):
        command = ("attendance", "measure", "--marks", marks, "--by", by, "--out", out)
        answer = schoolhubs(*command)
        assert (answer["rows"], answer["sess_possible"], answer["marks"]) == (n_rows, 38, 38)
        assert {name: answer[name] for name in whole} == whole


def test_a_short_cut_has_no_persistent_absence(tmp_path: Path) -> None:
    marks_of(ROWS).write_parquet(tmp_path / "marks.parquet")
    out = tmp_path / "days.parquet"
    answer = schoolhubs(
        "attendance",
        "measure",
        "--marks",
        tmp_path / "marks.parquet",
        "--by",
        "weekday",
        "--out",
        out,
    )
    assert answer["enrolments_pa_10_exact"] == 2, "of the whole year"
    days = pl.read_parquet(out)
    assert days["weekday"].to_list() == [1, 2, 3, 4, 5]
    assert days["enrolments_pa_10_exact"].null_count() == 5


def test_a_refusal_leaves_no_file(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    (tmp_path / "marks.csv").write_text("urn,pupil\n900001,Jane Doe\n")
    told = schoolhubs(
        "attendance", "measure", "--marks", tmp_path / "marks.csv", "--out", out, code=3
    )
    assert "no column marks" in str(told)
    assert not out.exists()


def test_duckdb_writes_the_same_measures(tmp_path: Path) -> None:
    marks_of(ROWS).write_parquet(tmp_path / "marks.parquet")
    written = {}
    for engine in ("polars", "duckdb"):
        out = tmp_path / f"{engine}.csv"
        answer = schoolhubs(
            "attendance", "measure", "--marks", tmp_path / "marks.parquet", "--by", "school,fsm",
            "--out", out, "--engine", engine,
        )  # fmt: skip
        written[engine] = out.read_text()
        assert (answer["engine"], answer["marks"]) == (engine, 28)
    assert written["duckdb"] == written["polars"]


def test_what_is_published_is_protected_also_against_an_earlier_release(tmp_path: Path) -> None:
    marks, ledger = tmp_path / "weeks.csv", tmp_path / "ledger"
    rows = [
        week(urn="900001", pupil=n, fsm=n < 3, sex="FM"[n % 2], marks="/\\/\\/\\/\\/\\")
        for n in range(60)
    ]
    marks_of(rows).write_csv(marks)
    answers = {}
    for by in ("school,fsm", "school,fsm,sex"):
        out = tmp_path / f"{by}.csv"
        command = ("attendance", "measure", "--marks", marks, "--by", by, "--out", out)
        answers[by] = schoolhubs(*command, "--publish", "--ledger", ledger)

    assert answers["school,fsm"]["n_small"] > 0
    assert answers["school,fsm,sex"]["releases_before"] == 1
    table = pl.read_csv(tmp_path / "school,fsm.csv", schema_overrides={"fsm": pl.String})
    few = table.filter(pl.col("fsm") == "true")
    assert few["enrolments_mark"].unique().to_list() == ["c"]
    assert few["sess_possible"].null_count() == few.height
    releases = disclosure.read_releases(ledger)
    assert len(releases) == 2
    assert disclosure.audit(releases) == ()
    again = ("attendance", "measure", "--marks", marks, "--by", "school,fsm", "--publish")
    schoolhubs(*again, "--ledger", ledger, "--out", tmp_path / "school,fsm.csv", code=4)
