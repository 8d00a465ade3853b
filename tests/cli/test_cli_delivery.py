"""``delivery schedule``: dates from a file, or why there are none."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from schoolhubs.cli.main import schoolhubs
from schoolhubs.vocabulary.errors import DataProblem, Problem, UsageError

HOW_TO = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "plan-support-days.md"
PYTHON = ("Error", "KeyError", "isoformat", "NoneType", "list indices", "invalid", "line 1 column")


def given() -> dict[str, Any]:
    """Read the file that the how-to shows."""
    text = HOW_TO.read_text(encoding="utf-8")
    told: dict[str, Any] = json.loads(text.split("```json\n")[1].split("```")[0])
    return told


def run(folder: Path, told: Any, *more: str, on: str = "2026-11-23") -> Any:
    text = told if isinstance(told, str) else json.dumps(told, indent="\t")
    (folder / "hub.json").write_text(text)
    asked = ["delivery", "schedule", "--programme", "rise-hubs-2025", "--on", on]
    return CliRunner().invoke(schoolhubs, [*asked, "--given", str(folder / "hub.json"), *more])


def changed(field: str, to: Any) -> dict[str, Any]:
    """Give the how-to's file with one value replaced or added; lists are counted from 1."""
    told = copy.deepcopy(given())
    *path, last = (int(step) - 1 if step.isdigit() else step for step in field.split("."))
    at: Any = told
    for step in path:
        at = at[step]
    at[last] = to
    return told


def refused(folder: Path, told: Any, **more: str) -> tuple[Problem, ...]:
    """Give the problems of a file that is refused; none of them speaks Python."""
    done = run(folder, told, **more)
    assert isinstance(done.exception, DataProblem), repr(done.exception)
    said = str(done.exception)
    assert not [word for word in PYTHON if word in said], said
    assert "No dates were looked for." in said
    return done.exception.problems


def test_the_file_of_the_how_to_gives_dates(tmp_path: Path) -> None:
    out = tmp_path / "dates.csv"
    done = run(tmp_path, given(), "--out", str(out), "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["outcome"], told["problems"]) == ("fits", [])
    assert len(told["visits"]) == 8
    assert out.read_text().splitlines()[0] == "partner,on,part,leader"
    assert {each["leader"] for each in told["visits"] if each["partner"] == "Elm School"} == {"Ben"}


def test_what_does_not_fit_says_why_and_ends_with_three(tmp_path: Path) -> None:
    done = run(tmp_path, {**given(), "days_left": 7}, "--json")
    told = json.loads(done.stdout)
    assert (done.exit_code, told["outcome"]) == (3, "conflict")
    assert told["is_verified"]
    assert "The leaders of Ash School have 7 days left to give." in told["conflict"]
    assert sum(told["short"].values()) == 2
    assert {each["code"] for each in told["problems"]} == {"no_date"}
    said = run(tmp_path, {**given(), "days_left": 7})
    assert said.exit_code == 3
    assert "no date for 1 day of 4 days" in said.stderr or "no date for half a day" in said.stderr


def test_what_is_given_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "hub.json"
    done = run(tmp_path, given(), "--out", str(tmp_path / "." / "hub.json"))
    assert isinstance(done.exception, UsageError)
    assert "which would be lost" in str(done.exception)
    assert json.loads(path.read_text()) == given()


@pytest.mark.parametrize(
    ("field", "to", "words"),
    [
        ("leaders.2.name", "Ada", "the name of two"),
        ("partners.2.name", "Beech School", "the name of two"),
        ("partners.1.name", "Ash School", "the lead school"),
        ("partners.2.days", -4, "-4 is not more than 0"),
        ("partners.2.days", 4.3, "no multiple of 0.5"),
        ("partners.2.days", "four", "'four' is not a number"),
        ("partners.2.minutes", 99999, "more than 600"),
        ("partners.2.starts_on", "2026-02-31", "'2026-02-31' is no day of the calendar"),
        ("partners.2.starts_on", "1 Sept", "not a date"),
        ("partners.2.finishes_on", "2026-09-01", "is not after starts_on"),
        ("partners.2.finishes_on", "9999-09-01", "no term dates"),
        ("leaders.2.cannot.1", "1999-12-01", "no term dates"),
        ("leaders.1.most", 3, "the key most is not known"),
        ("leaders", {}, "is not a list"),
        ("leaders", [], "it is empty"),
        ("days_left", -1, "-1 is less than 0"),
    ],
)
def test_each_fault_names_file_row_field_and_what_to_do(
    tmp_path: Path, field: str, to: Any, words: str
) -> None:
    (found,) = [e for e in refused(tmp_path, changed(field, to)) if words in e.fault]
    assert (found.file, found.column) == ("hub.json", field)
    assert found.remedy
    assert found.row is not None
    stands = (tmp_path / "hub.json").read_text().splitlines()[found.row - 1]
    assert (str(to) if "cannot" in field else field.rpartition(".")[2]) in stands


def test_a_part_that_is_missing_is_named(tmp_path: Path) -> None:
    told = given()
    del told["lead"], told["partners"][0]["days"]
    faults = [each.fault for each in refused(tmp_path, told)]
    assert faults == ["lead is missing", "days is missing"]


@pytest.mark.parametrize(
    "told", ["", "[]", "{", "reference,payee\n1,2\n", '{"lead": 1, "lead": 2}']
)
def test_a_file_that_is_none_is_told(tmp_path: Path, told: str) -> None:
    (found, *_) = refused(tmp_path, told)
    assert found.file == "hub.json"
    assert found.remedy


def test_a_partnership_that_is_over_is_the_reason(tmp_path: Path) -> None:
    problems = refused(tmp_path, given(), on="2028-01-10")
    assert [each.code for each in problems] == ["partnership_over", "partnership_over"]
    assert "the partnership of Elm School is over" in problems[1].fault
    assert "2027-09-01" in problems[1].fault


@pytest.mark.parametrize(
    ("words", "said"),
    [(("--time-limit", "-1"), "--time-limit is -1"), (("--time-limit", "nan"), "--time-limit"),
     (("--seed", "-1"), "--seed is -1")],
)  # fmt: skip
def test_a_search_that_cannot_be_made_is_told(
    tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    done = run(tmp_path, given(), *words)
    assert isinstance(done.exception, UsageError)
    assert said in str(done.exception)


def test_a_search_that_was_too_short_says_so(tmp_path: Path) -> None:
    done = run(tmp_path, given(), "--time-limit", "0.000001", "--json")
    told = json.loads(done.stdout)
    assert (done.exit_code, told["outcome"]) == (3, "not_known")
    assert [each["code"] for each in told["problems"]] == ["not_known"]
