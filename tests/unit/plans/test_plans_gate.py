"""The one door: what it lets through, and everything that it holds."""

import dataclasses
import datetime
from collections.abc import Callable
from typing import Any

import pytest

import planned
from schoolhubs import plans, programmes
from schoolhubs.vocabulary.errors import DataProblem
from schoolhubs.vocabulary.records.plan import (
    ActionPlan,
    Approval,
    AuditStep,
    Conditions,
    Measured,
    PlannedAction,
    Reopening,
    Review,
    ScreenAnswer,
)

DAY = planned.DAY
A_DAY = datetime.timedelta(days=1)
FOUR = ("self_assessment", "staff_survey", "pupil_survey", "diagnostic_day")


def approve(plan: ActionPlan, findings: dict[str, str] = planned.FINDINGS) -> ActionPlan:
    return plans.approve(
        plan, rules=planned.rules(plan.programme_id or "rise-hubs-2025"), findings=findings,
        by="Head", on=DAY,
    )  # fmt: skip


def refused(plan: ActionPlan, findings: dict[str, str] = planned.FINDINGS) -> set[str]:
    with pytest.raises(DataProblem) as error:
        approve(plan, findings)
    return {problem.code for problem in error.value.problems}


def steps(*names: str) -> tuple[AuditStep, ...]:
    return tuple(AuditStep(step=name, finished_on=datetime.date(2026, 10, 1)) for name in names)


def test_a_problem_is_named_by_titles_and_questions_and_keeps_its_codes() -> None:
    """Every place that has a title says it, and no text of a screen says a code for a question."""
    plan = _screen(answers=(), evidence=(), consulted=())(planned.whole_plan())
    plan = _objective(finding_id="f9", owner="")(plan)
    title, action = plan.objectives[0].title, plan.actions[0].title
    found = plans.check(plan, rules=planned.rules())
    names = {each.column.partition(".")[0] for each in found}
    assert {"objectives", "screens"} <= names
    for each in found:
        if each.column.startswith("objectives.o1"):
            assert each.fault.startswith(f"Objective “{title}”: ")
        if each.column.startswith("screens.a1"):
            assert each.fault.startswith(f"Action “{action}”: ")
    words = " ".join(f"{each.fault} {each.remedy}" for each in found)
    asked = plans.screen(plan.actions[0]).questions
    assert all(f"“{each.asks}” is not answered" in words for each in asked)
    for code in ("no_disadvantage", "screens.a1", "o1", "f9"):
        assert code not in words
    assert {f"screens.a1.answers.{each.question}" for each in asked} <= {
        each.column for each in found
    }


def test_a_whole_plan_is_approved_and_in_force() -> None:
    approved = approve(planned.whole_plan())
    assert approved.approval is not None
    assert approved.approval.approved_by == "Head"
    why = plans.watching.why_not_in_force(
        approved, rules=planned.rules(), findings=planned.FINDINGS
    )
    assert why == ()


def _objective(**changed: Any) -> Callable[[ActionPlan], ActionPlan]:
    return lambda plan: dataclasses.replace(
        plan, objectives=(dataclasses.replace(plan.objectives[0], **changed),)
    )


def _screen(**changed: Any) -> Callable[[ActionPlan], ActionPlan]:
    return lambda plan: dataclasses.replace(
        plan, screens=(dataclasses.replace(plan.screens[0], **changed),)
    )


def _answer(at: int, **changed: Any) -> Callable[[ActionPlan], ActionPlan]:
    def change(plan: ActionPlan) -> ActionPlan:
        answers = list(plan.screens[0].answers)
        answers[at] = dataclasses.replace(answers[at], **changed)
        return _screen(answers=tuple(answers))(plan)

    return change


def _action(**changed: Any) -> Callable[[ActionPlan], ActionPlan]:
    return lambda plan: planned.with_action(plan, dataclasses.replace(plan.actions[0], **changed))


FAULTS: dict[str, tuple[Callable[[ActionPlan], ActionPlan], str]] = {
    "no objective": (lambda plan: dataclasses.replace(plan, objectives=()), "no_objective"),
    "no finding": (_objective(finding_id="f9"), "orphan_objective"),
    "another root cause": (_objective(root_cause="first_day_late"), "orphan_objective"),
    "outside the school": (_objective(root_cause="poverty"), "not_the_schools"),
    "of another setting": (_objective(root_cause="communication_unread"), "not_this_setting"),
    "no owner": (_objective(owner=" "), "not_written"),
    "no cost": (_objective(cost_pence=None), "not_written"),
    "no baseline": (_objective(baseline=None), "not_written"),
    "no noise": (_objective(baseline=Measured(value=24.1)), "no_noise"),
    "no reviews": (_objective(review_on=()), "not_written"),
    "reviews out of order": (
        _objective(review_on=(datetime.date(2027, 7, 1), datetime.date(2027, 3, 1))),
        "wrong_order",
    ),
    "started before the baseline by years": (
        _objective(started_on=datetime.date(2019, 9, 1)),
        "wrong_order",
    ),
    "reviewed before it began": (
        _objective(review_on=(datetime.date(2026, 11, 29), datetime.date(2027, 7, 1))),
        "wrong_order",
    ),
    "no review to come": (
        _objective(started_on=datetime.date(2026, 9, 1), review_on=(DAY,)),
        "no_review_ahead",
    ),
    "screen reviewed tomorrow": (_screen(reviewed_on=DAY + A_DAY), "not_yet"),
    "parents asked tomorrow": (
        lambda plan: dataclasses.replace(
            plan,
            consultations=(
                plan.consultations[0],
                dataclasses.replace(plan.consultations[1], held_on=DAY + A_DAY),
            ),
        ),
        "not_yet",
    ),
    "another target": (_objective(target=20.0), "wrong_figure"),
    "unknown measure": (_objective(measure="happiness"), "unknown_word"),
    "stronger than known": (_action(library_id=""), "oversold"),
    "more than can be": (_objective(expected_size=12.0, target=12.1), "oversold"),
    "no action": (lambda plan: dataclasses.replace(plan, actions=(), screens=()), "no_action"),
    "orphan action": (_action(objective_id="o9"), "orphan_action"),
    "no first steps": (_action(first_steps=()), "not_written"),
    "no hours": (_action(staff_hours=None), "not_written"),
    "unknown kind": (_action(kind="gift"), "unknown_word"),
    "two of one name": (
        lambda plan: dataclasses.replace(plan, actions=plan.actions * 2),
        "id_not_single",
    ),
    "no author": (lambda plan: dataclasses.replace(plan, authors=()), "nobody_wrote_it"),
    "no screen": (lambda plan: dataclasses.replace(plan, screens=()), "screen_missing"),
    "screen of nothing": (_screen(action_id="a7"), "screen_of_nothing"),
    "action changed": (
        lambda plan: dataclasses.replace(
            plan, actions=(dataclasses.replace(plan.actions[0], text="Another."),)
        ),
        "screen_stale",
    ),
    "question not answered": (_screen(answers=()), "screen_open"),
    "consequence not answered": (_answer(0, answer="yes"), "screen_open"),
    "answer of no kind": (_answer(1, answer="fine"), "screen_open"),
    "answer without reason": (_answer(4, reason=""), "screen_open"),
    "adjusted, none recorded": (_screen(adjustments=()), "screen_open"),
    "no evidence": (_screen(evidence=()), "screen_open"),
    "nobody consulted on it": (_screen(consulted=("  ",)), "screen_open"),
    "no reviewer": (_screen(reviewer=""), "screen_not_reviewed"),
    "no day of review": (_screen(reviewed_on=None), "screen_not_reviewed"),
    "author reviews": (_screen(reviewer="deputy  HEAD"), "reviewer_is_author"),
    "reopened": (_screen(reopenings=(Reopening(reopened_on=DAY, why="gap"),)), "screen_reopened"),
    "parents not asked": (
        lambda plan: dataclasses.replace(plan, consultations=plan.consultations[:1]),
        "not_consulted",
    ),
    "pupils with SEND not asked": (
        lambda plan: dataclasses.replace(plan, consultations=plan.consultations[1:]),
        "not_consulted",
    ),
    "what it changed": (
        lambda plan: dataclasses.replace(
            plan,
            consultations=tuple(
                dataclasses.replace(each, changed="") for each in plan.consultations
            ),
        ),
        "consultation_unfinished",
    ),
    "award": (
        _action(text="Pupils with 100% attendance win a prize."),
        "lint_full_attendance_award",
    ),
    "award in a title": (
        _objective(title="Prizes for full attendance"),
        "lint_full_attendance_award",
    ),
    "unknown pathway": (
        lambda plan: dataclasses.replace(plan, pathway="golden"),
        "unknown_pathway",
    ),
    "sanction before the audit": (_action(text="Detentions move to lunch."), "audit_incomplete"),
    "bright review": (
        lambda plan: dataclasses.replace(
            plan,
            reviews=(
                Review(
                    objective_id="o1",
                    reviewed_on=datetime.date(2027, 3, 26),
                    rag="green",
                    measured=Measured(value=23.9, low=22.1, high=25.7),
                ),
            ),
        ),
        "review_too_bright",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_single_fault_is_refused_by_its_name(name: str) -> None:
    change, code = FAULTS[name]
    assert code in refused(change(planned.whole_plan()))


def test_days_up_to_the_day_of_the_check_are_past_and_a_review_of_the_next_is_ahead() -> None:
    plan = _screen(reviewed_on=DAY)(planned.whole_plan())
    soon = _objective(started_on=DAY, review_on=(DAY + A_DAY,))(plan)
    asked = tuple(dataclasses.replace(each, held_on=DAY) for each in soon.consultations)
    assert plans.check(dataclasses.replace(soon, consultations=asked), rules=planned.rules()) == ()


def test_a_plan_stays_in_force_when_its_only_review_is_overdue_and_not_once_it_changed() -> None:
    """The review lay ahead when it was approved; approved anew, another must."""
    short = _objective(review_on=(datetime.date(2027, 3, 26),))(planned.whole_plan())
    approved = approve(short)
    later = programmes.load("rise-hubs-2025").as_at(datetime.date(2027, 5, 1))
    why = plans.watching.why_not_in_force(approved, rules=later, findings=planned.FINDINGS)
    assert why == ()
    changed = dataclasses.replace(approved, title="Another title")
    codes = {each.code for each in plans.check(changed, rules=later)}
    assert "no_review_ahead" in codes
    held = Review(objective_id="o1", reviewed_on=datetime.date(2027, 3, 26), rag="amber")
    codes = {
        each.code
        for each in plans.check(dataclasses.replace(changed, reviews=(held,)), rules=later)
    }
    assert "no_review_ahead" not in codes


def test_every_reason_is_given_at_once() -> None:
    plan = planned.whole_plan()
    for name in ("no owner", "no evidence", "parents not asked"):
        plan = FAULTS[name][0](plan)
    assert refused(plan) >= {"not_written", "screen_open", "not_consulted"}


def test_findings_are_those_of_the_diagnosis_and_not_of_the_plan() -> None:
    assert "orphan_objective" in refused(planned.whole_plan(), findings={})


@pytest.mark.parametrize("missing", FOUR)
def test_a_changed_sanction_waits_for_every_step_of_the_enhanced_audit(missing: str) -> None:
    change = _action(title="Detentions move to lunch", library_id="")
    plan = _objective(evidence_strength="untested")(change(planned.whole_plan()))
    done = dataclasses.replace(plan, audit_steps=steps(*FOUR))
    assert approve(done).approval
    kept = [step for step in FOUR if step != missing]
    assert refused(dataclasses.replace(plan, audit_steps=steps(*kept))) == {"audit_incomplete"}
    late = AuditStep(step=missing, finished_on=DAY + datetime.timedelta(days=1))
    ahead = dataclasses.replace(plan, audit_steps=(*steps(*kept), late))
    assert refused(ahead) == {"audit_incomplete"}


def test_the_audit_is_what_was_recorded_and_not_what_the_plan_says() -> None:
    change = _action(title="Detentions move to lunch", library_id="")
    plan = _objective(evidence_strength="untested")(change(planned.whole_plan()))
    said = dataclasses.replace(plan, audit_steps=steps(*FOUR))
    with pytest.raises(DataProblem, match="the diagnostic day is not done"):
        plans.approve(
            said, rules=planned.rules(), findings=planned.FINDINGS, by="Head", on=DAY,
            audit_steps=steps(*FOUR[:3]),
        )  # fmt: skip


def test_the_regional_pathway_asks_for_no_audit() -> None:
    plan = _action(title="Detentions move to lunch")(planned.whole_plan())
    assert approve(dataclasses.replace(plan, pathway="regional")).approval


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("Detentions move to lunch.", True),
        ("We end all detentions.", True),
        ("No pupil is suspended for it.", False),
        ("We do not use detentions.", False),
        ("Ring the family.", False),
    ],
)
def test_what_changes_a_sanction(text: str, changes: bool) -> None:
    codes = {
        each.code
        for each in plans.check(
            _action(text=text)(planned.whole_plan()),
            rules=planned.rules(),
            findings=planned.FINDINGS,
        )
    }
    assert ("audit_incomplete" in codes) == changes


PLAIN = "Pupils who come late wait in the hall after the bell."


def with_answer(action: PlannedAction, *given: ScreenAnswer) -> ActionPlan:
    """Screen an action in every question, the first one answered so."""
    plan = planned.with_action(planned.whole_plan(), action)
    kept = [each for each in plan.screens[0].answers if each.question != "consequence"]
    return _screen(answers=(*given, *kept))(plan)


def said(answer: str, reason: str = "", question: str = "consequence") -> ScreenAnswer:
    return ScreenAnswer(question=question, answer=answer, reason=reason)


@pytest.mark.parametrize("kind", ["support", "contact", "reward"])
def test_a_yes_of_people_counts_as_a_sanction_whatever_the_words(kind: str) -> None:
    turns = Conditions(turns_on="effort") if kind == "reward" else None
    action = dataclasses.replace(
        planned.whole_plan().actions[0], text=PLAIN, kind=kind, conditions=turns
    )  # fmt: skip
    assert plans.facts.sanction_words(action) == (), "no word of the lint is in it"
    asked = {each.question for each in plans.screen(action).questions}
    some = with_answer(action, said("some"))
    assert refused(some) >= {"screen_open", "audit_incomplete"}, "it is asked what a sanction is"
    more = plans.screen(action, some.screens[0]).questions
    assert {each.question for each in more} - asked == {"need_first", "same_for_whom"}
    answers = (said("some"), *(
        said("no_disadvantage", "Looked at.", each.question) for each in more[1:]
    ))  # fmt: skip
    whole = _screen(answers=answers)(some)
    assert refused(whole) == {"audit_incomplete"}
    assert approve(dataclasses.replace(whole, audit_steps=steps(*FOUR))).approval
    if kind != "reward":
        assert approve(with_answer(action, said("none"))).approval, (
            "the control: with a no it passes"
        )


def test_of_two_answers_the_yes_counts() -> None:
    action = dataclasses.replace(planned.whole_plan().actions[0], text=PLAIN)
    for both in ([said("some"), said("none")], [said("none"), said("some")]):
        assert "audit_incomplete" in refused(with_answer(action, *both))


def test_a_no_against_the_words_needs_its_reason_and_the_reviewers() -> None:
    action = dataclasses.replace(planned.whole_plan().actions[0], text="We read on detentions.")
    assert refused(with_answer(action, said("none"))) == {"screen_open", "audit_incomplete"}
    alone = with_answer(action, said("none", "It is a book for staff."))
    assert refused(alone) == {"consequence_unconfirmed", "audit_incomplete"}
    silent = said("none", " ", "consequence_confirmed")
    again = with_answer(action, said("none", "It is a book for staff."), silent)
    assert refused(again) == {"consequence_unconfirmed", "audit_incomplete"}
    confirmed = said("none", "I read it: nothing changes.", "consequence_confirmed")
    both = with_answer(action, said("none", "It is a book for staff."), confirmed)
    assert approve(both).approval


def test_a_sanction_by_its_kind_cannot_be_answered_away() -> None:
    action = PlannedAction(
        action_id="a1", objective_id="o1", title="A talk", kind="sanction",
        first_steps=("One",), staff_hours=1, cost_pence=0, for_whom="All",
        conditions=Conditions(turns_on="conduct"),
    )  # fmt: skip
    confirmed = said("none", "Nothing.", "consequence_confirmed")
    plan = with_answer(action, said("none", "It is none."), confirmed)
    assert refused(plan) >= {"screen_open", "audit_incomplete"}


def test_an_approval_written_by_hand_is_none() -> None:
    forged = Approval(approved_by="Me", approved_on=DAY, definition_version="1", digest="0" * 12)
    plan = dataclasses.replace(planned.whole_plan(), approval=forged)
    codes = [
        each.code
        for each in plans.watching.why_not_in_force(
            plan, rules=planned.rules(), findings=planned.FINDINGS
        )
    ]
    assert codes == ["changed_since"]


def test_an_approved_plan_that_changes_is_approved_no_more() -> None:
    approved = approve(planned.whole_plan())
    changed = dataclasses.replace(approved, title="Another")
    rules = planned.rules()
    why = plans.watching.why_not_in_force(changed, rules=rules, findings=planned.FINDINGS)
    assert [each.code for each in why] == ["changed_since"]


def test_rules_of_another_day_do_not_approve() -> None:
    with pytest.raises(DataProblem, match="the approval is of"):
        plans.approve(
            planned.whole_plan(), rules=planned.rules(), findings=planned.FINDINGS, by="Head",
            on=DAY + datetime.timedelta(days=1),
        )  # fmt: skip


def test_direct_discrimination_is_never_justified() -> None:
    action = PlannedAction(
        action_id="a1", objective_id="o1", title="Hair", text="Boys with braids get a detention.",
        kind="sanction", first_steps=("One",), staff_hours=1, cost_pence=0, for_whom="All",
        conditions=Conditions(turns_on="conduct"),
    )  # fmt: skip
    plan = planned.with_action(planned.whole_plan(), action)
    at = [each.question for each in plan.screens[0].answers].index("appearance_of_some")
    plan = _objective(evidence_strength="untested")(
        dataclasses.replace(plan, audit_steps=steps(*FOUR))
    )
    assert approve(plan).approval
    assert refused(_answer(at, answer="justified")(plan)) == {"screen_open"}
    indirect = [each.question for each in plan.screens[0].answers].index("appearance_rule")
    assert approve(_answer(indirect, answer="justified")(plan)).approval
