"""A school register read for another day than its own is seen as it stood then, and says so."""

import dataclasses
import datetime

import polars as pl
import pytest

from schoolhubs import programmes, runs, schools
from schoolhubs.schools.register import PHASE_FIGURES, QUALITY
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.errors import DataProblem
from schoolhubs.vocabulary.records.eligibility import Verdict

ON = datetime.date(2022, 10, 1)


@pytest.fixture
def register() -> schools.SchoolRegister:
    """Give a register of one open school as at the day."""
    school = {
        "urn": "900001",
        "school_name": "A school",
        "region": "London",
        "establishment_type": "Community school",
        "phase": "secondary",
        "is_state_funded": True,
        "is_open": True,
        "is_placed_at_successor": False,
        "is_context_later": False,
    }
    return schools.SchoolRegister(
        on=ON,
        schools=frames.SCHOOLS.fill(pl.DataFrame([school])),
        absence=frames.ABSENCE.empty(),
        inspections=frames.INSPECTIONS.empty(),
        links=frames.LINKS.empty(),
        trusts=frames.TRUSTS.empty(),
        phase_figures=PHASE_FIGURES.empty(),
        quality=QUALITY.empty(),
        sources=(),
    )


def test_rules_of_the_same_day_are_answered(register: schools.SchoolRegister) -> None:
    rules = programmes.load("behaviour-hubs-2021").as_at(ON)
    assert len(runs.check_school(register, rules, urn="900001")) == len(rules.pathways)


def test_a_reason_names_the_registers_own_day_and_the_day_it_is_seen_as_on(
    register: schools.SchoolRegister,
) -> None:
    rules = programmes.load("behaviour-hubs-2021")
    later = ON + datetime.timedelta(days=30)
    for on, words in (
        (ON, "school register as at 2022-10-01"),
        (later, "school register as at 2022-10-01, seen as on 2022-10-31"),
    ):
        (first, *_) = runs.check_school(register, rules.as_at(on), urn="900001")
        assert {r.source for r in first.reasons if r.rule == "open"} == {words}
        order = runs.Order(rules=rules.as_at(on), register=register, leads=frames.LEADS.empty())
        held, _ = runs.run_intake(order, clock=lambda: 0.0)
        assert held.register_on == ON


def test_a_school_in_no_register_is_told_with_the_registers_own_day(
    register: schools.SchoolRegister,
) -> None:
    rules = programmes.load("behaviour-hubs-2021").as_at(ON + datetime.timedelta(days=30))
    with pytest.raises(DataProblem, match="as at 2022-10-01, seen as on 2022-10-31"):
        runs.check_school(register, rules, urn="900099")


def seen(register: schools.SchoolRegister, on: datetime.date, **changes: object) -> bool:
    """Tell whether the school counts as open on a day."""
    known = register.schools.with_columns(
        [
            pl.lit(value).cast(frames.SCHOOLS.schema[name]).alias(name)
            for name, value in changes.items()
        ]
    )
    held = dataclasses.replace(register, schools=known)
    rules = programmes.load("behaviour-hubs-2021").as_at(on)
    (first, *_) = runs.check_school(held, rules, urn="900001")
    (reason,) = [reason for reason in first.reasons if reason.rule == "open"]
    return reason.verdict is Verdict.YES


def test_an_earlier_day_is_worked_out_from_the_days_held(register: schools.SchoolRegister) -> None:
    opened = datetime.date(2021, 9, 1)
    assert not seen(register, datetime.date(2021, 8, 31), opened_on=opened)
    assert seen(register, opened, opened_on=opened)
    closed = {"closed_on": datetime.date(2022, 1, 1), "is_open": False}
    assert seen(register, datetime.date(2021, 12, 31), **closed)
    assert not seen(register, datetime.date(2022, 1, 1), **closed)


@pytest.mark.parametrize(("days", "said"), [(-30, "worked out"), (30, "not in it")])
def test_a_round_on_another_day_says_so(
    register: schools.SchoolRegister, days: int, said: str
) -> None:
    rules = programmes.load("behaviour-hubs-2021").as_at(ON + datetime.timedelta(days=days))
    order = runs.Order(rules=rules, register=register, leads=frames.LEADS.empty())
    held, _ = runs.run_intake(order, clock=lambda: 0.0)
    assert "as at 2022-10-01" in held.notes[0]
    assert said in held.notes[0]
    assert register.said_of_day(ON) == ()
