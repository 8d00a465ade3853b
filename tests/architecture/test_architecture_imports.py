"""Outside a package only its door is used: the names it offers in ``__all__``."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "schoolhubs"
MODULES = sorted(SOURCE.rglob("*.py"))
FREE_OF_THE_RULE = {"vocabulary"}


def offered(door: Path) -> list[str]:
    """Give the names in the ``__all__`` of a package's door."""
    for node in ast.walk(ast.parse(door.read_text())):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return list(ast.literal_eval(node.value))
    return []


OFFERED = {door.parent.name: offered(door) for door in sorted(SOURCE.glob("*/__init__.py"))}
OTHERS = OFFERED.keys() - FREE_OF_THE_RULE


def imports_past_the_door(text: str, package: str) -> list[str]:
    """Name what ``text``, a module of ``package``, takes of another that it does not offer."""
    tree = ast.parse(text)
    foreign = OTHERS - {package}
    named = [name for node in ast.walk(tree) for name in _named(node)]
    doors = {f"schoolhubs.{name}" for name in foreign}
    allowed = doors | {f"schoolhubs.{name}.{each}" for name in foreign for each in OFFERED[name]}
    reached = [
        name
        for name in named
        if name not in allowed and any(name.startswith(f"{door}.") for door in doors)
    ]
    return reached + list(_modules_used(tree, foreign))


def _named(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _modules_used(tree: ast.AST, foreign: set[str]) -> Iterator[str]:
    """Name modules taken as an attribute: ``matching.solved`` is there once it was loaded."""
    bound = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "schoolhubs"
        for alias in node.names
        if alias.name in foreign
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            package = bound.get(node.value.id)
            if package and node.attr not in OFFERED[package]:
                folder = SOURCE / package
                if (folder / node.attr).is_dir() or (folder / f"{node.attr}.py").exists():
                    yield f"schoolhubs.{package}.{node.attr}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_packages_are_imported_by_their_door(path: Path) -> None:
    package = path.relative_to(SOURCE).parts[0]
    assert imports_past_the_door(path.read_text(), package) == []


@pytest.mark.parametrize(
    ("text", "reached"),
    [
        ("from schoolhubs.matching.flow import solve", ["schoolhubs.matching.flow.solve"]),
        ("import schoolhubs.matching.solved", ["schoolhubs.matching.solved"]),
        ("from schoolhubs.matching import solved", ["schoolhubs.matching.solved"]),
        ("from schoolhubs import matching as m\nm.solved.solve()", ["schoolhubs.matching.solved"]),
        ("from schoolhubs import matching\nmatching.solve()", []),
        ("from schoolhubs.matching import solve", []),
        ("from schoolhubs.vocabulary import ids", []),
        ("from schoolhubs.vocabulary.records.matching import Price", []),
        ("from schoolhubs.runs.parts import told", []),
    ],
)
def test_an_import_past_the_door_is_seen(text: str, reached: list[str]) -> None:
    assert imports_past_the_door(text, "runs") == reached


def test_a_package_offers_at_most_eight_names() -> None:
    assert OFFERED["matching"], "the names a door offers are read"
    crowded = {name: len(names) for name, names in OFFERED.items() if len(names) > 8}
    assert crowded == {}
