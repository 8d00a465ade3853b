"""Reads a definition's folder so that every fault can be told with its file, line and column."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from schoolhubs.vocabulary.errors import Problem
from schoolhubs.vocabulary.written.reading import YamlText, read_yaml

MOST_FILES = 50
# Worked cases of money, which have a shape of their own.
MONEY_CASES = "cases/money.yaml"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionText:
    """A definition as read: one key a file, every file's text, and every fault met so far."""

    folder: Path
    tree: Mapping[str, Any]
    texts: Mapping[str, YamlText]
    problems: tuple[Problem, ...]

    def problem(self, code: str, path: tuple[str, ...], fault: str, remedy: str) -> Problem:
        """Make a problem that names file, line, column and path."""
        text = self.texts.get(path[0]) if path else None
        if text is None:
            file = self.folder.name
            return Problem(code=code, file=file, fault=fault, remedy=remedy)
        line, column = text.place(path[1:])
        place = ".".join(path)
        fault = f"{place} (column {column}): {fault}"
        return Problem(code=code, file=text.file, row=line, fault=fault, remedy=remedy)


def read_definition(folder: Path) -> DefinitionText:
    """Read ``folder/*.yaml`` and ``folder/cases/*.yaml``."""
    files = sorted(folder.glob("*.yaml"))[:MOST_FILES] if folder.is_dir() else []
    if not files:
        fault = f"{folder} is not a folder with a programme's YAML files"
        remedy = "Give the folder that holds programme.yaml, pathways.yaml and the others."
        problem = Problem(code="no_definition", fault=fault, remedy=remedy)
        return DefinitionText(folder=folder, tree={}, texts={}, problems=(problem,))
    texts = {path.stem: read_yaml(path) for path in files}
    case_files = sorted((folder / "cases").glob("*.yaml"))[:MOST_FILES]
    case_texts = {
        f"cases/{path.name}": read_yaml(path, f"cases/{path.name}") for path in case_files
    }
    every = {**texts, **case_texts}
    return DefinitionText(
        folder=folder,
        tree={name: text.values for name, text in texts.items()},
        texts=every,
        problems=tuple(problem for text in every.values() for problem in text.problems),
    )
