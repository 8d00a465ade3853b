"""Answers of an application that a programme cannot take are told with row, column and remedy."""

import datetime

import pytest

from gallery.making import file
from schoolhubs import eligibility, files, programmes

BLANK = "or leave the cell blank if it was not answered."


@pytest.fixture(scope="module")
def rules():
    """Give the first programme's rules, which ask the most of an application."""
    return programmes.load("behaviour-hubs-2021").as_at(datetime.date(2022, 9, 1))


@pytest.mark.parametrize(
    ("column", "value", "code", "remedy"),
    [
        (
            "pathway",
            "golden",
            "unknown_pathway",
            "Write one of core, extended, multi_school, or leave the cell blank for any.",
        ),
        ("ready_to_change", "perhaps", "unreadable_answer", f"Write yes or no, {BLANK}"),
        ("n_senior_leaders", "-3", "unreadable_answer", f"Write a number, 0 or more, {BLANK}"),
        ("n_senior_leaders", "three", "unreadable_answer", f"Write a number, 0 or more, {BLANK}"),
    ],
)
def test_an_answer_that_cannot_be_taken_is_told(column, value, code, remedy, rules, tmp_path):
    path = file(f"urn,{column}\n900001,\n900002,{value}\n")(tmp_path)

    (found,) = eligibility.check_answers(files.read_list(path, "applications"), rules).problems

    assert (found.code, found.row, found.column, found.urn) == (code, 3, column, "900002")
    assert found.value == value
    assert repr(value) in found.fault
    assert found.remedy == remedy


def test_good_answers_are_taken_without_a_word(rules, tmp_path):
    text = "urn,pathway,ready_to_change,n_senior_leaders\n900001,core,Yes,3\n900002,,no,0\n"
    path = file(text)(tmp_path)

    checked = eligibility.check_answers(files.read_list(path, "applications"), rules)

    assert checked.problems == ()
    assert checked.applications["ready_to_change"].to_list() == [True, False]
