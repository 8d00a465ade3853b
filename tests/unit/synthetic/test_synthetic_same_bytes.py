"""One seed, one England: to the byte, whatever else is asked."""

from pathlib import Path

import pytest

from schoolhubs import synthetic
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.errors import Conflict, UsageError


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        synthetic.england(tmp_path / name, seed=seed, n_schools=300)

    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    different = contents(tmp_path / "c")
    assert all(different[name] != data for name, data in contents(tmp_path / "a").items())


def test_a_failure_leaves_the_older_files_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synthetic.england(tmp_path, seed=3, n_schools=300)
    before = contents(tmp_path)

    def stop(stage: str, done: int, total: int) -> None:
        if stage == "write files" and done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        synthetic.england(tmp_path, seed=4, n_schools=300, progress=stop)
    assert contents(tmp_path) == before


def test_two_englands_do_not_mix(tmp_path: Path) -> None:
    synthetic.england(tmp_path, seed=3, n_schools=300, year=AcademicYear("2017/18"))
    with pytest.raises(Conflict, match="Choose an empty folder"):
        synthetic.england(tmp_path, seed=3, n_schools=300, year=AcademicYear("2018/19"))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"seed": 1, "n_schools": 10}, "choose 200 to 35,000"),
        ({"seed": 1, "n_schools": 90_000}, "choose 200 to 35,000"),
        ({"seed": -1, "n_schools": 300}, "whole number from 0"),
        ({"seed": 1, "year": AcademicYear("2020/21")}, "Known years: 2012/13"),
    ],
)
def test_what_cannot_be_made_is_refused(arguments: dict, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        synthetic.imagine(**arguments)


def test_three_hundred_schools_have_six_leads_for_each_programme() -> None:
    england = synthetic.imagine(seed=5, n_schools=300)
    assert england.leads.group_by("programme_id").len()["len"].to_list() == [6, 6, 6]
