"""What a definition says of training is read as at a day, and what cannot be is refused."""

import datetime
import shutil
from pathlib import Path

import pytest

from schoolhubs import programmes
from schoolhubs.programmes.loading import DEFINITIONS, load_path
from schoolhubs.vocabulary.errors import DataProblem

ON = datetime.date(2026, 11, 23)


def copied(to: Path, *, before: str = "", after: str = "") -> Path:
    """Copy the RISE definition with one change in its training, and give its folder."""
    folder = shutil.copytree(DEFINITIONS / "rise-hubs-2025", to / "mine")
    held = folder / "training.yaml"
    text = held.read_text()
    assert before in text
    held.write_text(text.replace(before, after, 1))
    return folder


@pytest.mark.parametrize("programme_id", programmes.list_ids())
def test_every_pathway_has_a_module_that_is_owed(programme_id: str) -> None:
    rules = programmes.load(programme_id).as_at(ON)
    assert rules.training
    for pathway in rules.pathways:
        modules = [each for each in rules.training.modules if pathway.pathway in each.pathways]
        assert any(each.is_required for each in modules), pathway.name
        assert all(each.due_by_term <= pathway.duration_terms for each in modules)


@pytest.mark.parametrize("programme_id", programmes.list_ids())
def test_no_list_of_modules_was_published_so_all_are_assumed(programme_id: str) -> None:
    training = programmes.load(programme_id).as_at(ON).training
    assert training
    assert all(each.is_assumed for each in training.modules)


def test_special_schools_and_alternative_provision_have_modules_of_their_own() -> None:
    training = programmes.load("behaviour-hubs-2021").as_at(ON).training
    assert training
    own = {
        setting: {each.module for each in training.of_school("core", setting)}
        for setting in ("mainstream", "special", "alternative_provision")
    }
    assert own["special"] - own["mainstream"] == {"distress_in_special_schools"}
    assert own["alternative_provision"] - own["mainstream"] == {"placements_in_ap"}


def test_training_asks_no_more_half_days_than_a_partner_gives() -> None:
    """Three leaders who share duties: what is owed on Regional lies within its days."""
    rules = programmes.load("rise-hubs-2025").as_at(ON)
    assert rules.training
    owed = [each for each in rules.training.of_school("regional", "mainstream") if each.is_required]
    half_days = sum(each.half_days * (3 if "every" in each.for_duties else 1) for each in owed)
    assert half_days / 2 <= rules.pathway("regional").days_per_partner[1]


def test_a_definition_without_the_file_teaches_nothing(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    (folder / "training.yaml").unlink()
    programme = load_path(folder)
    assert programme.as_at(ON).training is None
    assert "Training" not in programmes.describe(programme, ON).splitlines()
    titles = [block.text for each in programmes.brochure(programme, ON).sections
              for block in each.blocks]  # fmt: skip
    assert "Training" not in titles


def test_values_are_told_under_the_name_of_their_module() -> None:
    told = programmes.describe(programmes.load("rise-hubs-2025"), ON)
    assert "Registers, codes and the first day (registers_and_codes; enhanced, regional)" in told


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("pathways: [enhanced, regional]", "pathways: [enhanced, light]", "unknown_pathway"),
        ("unit: terms\n      values: {2025-09-01: 2}", "unit: terms\n      values: {2025-09-01: 4}",
         "term_does_not_fit"),
        ("unit: terms\n      values: {2025-09-01: 2}", "unit: terms\n      values: {2025-09-01: 0}",
         "term_does_not_fit"),
        ("for_duties: [every]", "for_duties: [nobody]", "wrong_shape"),
        ("taught: online", "taught: by_post", "wrong_shape"),
    ],
)  # fmt: skip
def test_a_module_that_fits_nobody_is_refused(
    tmp_path: Path, before: str, after: str, code: str
) -> None:
    with pytest.raises(DataProblem) as raised:
        load_path(copied(tmp_path, before=before, after=after))
    problems = raised.value.problems
    assert {(each.code, each.file) for each in problems} == {(code, "training.yaml")}
    assert all(each.row for each in problems)
