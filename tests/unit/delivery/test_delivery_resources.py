"""Every resource is whole: tied to causes and actions that are there, with terms and a source."""

import dataclasses
import re

import pytest

from schoolhubs import delivery, plans
from schoolhubs.vocabulary.root_causes import root_causes

EVERY = delivery.resources.library()


def test_there_are_enough_to_choose_among_and_not_too_many_to_read() -> None:
    assert 25 <= len(EVERY) <= 40


@pytest.mark.parametrize("one", EVERY.values(), ids=lambda one: one.resource_id)
def test_a_resource_is_whole(one: delivery.resources.Resource) -> None:
    assert one.title
    assert len(one.about) > 40, "say what it is"
    assert one.publisher
    assert one.published
    assert one.seen
    assert one.kind in delivery.resources.kinds()
    assert one.licence in delivery.resources.licences()
    assert one.strength in plans.facts.strengths()
    assert one.root_causes
    assert set(one.root_causes) <= set(root_causes())
    assert set(one.actions) <= set(plans.library())
    assert set(one.settings) <= {"mainstream", "special", "alternative_provision"}
    assert set(one.phases) <= {"primary", "secondary"}
    assert bool(one.path) == (one.kind == "tool")
    assert not one.address or re.fullmatch(r"https://[a-z.\-]+(/\S*)?", one.address)


@pytest.mark.parametrize("one", EVERY.values(), ids=lambda one: one.resource_id)
def test_what_it_is_tied_to_hangs_together(one: delivery.resources.Resource) -> None:
    """The actions it tells of answer one of the causes it is tied to."""
    answered = {cause for name in one.actions for cause in plans.library()[name].root_causes}
    assert not answered.isdisjoint(one.root_causes)


def test_every_practice_that_a_finding_can_name_has_something_to_read() -> None:
    practice = {name for name, each in root_causes().items() if each.side == "practice"}
    assert practice - {cause for one in EVERY.values() for cause in one.root_causes} == set()


def test_a_digest_changes_with_any_word() -> None:
    one = EVERY["attendance_guidance"]
    assert dataclasses.replace(one, about=f"{one.about} ").digest != one.digest
    assert len({each.digest for each in EVERY.values()}) == len(EVERY)


def test_filters_keep_what_fits_all_of_them() -> None:
    found = delivery.resources.library(
        root_causes=["needs_unmet"], setting="special", phase="primary", kind="law",
        strength="practice_only",
    )  # fmt: skip
    assert set(found) == {"equality_advice", "adjustments_service"}


def test_few_schools_are_told_as_none() -> None:
    told = [delivery.resources.shown_count(n) for n in range(12)]
    assert told == [0, 0, 0, 0, 0, 5, 5, 5, 5, 5, 10, 10]
