"""A register is written whole or not at all, and read back as it was."""

import datetime
import json
import os

import polars as pl
import pytest

from schoolhubs import schools
from schoolhubs.vocabulary.errors import Conflict, DataProblem

D = datetime.date


@pytest.fixture
def register(table):
    return schools.build(
        [
            table("gias_extract", {"urn": "100002", "school_name": "=B"}),
            table("ees_absence", {"urn": "100001"}, {"urn": "100002", "year": "2016/17"}),
            table(
                "gias_links",
                {"urn": "100001", "link_urn": "100002", "established_on": D(2017, 1, 1)},
            ),
        ],
        on=D(2018, 9, 1),
    )


def test_it_comes_back_as_it_was(register, tmp_path):
    schools.write_register(register, tmp_path / "r")

    back = schools.read_register(tmp_path / "r")

    assert (back.on, back.sources) == (register.on, register.sources)
    for name in ("schools", "absence", "links", "phase_figures", "quality"):
        assert getattr(back, name).equals(getattr(register, name))


def test_about_says_what_is_in_it(register, tmp_path):
    schools.write_register(register, tmp_path / "r")

    about = json.loads((tmp_path / "r" / "register.json").read_text())

    assert about["on"] == "2018-09-01"
    assert about["counts"]["absence"] == 2
    assert {source["kind"] for source in about["sources"]} == {
        "gias_extract",
        "ees_absence",
        "gias_links",
    }
    assert all(source["sha256"] for source in about["sources"])


def test_a_register_is_replaced_and_anything_else_is_left_alone(register, tmp_path):
    schools.write_register(register, tmp_path / "r")
    schools.write_register(register, tmp_path / "r")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.doc").write_text("mine")

    with pytest.raises(Conflict, match="nothing was written"):
        schools.write_register(register, tmp_path / "other")

    assert (tmp_path / "other" / "thesis.doc").read_text() == "mine"


def test_an_older_register_stays_if_the_new_one_cannot_take_its_place(
    register, tmp_path, monkeypatch
):
    schools.write_register(register, tmp_path / "r")
    replace = os.replace

    def fails_once(source, target):
        if str(source).endswith(".part"):
            raise OSError("no")
        replace(source, target)

    monkeypatch.setattr(os, "replace", fails_once)
    with pytest.raises(OSError, match="no"):
        schools.write_register(register, tmp_path / "r")

    assert [path.name for path in tmp_path.iterdir()] == ["r"]
    assert schools.read_register(tmp_path / "r").on == register.on


def test_nothing_is_left_half_written(register, tmp_path, monkeypatch):
    def fails(*_, **__):
        raise OSError("disk full")

    monkeypatch.setattr(pl.DataFrame, "write_parquet", fails)
    with pytest.raises(OSError, match="disk full"):
        schools.write_register(register, tmp_path / "r")

    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_no_register_says_so(register, tmp_path):
    with pytest.raises(DataProblem, match="there is no school register in"):
        schools.read_register(tmp_path)

    schools.write_register(register, tmp_path / "r")
    (tmp_path / "r" / "schools.parquet").write_bytes(b"PAR1")
    with pytest.raises(DataProblem, match=r"schools\.parquet cannot be read"):
        schools.read_register(tmp_path / "r")


def test_another_version_is_refused(register, tmp_path):
    schools.write_register(register, tmp_path / "r")
    path = tmp_path / "r" / "register.json"
    path.write_text(path.read_text().replace('"layout_version": 2', '"layout_version": 9'))

    with pytest.raises(DataProblem, match="layout 9"):
        schools.read_register(tmp_path / "r")


def test_a_register_from_before_later_figures_were_marked_asks_to_be_built_again(
    register, tmp_path
):
    schools.write_register(register, tmp_path / "r")
    path = tmp_path / "r" / "register.json"
    path.write_text(path.read_text().replace('"layout_version": 2', '"layout_version": 1'))
    register.schools.drop("is_context_later").write_parquet(tmp_path / "r" / "schools.parquet")

    with pytest.raises(DataProblem) as caught:
        schools.read_register(tmp_path / "r")

    (problem,) = caught.value.problems
    assert problem.fault == "it has layout 1, this version reads 2"
    assert "Build it again: schoolhubs data build" in problem.remedy


def test_history_follows_a_school_through_its_urns(register):
    found = schools.history(register, "100002")

    assert found.family.select("urn", "steps").rows() == [("100001", -1), ("100002", 0)]
    assert found.absence.select("year", "urn").rows() == [
        ("2016/17", "100002"),
        ("2017/18", "100001"),
    ]
    assert found.as_dict()["school"]["school_name"] == "=B"


@pytest.mark.parametrize("urn", ["999999", "12"])
def test_an_unknown_urn_is_told(register, urn):
    with pytest.raises(DataProblem):
        schools.history(register, urn)
