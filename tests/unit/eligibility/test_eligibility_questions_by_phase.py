"""A question that only some phases are asked leaves no gap in the others."""

import datetime

import polars as pl
import pytest

from schoolhubs import eligibility, programmes
from schoolhubs.vocabulary import frames

RULES = programmes.load("special-ap-hubs-example").as_at(datetime.date(2026, 2, 2))
ASKED = {question.question: question for question in RULES.questions}
SCHOOL = {
    "urn": "900001", "school_name": "A school", "is_open": True, "is_state_funded": True,
    "region": "London", "age_low": 11, "age_high": 16, "n_pupils": 60,
    "is_placed_at_successor": False, "is_context_later": False,
    "is_inspection_of_predecessor": False, "absence_percent": 16.0, "absence_phase_percent": 13.0,
    "persistent_absence_percent": 50.0, "persistent_absence_phase_percent": 36.0,
}  # fmt: skip


def unasked(phase: str) -> list[str]:
    """Name the rules of a school with every answer it is asked for that cannot tell."""
    school = frames.SCHOOL_FACTS.fill(pl.DataFrame([{**SCHOOL, "phase": phase}]))
    answers = {"yes_no": "yes", "number": "6"}
    given = {
        name: answers[question.kind.value] if question.asks(phase) else None
        for name, question in ASKED.items()
    }
    applied = pl.DataFrame([{"urn": "900001", "pathway": "paired", **given}])
    applied = applied.with_columns(pl.col(name).cast(pl.String) for name in given)
    assert eligibility.check_answers(applied, RULES).problems == ()
    every = eligibility.explain(school, applied, RULES, urn="900001", lead_urns=[])
    (decided,) = (each for each in every if each.pathway == "paired")
    return [
        reason.rule
        for reason in decided.reasons
        if reason.verdict == "cannot tell" and "answer" in f"{reason.source} {reason.threshold}"
    ]


@pytest.mark.parametrize("phase", ["special", "alternative_provision"])
def test_no_answer_is_missed_that_nobody_asked_for(phase: str) -> None:
    assert unasked(phase) == []


def test_much_time_missed_is_asked_of_alternative_provision_alone() -> None:
    question = ASKED["much_time_missed"]
    assert question.phases == ("alternative_provision",)
    assert [question.asks(phase) for phase in ("special", "alternative_provision", None)] == [
        False, True, True,
    ]  # fmt: skip
    assert ASKED["ready_to_change"].asks("special")


def test_the_answer_that_is_asked_for_is_missed_where_it_is_not_given() -> None:
    school = frames.SCHOOL_FACTS.fill(pl.DataFrame([{**SCHOOL, "phase": "alternative_provision"}]))
    applied = pl.DataFrame({"urn": ["900001"], "pathway": ["paired"], "ready_to_change": ["yes"]})
    every = eligibility.explain(school, applied, RULES, urn="900001", lead_urns=[])
    (decided,) = (each for each in every if each.pathway == "paired")
    verdicts = {reason.rule: reason.verdict for reason in decided.reasons}
    assert verdicts["needs_support"] == "cannot tell"
