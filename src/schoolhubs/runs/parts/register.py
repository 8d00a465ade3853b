"""The facts of a school register, for rules of the same day and no other."""

import datetime

import polars as pl

from schoolhubs import schools
from schoolhubs.vocabulary.errors import DataProblem, Problem


def facts_on(register: schools.SchoolRegister, on: datetime.date) -> pl.DataFrame:
    """Give frames.SCHOOL_FACTS as at the day of the rules.

    A register knows who was open, and in which trust, on its own day only. Read for another day
    it would answer in silence with the schools of the wrong one.

    Raises
    ------
    DataProblem
        If the register is as at another day.
    """
    if register.on != on:
        problem = Problem(
            code="register_of_another_day",
            file="school register",
            value=str(register.on),
            fault=f"the school register is as at {register.on}; rules are asked for {on}",
            remedy=f"Build it as at {on} with `data build --on {on}`, or ask for {register.on}.",
        )
        raise DataProblem([problem], outcome="Nothing was written.")
    return schools.facts(register, on=on)
