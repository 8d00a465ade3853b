"""A behaviour return to rates by group: counted right, missing is missing, few pupils hidden."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from schoolhubs import diagnosis
from schoolhubs.attendance import behaviour
from schoolhubs.cli.main import main
from schoolhubs.vocabulary.errors import DataProblem

COLUMNS = {
    "suspensions": "Susp", "days_lost": "Days", "lesson_removals": "Out", "fsm": "FSM",
    "sen": "SEN", "year_group": "Year", "ethnicity": "Group",
}  # fmt: skip
MAPPING = {"name": "Ours", "layout": "pupil", "columns": COLUMNS}


def rows(n: int = 600, seed: int = 1) -> pl.DataFrame:
    """Give a school in which pupils with SEN support are suspended three times as often."""
    rng = np.random.default_rng(seed)
    sen = rng.choice(["N", "K", "E"], n, p=[0.75, 0.2, 0.05])
    times = rng.poisson(np.where(sen == "N", 0.1, 0.4))
    return pl.DataFrame(
        {
            "Name": [f"Qzx{i}" for i in range(n)], "Susp": times, "Days": times * 1.5,
            "Out": rng.poisson(0.5, n), "FSM": rng.choice(["Y", "N"], n), "SEN": sen,
            "Year": [f"Year {7 + i % 5}" for i in range(n)],
            "Group": rng.choice(["White British", "Any other"], n),
        }
    )  # fmt: skip


def read(tmp_path: Path, table: pl.DataFrame, **mapping: Any) -> pl.DataFrame:
    path = tmp_path / "return.csv"
    table.write_csv(path)
    counted = behaviour.read_return(path, behaviour.mapping.as_mapping({**MAPPING, **mapping}))
    return diagnosis.finding.returned.publish(counted, urn="900001", year="2025/26")


def row_of(found: pl.DataFrame, measure: str, cut: str = "all", label: str = "all") -> Any:
    return found.row(by_predicate=(
        (pl.col("measure") == measure) & (pl.col("cut") == cut) & (pl.col("label") == label)
    ), named=True)  # fmt: skip


def test_rates_are_those_of_the_return_up_to_rounding(tmp_path: Path) -> None:
    table = rows()
    found = read(tmp_path, table)
    whole = row_of(found, "suspensions")
    true = 100 * table["Susp"].sum() / table.height
    assert whole["rate"] == pytest.approx(true, abs=100 * 10 / table.height)
    assert whole["rate_low"] < true < whole["rate_high"]
    assert abs(whole["n_affected"] - (table["Susp"] > 0).sum()) <= 5
    assert abs(row_of(found, "days_lost")["total"] - table["Days"].sum()) <= 5
    assert row_of(found, "permanent_exclusions")["reason"].startswith("not in the return")
    assert set(found["cut"]) == {"all", "fsm", "sen", "ethnicity", "year_group"}


def test_nothing_of_few_pupils_and_no_name_leaves(tmp_path: Path) -> None:
    table = rows().with_columns(
        pl.when(pl.int_range(pl.len()) < 4).then(pl.lit("Qzx a surname")).otherwise("Group")
        .alias("Group")
    )  # fmt: skip
    found = read(tmp_path, table)
    assert "Qzx" not in found.write_csv()
    small = found.filter(pl.col("n_affected").is_between(1, 9))
    assert small.is_empty()
    assert found.filter(pl.col("n_pupils").is_between(1, 9)).is_empty()


def test_missing_is_missing_and_never_nought(tmp_path: Path) -> None:
    table = rows().with_columns(
        pl.when(pl.int_range(pl.len()) == 3).then(None).otherwise("Susp").alias("Susp")
    )
    found = read(tmp_path, table)
    assert "1 of 600 rows" in row_of(found, "suspensions")["reason"]
    assert row_of(found, "suspensions")["total"] is None
    assert row_of(found, "days_lost")["rate"] is not None
    said = read(tmp_path, table, blank_is_nought=["suspensions"])
    assert row_of(said, "suspensions")["total"] is not None


def test_a_return_by_group_without_pupils_has_no_interval(tmp_path: Path) -> None:
    table = pl.DataFrame({"n": [200, 100], "FSM": ["N", "Y"], "Susp": [20, 40]})
    columns = {"n_pupils": "n", "fsm": "FSM", "suspensions": "Susp"}
    found = read(tmp_path, table, layout="group", columns=columns)
    poor = row_of(found, "suspensions", "fsm", "yes")
    assert poor["rate"] == 40
    assert poor["rate_low"] is None
    assert poor["affected_percent"] is None


def test_groups_that_differ_are_evidence_in_the_draft(tmp_path: Path) -> None:
    """Known truth: the planted gap by SEN support is found, and that by FSM is not."""
    inputs = diagnosis.finding.Inputs(
        urn="900001", setting="mainstream", behaviour=read(tmp_path, rows())
    )
    found = {each.finding_id: each for each in diagnosis.diagnose(inputs).findings}
    assert found["needs_unmet"].how_sure == "likely"
    fsm = [one for one in found["expectations_uneven"].evidence if "gap_fsm" in one.measure]
    assert {one.says for one in fsm} == {"cannot_tell"}


@pytest.mark.parametrize(("change", "fault"), [
    ({"Susp": "many"}, "the cell of Susp cannot be read"),
    ({"Susp": "-1"}, "the cell of Susp cannot be read"),
    ({"Susp": "0.5"}, "the cell of Susp cannot be read"),
    ({"FSM": "perhaps"}, "the cell of FSM cannot be read"),
    ({"Year": "Upper fifth"}, "the cell of Year cannot be read"),
    ({"Susp": "99999999"}, "the cell of Susp cannot be read"),
])  # fmt: skip
def test_a_bad_cell_is_named_and_never_shown(
    tmp_path: Path, change: dict[str, str], fault: str
) -> None:
    ((name, value),) = change.items()
    table = rows(40).with_columns(
        pl.when(pl.int_range(pl.len()) == 1).then(pl.lit(value)).otherwise(pl.col(name).cast(str))
        .alias(name)
    )  # fmt: skip
    with pytest.raises(DataProblem) as caught:
        read(tmp_path, table)
    assert fault in str(caught.value)
    assert "row 3" in str(caught.value)
    assert value not in str(caught.value).replace("row 3", "")


@pytest.mark.parametrize(("mapping", "fault"), [
    ({"columns": {"fsm": "FSM"}}, "no column that counts anything"),
    ({"layout": "group"}, "names no n_pupils"),
    ({"columns": {**COLUMNS, "pupil": "Name"}}, "not as expected"),
    ({"columns": {**COLUMNS, "n_pupils": "n"}}, "every row is one pupil"),
    ({"layout": "event"}, "not as expected"),
])  # fmt: skip
def test_a_broken_mapping_is_refused(mapping: dict[str, Any], fault: str) -> None:
    with pytest.raises(DataProblem, match=fault):
        behaviour.mapping.as_mapping({**MAPPING, **mapping})


def test_the_command_writes_what_the_diagnosis_reads(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows().write_csv(tmp_path / "return.csv")
    (tmp_path / "ours.json").write_text(json.dumps(MAPPING))
    out = tmp_path / "inputs"
    words = ["attendance", "behaviour", str(tmp_path / "return.csv"), "--mapping",
             str(tmp_path / "ours.json"), "--urn", "900001", "--year", "2025/26", "--out",
             str(out), "--json"]  # fmt: skip
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert not ended.value.code
    told = json.loads(capsys.readouterr().out)
    assert {each["measure"] for each in told["measures"]} == set(behaviour.said()["measures"])
    (out / "school.json").write_text('{"urn": "900001", "setting": "mainstream"}')
    inputs = diagnosis.finding.read_inputs(out)
    assert inputs.behaviour is not None
    assert inputs.behaviour.equals(read(tmp_path, rows()))


def test_a_year_that_is_none_is_refused_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows().write_csv(tmp_path / "return.csv")
    (tmp_path / "ours.json").write_text(json.dumps(MAPPING))
    words = ["attendance", "behaviour", str(tmp_path / "return.csv"), "--mapping",
             str(tmp_path / "ours.json"), "--urn", "900001", "--year", "1st", "--out",
             str(tmp_path / "inputs")]  # fmt: skip
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code
    assert "1st" in capsys.readouterr().err
    assert not (tmp_path / "inputs").exists()


def test_of_a_group_too_small_to_show_not_even_a_nought_is_told(tmp_path: Path) -> None:
    """Two pupils with a plan whom nothing befell: a nought would say so of both."""
    some = rows(300).with_columns(SEN=pl.lit("N"))
    two = some.head(2).with_columns(
        SEN=pl.lit("E"), Susp=pl.lit(0, pl.Int64), Days=pl.lit(0.0), Out=pl.lit(0, pl.Int64)
    )
    found = read(tmp_path, pl.concat([some.tail(298), two]))
    hidden = found.filter(pl.col("n_pupils_mark").is_not_null(), pl.col("reason") == "")
    assert "plan" in hidden["label"].to_list()
    for name in ("n_pupils", "n_affected", "total", "rate", "affected_percent"):
        assert hidden[name].null_count() == hidden.height, name
    shown = found.filter(pl.col("n_pupils_mark").is_null(), pl.col("total") == 0)
    assert (shown["n_pupils"] >= 10).all()
