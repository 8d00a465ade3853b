"""Checks a definition: its shape against the schema, then whether it makes sense."""

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from schoolhubs.programmes.reading import MONEY_CASES, DefinitionText
from schoolhubs.programmes.sense import problems_of_sense
from schoolhubs.vocabulary.errors import Problem
from schoolhubs.vocabulary.written.shape import ShapeFault, faults_of_shape
from schoolhubs.vocabulary.written.stored import read_facts

SCHEMA = Path(__file__).parent / "schema.yaml"
SEE = "docs/how-to/write-a-programme.md shows every key."


@functools.cache
def schema() -> dict[str, Any]:
    """Give the schema of a definition (JSON schema, written as YAML)."""
    read: dict[str, Any] = read_facts(SCHEMA.read_text(encoding="utf-8"))
    return read


def check_tree(text: DefinitionText) -> tuple[Problem, ...]:
    """List every fault: of reading, of shape, and, once the shape is right, of sense."""
    if not text.tree:
        return text.problems
    unreadable = {name for name, one in text.texts.items() if one.values is None and one.problems}
    shape = [each for each in _problems_of_shape(text) if each[0] not in unreadable]
    problems = (*text.problems, *(problem for _, problem in shape))
    return problems or tuple(problems_of_sense(text))


def _problems_of_shape(text: DefinitionText) -> Iterator[tuple[str, Problem]]:
    for found in faults_of_shape(text.tree, schema(), see=SEE):
        yield (found.path[0] if found.path else ""), _problem(text, found)
    for name, one in text.texts.items():
        if name.startswith("cases/"):
            kind = "money_cases" if name == MONEY_CASES else "cases"
            each = {**schema()["$defs"][kind], "$defs": schema()["$defs"]}
            for found in faults_of_shape(one.values, each, see=SEE):
                yield name, _problem(text, found, within=(name,))


def _problem(text: DefinitionText, found: ShapeFault, within: tuple[str, ...] = ()) -> Problem:
    path = (*within, *found.path)
    if found.code == "missing_key" and not path:
        fault = f"the file {found.fault.removesuffix(' is missing')}.yaml is missing"
        return text.problem("missing_file", path, fault, f"Add it. {SEE}")
    return text.problem(found.code, path, found.fault, found.remedy)
