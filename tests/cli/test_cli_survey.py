"""``schoolhubs survey score`` in a terminal: what it writes, and what it never says."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from schoolhubs import diagnosis
from schoolhubs.cli.main import main
from schoolhubs.vocabulary.records.diagnosis.instrument import Instrument
from surveying import answered, school

PUPILS, STAFF = diagnosis.instrument("pupil-survey"), diagnosis.instrument("staff-survey")


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["survey", "score", *map(str, arguments)])
    return int(ended.value.code or 0)


def given(folder: Path, name: str, frame: pl.DataFrame) -> Path:
    frame.drop("urn", "wave").write_csv(folder / name)
    return folder / name


def asked(instrument: Instrument, answers: Path, out: Path, wave: str) -> list[object]:
    return [
        "--instrument", instrument.instrument_id, "--answers", answers, "--out", out,
        "--urn", "900001", "--wave", wave, "--json",
    ]  # fmt: skip


@pytest.mark.parametrize("wave", ["2099-13", "2026-00", "November 2026", "2026-11-01"])
def test_a_wave_that_is_no_month_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], wave: str
) -> None:
    answers = given(tmp_path, "june.csv", school(PUPILS, 20, seed=1))
    assert run(*asked(PUPILS, answers, tmp_path / "out", wave)) == 2
    assert f"The wave '{wave}' is no month. Write it like 2026-11." in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_two_waves_and_the_other_side(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    june = given(tmp_path, "june.csv", school(PUPILS, 60, seed=1).drop("sex", "year_group"))
    later = given(tmp_path, "later.csv", school(PUPILS, 60, seed=9).drop("sex", "year_group"))
    staff = given(
        tmp_path, "staff.csv", answered(STAFF, 1 + np.random.default_rng(1).normal(size=30), seed=2)
    )
    roll = tmp_path / "roll.csv"
    roll.write_text("fsm,n_asked\nyes,40\nno,140\n")

    assert run(*asked(PUPILS, june, tmp_path / "a", "2023-03"), "--population", roll) == 0
    first = json.loads(capsys.readouterr().out)
    assert first["response"][0]["response_percent"] == pytest.approx(100 * 60 / 180)
    assert any("low response" in each for each in first["warnings"])
    assert "low response" in (tmp_path / "a" / "report.md").read_text()

    assert run(*asked(PUPILS, later, tmp_path / "b", "2023-12"), "--earlier", tmp_path / "a") == 0
    second = json.loads(capsys.readouterr().out)
    calm = next(each for each in second["changes"] if each["measure"] == "felt_safe")
    assert calm["national_change"] == 8, "57 in March and 65 in December 2023"
    assert len(list((tmp_path / "b" / "releases").glob("*.json"))) == 2

    assert run(*asked(STAFF, staff, tmp_path / "c", "2023-03"), "--beside", tmp_path / "a") == 0
    gaps = json.loads(capsys.readouterr().out)["gaps"]
    assert {each["verdict"] for each in gaps} == {"staff higher"}
    assert run(*asked(PUPILS, june, tmp_path / "a", "2023-03")) == 4, "the folder is not empty"


def test_bad_answers_are_named_by_row_and_never_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = school(PUPILS, 20, seed=1).cast({"felt_safe": pl.String})
    secret = "I am Zebedee"
    bad = answers.with_row_index().with_columns(
        felt_safe=pl.when(pl.col("index") == 4).then(pl.lit(secret)).otherwise("felt_safe"),
        sex=pl.when(pl.col("index") == 7).then(pl.lit(secret)).otherwise("sex"),
    )
    path = given(tmp_path, "answers.csv", bad.drop("index"))

    assert run(*asked(PUPILS, path, tmp_path / "out", "2026-11")) == 3
    said = capsys.readouterr()
    assert "row 6" in said.err
    assert "row 9" in said.err
    assert "Zebedee" not in said.err + said.out
    assert not (tmp_path / "out").exists()


def test_a_column_that_may_say_who_answered_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = school(PUPILS, 20, seed=1).with_columns(pupil_name=pl.lit("Zebedee"))
    path = given(tmp_path, "answers.csv", answers)

    assert run(*asked(PUPILS, path, tmp_path / "out", "2026-11")) == 3
    said = capsys.readouterr()
    assert "Take it out" in said.err
    assert "Zebedee" not in said.err + said.out
