"""``plan check`` and ``plan progress``: a whole plan, one that is not, what is no plan, reviews."""

import datetime
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import planned
from schoolhubs import plans
from schoolhubs.cli.main import schoolhubs
from schoolhubs.vocabulary.errors import UsageError

ON = ("--on", str(planned.DAY))


REVIEWS = """
reviews:
  - {objective_id: o1, reviewed_on: 2027-03-26, rag: green,
     measured: {value: 21.5, low: 20.6, high: 22.4}}
  - {objective_id: o1, reviewed_on: 2027-07-16, rag: amber}
"""


def run(*words: object, command: str = "check") -> tuple[int, dict[str, Any]]:
    done = CliRunner().invoke(schoolhubs, ["plan", command, *map(str, words), "--json"])
    return done.exit_code, json.loads(done.stdout) if done.stdout else {}


def test_a_whole_plan_has_no_problems(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(planned.text())
    code, said = run(path, *ON)
    assert (code, said["problems"]) == (0, [])
    (action,) = said["actions"]
    assert action["version"] == planned.whole_plan().actions[0].version
    assert {"consequence", "arising", "criterion", "adjustment", "duty"} == {
        each["question"] for each in action["questions"]
    }


def test_problems_say_code_where_and_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    words = "Pupils with 100% attendance win a prize"
    path.write_text(
        planned.text().replace("title: A weekly look at small rises", f"title: {words}")
    )
    code, said = run(path, *ON)
    assert code == 3
    assert all(set(each) == {"code", "where", "text"} for each in said["problems"])
    assert {"lint_full_attendance_award", "screen_stale"} <= {
        each["code"] for each in said["problems"]
    }
    (found,) = [each for each in said["problems"] if each["code"].startswith("lint_")]
    assert found["where"] == "actions.a1"
    assert words in found["text"]
    assert "sections 15, 19, 149" in found["text"]


def test_days_that_cannot_be_are_named_as_at_the_day_of_the_check(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    strange = planned.text().replace("reviewed_on: 2026-11-20", "reviewed_on: 2031-11-20")
    path.write_text(
        strange.replace("started_on: 2026-11-30\n    r", "started_on: 2019-09-01\n    r")
    )
    code, said = run(path, *ON)
    assert code == 3
    assert [(each["code"], each["where"]) for each in said["problems"]] == [
        ("not_yet", "screens.a1.reviewed_on"), ("wrong_order", "objectives.o1.started_on"),
    ]  # fmt: skip
    late = run(path, "--on", "2031-11-20")[1]["problems"]
    assert {each["code"] for each in late} == {"no_review_ahead", "wrong_order"}


def test_the_terminal_says_how_a_file_writes_the_answers(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(planned.text().replace("answer: no_disadvantage", "answer: fine"))
    done = CliRunner().invoke(schoolhubs, ["plan", "check", str(path), *ON])
    assert done.exit_code == 3
    assert "no_disadvantage (No disadvantage was found, and why)" in done.stderr
    assert "Answer one of “No disadvantage was found, and why”" in done.stderr
    _, said = run(path, *ON)
    assert list(said["answers"]) == [
        "some", "none", "no_disadvantage", "adjusted", "justified",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("plan_id: [", "not_read"),
        ("- 1", "not_a_mapping"),
        ("title: x", "missing"),
        ("plan_id: p\nrag: green", "unknown_word"),
        ("plan_id: p\nobjectives: 3", "not_a_list"),
        ("plan_id: p\nobjectives: [{objective_id: o, started_on: soon}]", "not_a_date"),
        ("plan_id: p\nobjectives: [{objective_id: o, target: .nan}]", "wrong_kind"),
        ("plan_id: !!python/object/apply:os.getcwd []", "not_read"),
    ],
)
def test_what_is_no_plan_is_refused_in_words(tmp_path: Path, text: str, code: str) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(text)
    exit_code, said = run(path, *ON)
    assert exit_code == 3
    assert code in {each["code"] for each in said["problems"]}


def test_a_urn_without_quotes_is_told_to_have_them(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text("urn: 900001")
    (one,) = (each for each in run(path, *ON)[1]["problems"] if each["code"] == "wrong_kind")
    assert "urn is 900001, and should be text" in one["text"]
    assert 'Put quotes round it, such as "900001".' in one["text"]


def test_a_file_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    assert CliRunner().invoke(schoolhubs, ["plan", "check", str(tmp_path / "no")]).exit_code == 2


def test_progress_of_each_review_is_the_pages_own(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(planned.text() + REVIEWS)
    code, said = run(path, command="progress")
    assert code == 0
    first, second = said["reviews"]
    (objective,) = planned.whole_plan().objectives
    measured = plans.editing.read_plan(path).reviews[0].measured
    assert measured
    come = plans.watching.progress(objective, measured, on=datetime.date(2027, 3, 26))
    assert (come.better_by, come.rag) == (pytest.approx(2.6), "green")
    assert first["progress"] == {
        "objective_id": "o1", "better_by": come.better_by, "low": come.low, "high": come.high,
        "expected_by_now": come.expected_by_now, "rag": "green", "said": come.said,
    }  # fmt: skip
    assert (second["rag"], second["progress"]) == ("amber", None)


def test_progress_says_in_words_what_the_figures_allow(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(planned.text() + REVIEWS)
    done = CliRunner().invoke(schoolhubs, ["plan", "progress", str(path)])
    first, second = done.stdout.splitlines()
    assert "Better by +2.60" in first
    assert "90 % interval" in first
    assert first.endswith("Reviewed as green; the figures allow green.")
    assert second == (
        "o1, 2027-07-16: reviewed as amber without a figure, which allows amber at best."
    )


def test_a_plan_without_reviews_has_no_progress_yet(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(planned.text())
    assert run(path, command="progress")[1]["reviews"] == []
    done = CliRunner().invoke(schoolhubs, ["plan", "progress", str(path)])
    assert done.stdout == "example: no objective was reviewed yet.\n"


def test_progress_of_an_objective_without_a_baseline_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    text = planned.text() + REVIEWS
    path.write_text(text.replace("    expected_size: 2.0\n", ""))
    done = CliRunner().invoke(schoolhubs, ["plan", "progress", str(path)])
    assert isinstance(done.exception, UsageError)
    assert "o1 lacks" in str(done.exception)
