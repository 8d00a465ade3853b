"""The house keeps its shape: sizes, the clock, the commands."""

import ast
import shutil
import statistics
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import click
import pytest

from schoolhubs.cli.main import NOUNS
from schoolhubs.cli.main import schoolhubs as root_command

PROJECT = Path(__file__).resolve().parents[2]
SOURCE = PROJECT / "src" / "schoolhubs"
MODULES = sorted(SOURCE.rglob("*.py"))
MOST_MODULES = 8
# The command line has a module for each noun; an app of the service has the names that Django
# gives its parts beside its own.
MORE_MODULES = {
    "cli": 10, "service/accounts": 19, "service/imports": 9, "service/jobs": 11, "service/web": 9,
}  # fmt: skip


def nine_in_ten(lengths: Iterable[int]) -> float:
    """Give the length that nine in ten do not pass."""
    return statistics.quantiles(lengths, n=10)[8]


def test_files_are_small() -> None:
    lines = {path: len(path.read_text().splitlines()) for path in MODULES}
    large = {str(path.relative_to(SOURCE)): n for path, n in lines.items() if n > 500}
    assert large == {}
    assert nine_in_ten(lines.values()) < 300, "nine files in ten stay under 300 lines"


def modules_by_folder(source: Path) -> dict[str, int]:
    """Count the modules of each folder below ``source``, its door not among them.

    Migrations are not counted: they are what was done to a database, in order, and are not grouped.
    """
    counts = Counter(
        path.parent for path in source.rglob("*.py")
        if path.name != "__init__.py" and path.parent.name != "migrations"
    )  # fmt: skip
    return {str(folder.relative_to(source)): n for folder, n in counts.items()}


def crowded(source: Path) -> dict[str, int]:
    """Name the folders that hold more modules than one can keep in mind."""
    found = modules_by_folder(source)
    return {name: n for name, n in found.items() if n > MORE_MODULES.get(name, MOST_MODULES)}


def test_packages_are_small() -> None:
    found = crowded(SOURCE)
    said = ", ".join(f"{name} has {n} modules" for name, n in sorted(found.items()))
    assert not found, f"{said}; a folder has at most {MOST_MODULES}: group some in a subpackage"


def test_a_crowded_folder_is_seen(tmp_path: Path) -> None:
    for folder, n in (("cli", 9), ("schools", 9), ("schools/roster", 8)):
        (tmp_path / folder).mkdir()
        for name in ("__init__", *(f"module_{i}" for i in range(n))):
            (tmp_path / folder / f"{name}.py").touch()

    assert crowded(tmp_path) == {"schools": 9}


def functions(text: str) -> Iterator[int]:
    """Give the length of the body of each function, in lines without its docstring."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            documented = ast.get_docstring(node) is not None and len(node.body) > 1
            first = node.body[1] if documented else node.body[0]
            yield (node.end_lineno or 0) - first.lineno + 1


def test_functions_are_small() -> None:
    lengths = [length for path in MODULES for length in functions(path.read_text())]
    assert statistics.median(lengths) <= 8
    assert nine_in_ten(lengths) < 35, "nine functions in ten stay under 35 lines"


def test_the_length_of_a_function_is_its_body() -> None:
    head, told = "def f(\n    a: int,\n) -> int:\n", '    """Say.\n\n    More.\n    """\n'
    text = f"{head}{told}    a += 1\n    return a\n"
    assert list(functions(text)) == [2]
    assert nine_in_ten([1] * 8 + [40] * 2) == 40


@pytest.mark.parametrize("call", ["datetime.date.today()", "time.time()", "os.environ['X']"])
def test_the_clock_and_the_environment_are_banned_in_pure_code(call: str) -> None:
    text = f"import {call.split('.', maxsplit=1)[0]}\n\nnow = {call}\n"
    ruff = shutil.which("ruff", path=str(Path(sys.executable).parent))
    assert ruff, "ruff is part of the environment that make sets up"
    command = [ruff, "check", "--quiet", "--select", "TID251", "--output-format", "concise"]
    stages = {"matching": 1, "cli": 0}
    for package, expected in stages.items():
        name = f"src/schoolhubs/{package}/new.py"
        done = subprocess.run(
            [*command, "--stdin-filename", name, "-"],
            input=text,
            text=True,
            capture_output=True,
            cwd=PROJECT,
            check=False,
        )
        assert done.returncode == expected, done.stdout


def commands(group: click.Group, path: str = "schoolhubs") -> Iterator[tuple[str, click.Command]]:
    """Give every command below a group with its full name."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        elif command is not None:
            yield f"{path} {name}", command


def test_every_command_has_json_an_example_and_a_page() -> None:
    page = (PROJECT / "docs" / "reference" / "commands.md").read_text()
    for name, command in commands(root_command):
        options = {option for parameter in command.params for option in parameter.opts}
        assert "--json" in options, f"{name} has no --json"
        assert "Example" in (command.help or ""), f"{name} --help shows no example"
        assert f"## `{name}`" in page, f"{name} is not in docs/reference/commands.md"
        assert name.split()[1] in NOUNS
