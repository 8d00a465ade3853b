"""How support days are given is data of a programme, and a programme may have none."""

import datetime
import shutil
from pathlib import Path

import pytest

from schoolhubs import programmes
from schoolhubs.programmes.loading import DEFINITIONS

ON = datetime.date(2026, 2, 1)


def test_coaching_is_of_the_pathways_that_have_it() -> None:
    assert programmes.load("behaviour-hubs-2021").as_at(ON).support.coaching.keys() == {"extended"}
    assert not programmes.load("rise-hubs-2025").as_at(ON).support.coaching


def test_the_capacity_is_what_the_partners_of_a_lead_take() -> None:
    rules = programmes.load("rise-hubs-2025").as_at(ON)
    enhanced = rules.pathway("enhanced")
    taken = enhanced.places_per_lead * enhanced.lead_days_per_partner
    assert rules.support.lead_capacity_days == taken == 60


def test_a_programme_without_support_days_says_none(tmp_path: Path) -> None:
    folder = shutil.copytree(DEFINITIONS / "rise-hubs-2025", tmp_path / "other")
    (folder / "support.yaml").unlink()
    programme = programmes.load(folder)
    assert programme.as_at(ON).support is None
    assert "Support days" not in programmes.describe(programme, ON)


@pytest.mark.parametrize(
    ("pathway", "said"),
    [("core_plus", "there is no pathway 'core_plus'"), ("multi_school", "no pathway of a school")],
)
def test_coaching_of_a_pathway_that_has_no_schools_is_refused(
    tmp_path: Path, pathway: str, said: str
) -> None:
    folder = shutil.copytree(DEFINITIONS / "behaviour-hubs-2021", tmp_path / "other")
    path = folder / "support.yaml"
    path.write_text(path.read_text().replace("  extended:", f"  {pathway}:"))
    (problem,) = programmes.check(folder)
    assert said in problem.fault
    assert problem.file.endswith("support.yaml")
