"""What the documentation tells people to type works, and what it points at is there."""

import os
import re
import secrets
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import polars as pl
import pytest

from schoolhubs.cli.main import schoolhubs as root_command

PROJECT = Path(__file__).resolve().parents[2]
PAGES = sorted([*PROJECT.glob("*.md"), *PROJECT.glob("docs/**/*.md")])
TRAVEL = PROJECT / "docs" / "how-to" / "travel.md"
MARKS = PROJECT / "docs" / "how-to" / "measure-absence.md"
DIAGNOSIS = PROJECT / "docs" / "how-to" / "draft-a-diagnosis.md"
RETURN = PROJECT / "docs" / "how-to" / "behaviour-return.md"
SURVEY = PROJECT / "docs" / "how-to" / "score-a-survey.md"
EXPORT = PROJECT / "docs" / "how-to" / "read-marks.md"
DAYS = PROJECT / "docs" / "how-to" / "plan-support-days.md"
MONEY = PROJECT / "docs" / "how-to" / "check-the-money.md"
MONEY_FILES = (
    *(f"records/{name}.csv" for name in ("partnerships", "days", "declarations", "declared_days")),
    "run.csv",
    "confirmation.csv",
)
PLAN = PROJECT / "docs" / "how-to" / "write-a-plan.md"
FENCED = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")


def fenced(page: Path, language: str) -> list[str]:
    """Give the fenced blocks of a language on a page."""
    found = FENCED.findall(page.read_text(encoding="utf-8"))
    return [text for kind, text in found if kind == language]


def typed(page: Path) -> list[list[str]]:
    """Give the words of every schoolhubs command a page tells people to type."""
    lines = [line for text in fenced(page, "sh") for line in text.splitlines()]
    calls = [shlex.split(line) for line in lines if "schoolhubs " in line.split("#")[0]]
    return [call[1:] for call in calls if call and call[0].endswith("schoolhubs")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_links_point_at_something(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if not target.startswith(("http:", "https:", "mailto:")):
            assert (page.parent / target).exists(), f"{page.name} points at {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_commands_in_the_pages_exist_with_their_options(page: Path) -> None:
    for words in typed(page):
        command: click.Command = root_command
        rest = list(words)
        context = click.Context(command)
        while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
            found = command.get_command(context, rest.pop(0))
            assert found is not None, f"{page.name}: {' '.join(words)}"
            command, context = found, click.Context(found, parent=context)
        known = {option for parameter in command.params for option in parameter.opts}
        for word in rest:
            if word.startswith("--") and word != "--help":
                assert word in known, f"{page.name}: {' '.join(words)} has no {word}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_python_in_the_pages_runs(page: Path) -> None:
    for text in fenced(page, "python"):
        exec(compile(text, str(page), "exec"), {"__name__": "snippet"})


def test_the_first_tutorial_works_as_it_is_typed(tmp_path: Path) -> None:
    page = PROJECT / "docs" / "tutorials" / "first-round.md"
    calls = typed(page)
    assert len(calls) >= 6
    environment = {**os.environ, "NO_COLOR": "1"}
    for words in calls:
        urn = "URN" in words and _some_urn(tmp_path, is_explained=words[1] == "explain")
        words = [str(urn) if word == "URN" else word for word in words]
        done = subprocess.run(
            [sys.executable, "-m", "schoolhubs", *words],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{' '.join(words)}\n{done.stderr}"
        assert done.stdout.strip(), f"{' '.join(words)} said nothing"
    assert (tmp_path / "output" / "round" / "report.html").exists()
    for name, text in zip(("partners", "leads"), fenced(TRAVEL, "csv"), strict=False):
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    (tmp_path / "marks.csv").write_text(fenced(MARKS, "csv")[0], encoding="utf-8")
    (tmp_path / "plan.yaml").write_text(fenced(PLAN, "yaml")[0], encoding="utf-8")
    (tmp_path / "answers.csv").write_text(fenced(SURVEY, "csv")[0], encoding="utf-8")
    (tmp_path / "export.csv").write_text(fenced(EXPORT, "csv")[0], encoding="utf-8")
    for name, text in zip(("mapping", "terms"), fenced(EXPORT, "yaml"), strict=True):
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "return.csv").write_text(fenced(RETURN, "csv")[0], encoding="utf-8")
    (tmp_path / "behaviour.yaml").write_text(fenced(RETURN, "yaml")[0], encoding="utf-8")
    (tmp_path / "inputs").mkdir()
    (tmp_path / "inputs" / "school.json").write_text(fenced(DIAGNOSIS, "json")[0], encoding="utf-8")
    for name, text in zip(("observations", "barriers"), fenced(DIAGNOSIS, "csv"), strict=True):
        (tmp_path / "inputs" / f"{name}.csv").write_text(text, encoding="utf-8")
    (tmp_path / "hub.json").write_text(fenced(DAYS, "json")[0], encoding="utf-8")
    (tmp_path / "records").mkdir()
    for name, text in zip(MONEY_FILES, fenced(MONEY, "csv"), strict=True):
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "office.key").write_text(secrets.token_hex(32), encoding="utf-8")
    # A model has to be fitted before anything can be asked of it; marks are read before they are
    # told of, and only then erased.
    examples = sorted(
        printed(root_command),
        key=lambda words: ("fit" not in words, MARKS_LATER.get(words[2], 0)),
    )
    assert len(examples) >= 12
    for words in examples:
        done = subprocess.run(
            [sys.executable, "-m", *words],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{' '.join(words)}\n{done.stderr}"


# Marks are read by another example before these.
MARKS_LATER = {"profile": 1, "erase": 2}
# They open the service, or ask one that is open: tests/browser and tests/service run them.
OF_THE_SERVICE = {"serve", "demo", "audit"}


def printed(group: click.Group) -> Iterator[list[str]]:
    """Give the words of every example that a command or a group of them prints in its help."""
    context = click.Context(group)
    names = [name for name in group.list_commands(context) if name not in OF_THE_SERVICE]
    commands = [group.get_command(context, name) for name in names]
    for command in (group, *commands):
        if isinstance(command, click.Group) and command is not group:
            yield from printed(command)
        elif command is not None and "Example: " in (command.help or ""):
            yield shlex.split(str(command.help).split("Example: ")[1])


def _some_urn(folder: Path, *, is_explained: bool) -> str:
    if is_explained:
        return str(pl.read_csv(folder / "output/round/matches.csv", infer_schema=False)["urn"][0])
    applied = pl.read_csv(folder / "output/england/applications.csv", infer_schema=False)
    return str(applied.filter(pl.col("programme_id") == "rise-hubs-2025")["urn"][0])
