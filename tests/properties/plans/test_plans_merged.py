"""Every clash of two edits can be settled, either way; no review outlives what it was of."""

import dataclasses
import datetime
import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import planned
from schoolhubs import plans
from schoolhubs.vocabulary.records.plan import (
    ActionPlan,
    Adjustment,
    Conditions,
    Consultation,
    Measured,
    Objective,
    PlannedAction,
    Screen,
    ScreenAnswer,
)

DAY = datetime.date(2026, 11, 22)
WORD = st.sampled_from(["", "a", "b"])
# Names that are also words of a plan, and one with a full stop in it.
NAME = st.sampled_from(["o1", "consulted", "answers", "a.title"])
LISTED = st.lists(WORD, max_size=2).map(tuple)


def several(kind: st.SearchStrategy[Any], name: str) -> st.SearchStrategy[Any]:
    held = st.lists(kind, max_size=3, unique_by=lambda one: getattr(one, name))
    return held.map(tuple)


ANSWERS = st.builds(ScreenAnswer, question=NAME, answer=WORD, reason=WORD)
SCREENS = st.builds(
    Screen, action_id=NAME, screened_version=WORD, answers=several(ANSWERS, "question"),
    adjustments=st.lists(st.builds(Adjustment, for_whom=WORD, what=WORD), max_size=2).map(tuple),
    evidence=LISTED, consulted=LISTED, reviewer=WORD, reviewed_on=st.sampled_from([None, DAY]),
)  # fmt: skip
MEASURED = st.builds(Measured, value=st.sampled_from([1.0, 2.0]), low=st.sampled_from([None, 0.5]))
PLANS = st.builds(
    ActionPlan, plan_id=st.just("p"), title=WORD,
    objectives=several(
        st.builds(Objective, objective_id=NAME, title=WORD, baseline=st.none() | MEASURED),
        "objective_id",
    ),
    actions=several(
        st.builds(
            PlannedAction, action_id=NAME, title=WORD, first_steps=LISTED,
            conditions=st.none() | st.builds(Conditions, turns_on=WORD, counts_codes=LISTED),
        ),
        "action_id",
    ),
    screens=several(SCREENS, "action_id"),
    consultations=several(
        st.builds(Consultation, consulted=NAME, how=WORD, said=WORD), "consulted"
    ),
)  # fmt: skip


def found_at(plan: ActionPlan, path: tuple[str, ...]) -> Any:
    """Give what stands at a place; None where nothing does."""
    held: Any = plan.as_dict()
    known = {
        "objectives": "objective_id", "actions": "action_id", "screens": "action_id",
        "answers": "question", "consultations": "consulted",
    }  # fmt: skip
    for at, name in enumerate(path):
        if isinstance(held, list):
            key = known[path[at - 1]]
            held = next((each for each in held if each[key] == name), None)
        else:
            held = None if held is None else held[name]
    return held


@given(PLANS, PLANS, PLANS, st.randoms(use_true_random=False))
@settings(max_examples=120, deadline=None)
def test_every_clash_is_settled_as_it_was_chosen(
    before: ActionPlan, ours: ActionPlan, theirs: ActionPlan, draw: Any
) -> None:
    merged = plans.editing.merge(before, ours, theirs)
    places = [each.where for each in merged.clashes]
    assert len(set(places)) == len(places)
    chosen = {place: draw.choice(["ours", "theirs"]) for place in places}
    settled = plans.editing.settle(merged, chosen)
    assert settled.clashes == ()
    gone = {
        clash.path[1] for clash in merged.clashes
        if clash.path[0] == "actions" and getattr(clash, chosen[clash.where]) is None
        and len(clash.path) == 2
    }  # fmt: skip
    signed = {"reviewer", "reviewed_on"}
    for clash in merged.clashes:
        if clash.path[0] == "screens" and (clash.path[1] in gone or clash.path[-1] in signed):
            continue
        stands, wanted = (
            found_at(settled.plan, clash.path), getattr(clash, chosen[clash.where])
        )  # fmt: skip
        if isinstance(wanted, dict) and "reviewer" in wanted:
            wanted, stands = ({**each, **dict.fromkeys(signed)} for each in (wanted, stands))
        assert stands == wanted, clash.path


@given(PLANS, PLANS, PLANS)
@settings(max_examples=40, deadline=None)
def test_clashes_settled_one_by_one_are_settled_as_at_once(
    before: ActionPlan, ours: ActionPlan, theirs: ActionPlan
) -> None:
    merged = plans.editing.merge(before, ours, theirs)
    one_by_one = merged
    for each in merged.clashes:
        one_by_one = plans.editing.settle(one_by_one, {each.where: "theirs"})
    at_once = plans.editing.settle(merged, {each.where: "theirs" for each in merged.clashes})
    assert one_by_one.clashes == at_once.clashes == ()
    assert one_by_one.plan == at_once.plan


@given(PLANS, PLANS, PLANS)
@settings(max_examples=80, deadline=None)
def test_a_review_stands_under_what_was_reviewed_alone(
    before: ActionPlan, ours: ActionPlan, theirs: ActionPlan
) -> None:
    seen = {dataclasses.replace(each, reopenings=()) for each in (*ours.screens, *theirs.screens)}
    merged = plans.editing.merge(before, ours, theirs)
    chosen = {each.where: "theirs" for each in merged.clashes}
    for found in (merged, plans.editing.settle(merged, chosen)):
        for each in found.plan.screens:
            assert not each.reviewer or dataclasses.replace(each, reopenings=()) in seen


def first() -> ActionPlan:
    return dataclasses.replace(planned.whole_plan(), approval=None)


def with_screen(plan: ActionPlan, **changed: Any) -> ActionPlan:
    return dataclasses.replace(plan, screens=(dataclasses.replace(plan.screens[0], **changed),))


def test_answers_changed_beside_a_review_are_reviewed_by_nobody() -> None:
    """Somebody signed the screen while its author had it open and went on."""
    unread = with_screen(first(), reviewer="", reviewed_on=None)
    signed = with_screen(unread, reviewer="Chair of governors", reviewed_on=DAY)
    edited = with_screen(unread, evidence=("Something the chair never saw",))
    merged = plans.editing.merge(unread, edited, signed)
    assert merged.clashes == ()
    assert merged.plan.screens[0].evidence == ("Something the chair never saw",)
    assert (merged.plan.screens[0].reviewer, merged.plan.screens[0].reviewed_on) == ("", None)
    elsewhere = dataclasses.replace(unread, title="Another")
    kept = plans.editing.merge(unread, elsewhere, signed)
    assert kept.plan.screens[0].reviewer == "Chair of governors"


@pytest.mark.parametrize(
    ("whose", "left"), list(itertools.product(["ours", "theirs"], [True, False]))
)
def test_an_action_taken_out_goes_or_stays_with_its_screen(whose: str, left: bool) -> None:
    """One takes the action out, the other works on its screen: nothing is left of half of it."""
    plan = first()
    without = dataclasses.replace(plan, actions=(), screens=())
    worked = with_screen(plan, evidence=("More",))
    sides = (without, worked) if whose == "ours" else (worked, without)
    merged = plans.editing.merge(plan, *sides)
    assert [each.path for each in merged.clashes] == [("actions", "a1")]
    assert merged.plan.screens[0].evidence == ("More",)
    other = "theirs" if whose == "ours" else "ours"
    settled = plans.editing.settle(merged, {"actions.a1": other if left else whose}).plan
    assert [each.action_id for each in settled.actions] == (["a1"] if left else [])
    assert [each.action_id for each in settled.screens] == (["a1"] if left else [])


def test_an_answer_and_a_baseline_are_taken_whole() -> None:
    """A yes of one with the reason of the other, or a value with another's noise, says nothing."""
    plan = first()
    one, two = plan.screens[0].answers[:2]
    ours = with_screen(plan, answers=(dataclasses.replace(one, answer="justified"), two))
    theirs = with_screen(plan, answers=(dataclasses.replace(one, reason="Another."), two))
    (clash,) = plans.editing.merge(plan, ours, theirs).clashes
    assert clash.path == ("screens", "a1", "answers", one.question)
    aim = plan.objectives[0]
    assert aim.baseline
    sides = [
        dataclasses.replace(
            plan,
            objectives=(
                dataclasses.replace(aim, baseline=dataclasses.replace(aim.baseline, **changed)),
            ),
        )
        for changed in ({"value": 23.0}, {"low": 20.0})
    ]
    (clash,) = plans.editing.merge(plan, *sides).clashes
    assert clash.path == ("objectives", "o1", "baseline")
