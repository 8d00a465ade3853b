"""``plan check``: a plan that is whole, one that is not, and what is no plan."""

from pathlib import Path

import pytest
from click.testing import CliRunner

import planned
from schoolhubs.cli.main import schoolhubs

ON = ("--on", str(planned.DAY))


def run(*words: object) -> tuple[int, dict]:  # type: ignore[type-arg]
    import json

    done = CliRunner().invoke(schoolhubs, ["plan", "check", *map(str, words), "--json"])
    return done.exit_code, json.loads(done.stdout) if done.stdout else {}


def test_a_whole_plan_has_no_problems(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(planned.text())
    code, said = run(path, *ON)
    assert (code, said["problems"]) == (0, [])
    (action,) = said["actions"]
    assert action["version"] == planned.whole_plan().actions[0].version
    assert {"arising", "criterion", "adjustment", "duty"} == {
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


def test_a_file_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    assert CliRunner().invoke(schoolhubs, ["plan", "check", str(tmp_path / "no")]).exit_code == 2
