"""Answers of applications, read from text."""

import datetime

import polars as pl
import pytest

from schoolhubs import eligibility, programmes

RULES = programmes.load("behaviour-hubs-2021").as_at(datetime.date(2022, 10, 1))


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("yes", True), ("Y", True), (" TRUE ", True), ("1", True),
        ("no", False), ("N", False), ("false", False), ("0", False),
        ("", None), (None, None), ("  ", None),
    ],
)  # fmt: skip
def test_yes_and_no(text: str | None, read: bool | None) -> None:
    given = pl.DataFrame(
        {"urn": ["900001"], "ready_to_change": [text]},
        schema_overrides={"ready_to_change": pl.String},
    )
    checked = eligibility.check_answers(given, RULES)
    assert checked.applications["ready_to_change"].to_list() == [read]
    assert checked.problems == ()


@pytest.mark.parametrize(("text", "read"), [("3", 3.0), (" 4 ", 4.0), ("", None)])
def test_numbers(text: str, read: float | None) -> None:
    given = pl.DataFrame({"urn": ["900001"], "n_senior_leaders": [text]})
    checked = eligibility.check_answers(given, RULES)
    assert checked.applications["n_senior_leaders"].to_list() == [read]
    assert checked.problems == ()


@pytest.mark.parametrize(
    ("column", "text", "expected"),
    [
        ("ready_to_change", "maybe", "yes or no"),
        ("n_senior_leaders", "three", "a number, 0 or more"),
        ("n_senior_leaders", "-1", "a number, 0 or more"),
        ("n_senior_leaders", "inf", "a number, 0 or more"),
        ("n_senior_leaders", "nan", "a number, 0 or more"),
    ],
)
def test_what_cannot_be_read_is_told_and_not_guessed(column: str, text: str, expected: str) -> None:
    given = pl.DataFrame({"urn": ["900001", "900002"], column: ["", text]})
    checked = eligibility.check_answers(given, RULES)
    assert checked.applications[column].to_list() == [None, None]
    (problem,) = checked.problems
    assert (problem.row, problem.column, problem.urn, problem.value) == (3, column, "900002", text)
    blank = "or leave the cell blank if it was not answered."
    assert problem.remedy == f"Write {expected}, {blank}"


def test_an_unknown_pathway_is_told_and_taken_as_any() -> None:
    given = pl.DataFrame({"urn": ["900001"], "pathway": ["gold"]})
    checked = eligibility.check_answers(given, RULES)
    assert checked.applications["pathway"].to_list() == [None]
    remedy = "Write one of core, extended, multi_school, or leave the cell blank for any."
    assert checked.problems[0].remedy == remedy


def test_applications_to_other_programmes_are_left_out() -> None:
    given = pl.DataFrame(
        {"urn": ["900001", "900002"], "programme_id": ["rise-hubs-2025", "behaviour-hubs-2021"]}
    )
    assert eligibility.check_answers(given, RULES).applications["urn"].to_list() == ["900002"]


def test_a_repeated_application_is_told_and_the_first_used() -> None:
    given = pl.DataFrame(
        {"urn": ["900001"] * 2, "pathway": ["core"] * 2, "ready_to_change": ["yes", "no"]}
    )
    checked = eligibility.check_answers(given, RULES)
    assert checked.applications["ready_to_change"].to_list() == [True]
    assert checked.problems[0].code == "repeated_application"
    assert checked.problems[0].row == 3
    assert checked.problems[0].remedy == "Keep one of the two."


def test_questions_not_asked_are_missing() -> None:
    checked = eligibility.check_answers(pl.DataFrame({"urn": ["900001"]}), RULES)
    assert checked.applications["leadership_capacity"].to_list() == [None]
    assert checked.applications.schema["n_senior_leaders"] == pl.Float64()
