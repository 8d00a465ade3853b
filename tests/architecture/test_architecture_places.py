"""No file names a registry's host or a place on the machine it was written on; none is large."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
LARGEST = 1_000_000
REGISTRIES = ("files.python" + "hosted", "py" + "pi.org", "registry." + "npmjs")
# A place of a machine begins a word: `../work/x` and `https://example.org/home/x` are no such.
# The slashes stand in brackets, so that this file does not name what it looks for.
MACHINE = re.compile(
    r"(?<![\w.~$%}/-])[/](?:work|root|tmp|opt|srv|mnt|Users|home[/][\w.-]+)[/][\w.-]"
)


def our_files(project: Path) -> Iterator[Path]:
    """Give every file of the project: those in git, or all that git would not ignore."""
    git = shutil.which("git")
    if git and (project / ".git").exists():
        command = [git, "ls-files", "-z"]
        listed = subprocess.run(command, capture_output=True, text=True, cwd=project, check=True)
        files = (project / name for name in listed.stdout.split("\0") if name)
        yield from (path for path in files if path.is_file())
        return
    ignored = [line.rstrip("/") for line in (project / ".gitignore").read_text().split()]
    for path in sorted(project.rglob("*")):
        within = path.relative_to(project)
        if path.is_file() and not any(
            folder.match(pattern) for folder in (within, *within.parents) for pattern in ignored
        ):
            yield path


def faults(path: Path) -> Iterator[str]:
    """Name what a file should not hold; whatever is not UTF-8 text is only weighed."""
    held = path.read_bytes()
    if len(held) >= LARGEST:
        yield f"{len(held):,} bytes"
    try:
        text = held.decode("utf-8")
    except UnicodeDecodeError:
        return
    yield from (word for word in REGISTRIES if word in text)
    yield from (found[0] for found in MACHINE.finditer(text))


def faulty(project: Path) -> dict[str, list[str]]:
    """Give the faults of each file that has any; refuse to say so of no files at all."""
    files = list(our_files(project))
    assert files, f"no file was found to look at in {project}"
    found = {str(path.relative_to(project)): list(faults(path)) for path in files}
    return {name: said for name, said in found.items() if said}


def test_nothing_names_a_registry_or_this_machine() -> None:
    assert faulty(PROJECT) == {}


def test_every_kind_of_file_is_looked_at() -> None:
    names = {path.name for path in our_files(PROJECT)}
    assert names >= {"Makefile", "run", "run.in", "run.txt", "style.css", "report.html.j2"}


@pytest.mark.parametrize("is_git", [True, False])
@pytest.mark.parametrize(
    ("name", "text", "seen"),
    [
        ("Makefile", "OUT := /wo" + "rk/main/out\n", "/wo" + "rk/m"),
        ("page.html.j2", "<p>/ho" + "me/ann/x</p>", "/ho" + "me/ann/x"),
        ("run.in", "--find-links=/ro" + "ot/wheels\n", "/ro" + "ot/w"),
        ("run.txt", "# via https://py" + "pi.org/simple\n", "py" + "pi.org"),
        ("run", 'cp "/tm' + 'p/rp/report.html" .\n', "/tm" + "p/r"),
        ("large.csv", "x" * LARGEST, "1,000,000 bytes"),
    ],
)
def test_a_planted_fault_is_seen(
    tmp_path: Path, is_git: bool, name: str, text: str, seen: str
) -> None:
    if is_git and not shutil.which("git"):
        pytest.skip("git is not installed")
    (tmp_path / ".gitignore").write_text("output/\n")
    (tmp_path / name).write_text(text)
    (tmp_path / "output").mkdir()
    (tmp_path / "output" / "round.json").write_text(text)  # of no matter: it is not handed on
    if is_git:
        for command in (["init", "--quiet"], ["add", "."]):
            subprocess.run(["git", *command], cwd=tmp_path, check=True)
    assert faulty(tmp_path) == {name: [seen]}


def test_what_only_looks_like_a_place_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text(
        "../wo" + "rk/x, https://example.org/ho" + "me/ann, ho" + "me/school, $X/tm" + "p/y"
    )
    assert list(faults(path)) == []


def test_a_list_of_no_files_is_no_clean_list(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*\n")
    with pytest.raises(AssertionError, match="no file was found"):
        faulty(tmp_path)
