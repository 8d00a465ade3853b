"""A school register is read for rules of its own day and of no other."""

import datetime

import polars as pl
import pytest

from schoolhubs import programmes, runs, schools
from schoolhubs.schools.register import PHASE_FIGURES, QUALITY
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.errors import DataProblem

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


@pytest.mark.parametrize("days", [-3650, -1, 1, 1200])
def test_rules_of_any_other_day_are_refused(register: schools.SchoolRegister, days: int) -> None:
    on = ON + datetime.timedelta(days=days)
    rules = programmes.load("behaviour-hubs-2021").as_at(on)
    with pytest.raises(DataProblem) as refused:
        runs.check_school(register, rules, urn="900001")
    (problem,) = refused.value.problems
    assert problem.code == "register_of_another_day"
    assert problem.fault == f"the school register is as at 2022-10-01; rules are asked for {on}"
    assert f"`data build --on {on}`" in problem.remedy
    order = runs.Order(rules=rules, register=register, leads=frames.LEADS.empty())
    with pytest.raises(DataProblem, match="is as at 2022-10-01"):
        runs.run_intake(order, clock=lambda: 0.0)
