"""The library: enough of it, for everybody, and nothing oversold."""

import pytest

from schoolhubs import plans
from schoolhubs.plans.actions import strengths
from schoolhubs.plans.linting import lint_action
from schoolhubs.plans.stored import files_in, stored
from schoolhubs.vocabulary.root_causes import root_causes, settings

LIBRARY = plans.library()
PRACTICE = [cause for cause in root_causes().values() if cause.side == "practice"]
NAMED = {
    name: said for file in files_in("library") for name, said in stored(file)["actions"].items()
}


def test_there_are_sixty_actions_and_none_twice() -> None:
    assert len(LIBRARY) == len(NAMED) >= 60
    assert len({each.title for each in LIBRARY.values()}) == len(LIBRARY)


@pytest.mark.parametrize("cause", PRACTICE, ids=lambda cause: cause.name)
def test_every_practice_has_two_actions_in_each_setting_it_is_found_in(cause) -> None:
    for setting in cause.settings:
        found = plans.library(root_cause=cause.name, setting=setting)
        assert len(found) >= 2, f"{cause.name} in {setting}"


def test_no_action_answers_what_lies_outside_the_school() -> None:
    practice = {cause.name for cause in PRACTICE}
    for each in LIBRARY.values():
        assert set(each.root_causes) <= practice


def test_every_setting_and_phase_is_served() -> None:
    for setting in settings():
        for phase in ("primary", "secondary"):
            assert len(plans.library(setting=setting, phase=phase)) >= 20


@pytest.mark.parametrize("each", LIBRARY.values(), ids=lambda each: each.library_id)
def test_an_action_is_whole_and_says_what_is_known(each) -> None:
    assert len(each.first_steps) == 3
    assert each.staff_hours > 0
    assert each.cost_pence >= 0
    assert each.for_whom
    assert each.risk.endswith(".")
    assert each.known.endswith(".")
    assert each.strength in strengths()
    keys = NAMED[each.library_id]["sources"]
    assert keys
    if each.strength.startswith("weak"):
        assert {"eef_attendance", "eef_behaviour"} & set(keys), "a study is claimed and none cited"
    if each.strength == "untested":
        assert "ours" in keys


def test_nothing_is_called_strong_or_moderate() -> None:
    assert strengths()[0] == "weak_small"
    said = " ".join(f"{each.known} {each.strength}".lower() for each in LIBRARY.values())
    for word in ("strong evidence", "proven", "moderate", "high impact", "guaranteed"):
        assert word not in said


@pytest.mark.parametrize("each", LIBRARY.values(), ids=lambda each: each.library_id)
def test_the_library_passes_its_own_lint(each) -> None:
    found = lint_action(each.planned(action_id="a1"))
    assert [one.rule for one in found if one.verdict == "stop"] == []


def test_what_was_not_tested_is_called_no_more_than_practice() -> None:
    """A form of something is as strong as what is known of the form, not of its family."""
    untested = [each for each in plans.library().values() if "not tested" in each.known]
    assert len(untested) >= 3
    assert {each.strength for each in untested} <= {"practice_only", "untested"}
