"""A return of who was affected is read as counts of groups, and rows of pupils are sent back."""

import pytest

from schoolhubs import plans
from schoolhubs.plans.watching.counted import guessed, headings_of
from schoolhubs.vocabulary.errors import DataProblem

ROWS = [
    ("SEN", "Y", "Before", 100, 20), ("SEN", "N", "Before", 400, 40),
    ("SEN", "Y", "Since", 100, 60), ("SEN", "N", "Since", 400, 40),
]  # fmt: skip


def written(separator: str = ",", heads: str = "Characteristic,Group,When,Pupils,Affected") -> str:
    lines = [heads.split(","), *ROWS]
    return "\n".join(separator.join(map(str, each)) for each in lines)


def codes(text: str) -> list[str]:
    with pytest.raises(DataProblem) as refused:
        plans.watching.read_counts(text)
    return [each.code for each in refused.value.problems]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_what_a_spreadsheet_copies_is_what_disparity_takes(separator: str) -> None:
    found = plans.watching.read_counts("\ufeff" + written(separator) + "\n\n")
    (gap,) = plans.watching.disparity(found).gaps
    assert gap.group == "yes"
    assert gap.is_widening


def test_headings_of_its_own_are_named_by_a_person() -> None:
    text = written(heads="A,B,C,D,E")
    assert codes(text) == ["no_column"] * 5
    assert guessed(headings_of(text)) == {}
    columns = dict(zip(("characteristic", "group", "period", "n_pupils", "n_affected"), "ABCDE",
                       strict=True))  # fmt: skip
    assert plans.watching.read_counts(text, columns).equals(plans.watching.read_counts(written()))


def test_groups_of_ethnicity_are_the_schools_own_words() -> None:
    text = "characteristic,group,period,pupils,affected\nEthnicity,  Black   African ,after,50,5"
    assert plans.watching.read_counts(text)["group"].to_list() == ["Black African"]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("Star sign,Y,before,10,1", "unknown_word"),
        ("SEN,Maybe,before,10,1", "unknown_word"),
        ("SEN,Y,sometimes,10,1", "unknown_word"),
        ("SEN,Y,before,-1,1", "not_a_count"),
        ("SEN,Y,before,10,", "not_a_count"),
        ("SEN,Y,before,10,\u0663", "not_a_count"),
        ("SEN,Y,before,1.5,1", "not_a_count"),
    ],
)
def test_a_fault_says_its_row(row: str, code: str) -> None:
    with pytest.raises(DataProblem) as refused:
        plans.watching.read_counts(f"{written()}\n{row}")
    (problem,) = refused.value.problems
    assert (problem.code, problem.row) == (code, 6)


def test_rows_of_pupils_are_sent_back_and_no_pupil_is_repeated() -> None:
    upn = "H801200001001"
    with pytest.raises(DataProblem) as refused:
        plans.watching.read_counts(f"{written()}\nSEN,{upn},before,1,1")
    assert refused.value.problems[0].code == "rows_of_pupils"
    assert upn not in str(refused.value)
    assert codes(written() + "\nSEN,Y,before,1,1" * 300) == ["rows_of_pupils"]
    with pytest.raises(DataProblem) as refused:
        plans.watching.read_counts(f"{written()}\nAda Ash,Ada Ash,Ada Ash,Ada,Ash")
    assert "Ada" not in str(refused.value)


def test_nothing_is_no_return() -> None:
    assert codes("") == ["no_rows"]
    assert codes("characteristic,group,period,pupils,affected") == ["no_rows"]
