"""Finds and loads definitions: a folder of YAML files, each file one key of the whole."""

import dataclasses
import datetime
import functools
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from schoolhubs.programmes.as_at import rules_as_at
from schoolhubs.programmes.checking import check_tree
from schoolhubs.programmes.delivered.money import money_as_at
from schoolhubs.programmes.reading import MONEY_CASES, DefinitionText, read_definition
from schoolhubs.programmes.settings import build_setting, walk
from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.records.funding import MoneyRules
from schoolhubs.vocabulary.records.rules import RulesAsAt
from schoolhubs.vocabulary.records.settings import DatedValue, Setting

DEFINITIONS = Path(__file__).parent / "definitions"


# Told apart by being itself: a definition is loaded once, and its rules are kept by it.
@dataclasses.dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Programme:
    """A programme's definition over all its dates.

    Parameters
    ----------
    tree
        The files' content, as written.
    settings
        Every dated value, by path.
    cases
        The definition's own worked cases, a mapping a file: ``base``, ``cases``, and the ``file``
        and ``rows`` they stand in.
    money_cases
        Those of ``cases/money.yaml``, which try awards and not schools.
    """

    programme_id: str
    definition_version: str
    title: str
    folder: Path
    tree: Mapping[str, Any]
    settings: Mapping[tuple[str, ...], Setting]
    cases: tuple[Mapping[str, Any], ...]
    money_cases: tuple[Mapping[str, Any], ...] = ()

    @property
    def began_on(self) -> datetime.date:
        """The programme's first day."""
        began: datetime.date = self.settings["programme", "began_on"].entries[0].value
        return began

    def as_at(self, on: datetime.date) -> RulesAsAt:
        """Give the rules of one date; before the programme began, as a rehearsal.

        >>> load("behaviour-hubs-2021").as_at(datetime.date(2018, 9, 1)).is_rehearsal
        True
        """
        return _rules(self, on)

    def money(self, on: datetime.date) -> MoneyRules:
        """Give what the definition says of paying partners and leads, as at a day.

        >>> load("rise-hubs-2025").money(datetime.date(2026, 9, 1)).pays_partners
        False
        """
        return _money(self, on)

    def in_force(self, path: tuple[str, ...], on: datetime.date) -> DatedValue | None:
        """Give a setting's value on a day; None before its first, or once its rule has ended."""
        if path[:2] == ("eligibility", "rules"):
            until = self.tree["eligibility"]["rules"][path[2]].get("until_on")
            if until and on >= datetime.date.fromisoformat(until):
                return None
        return self.settings[path].entry_then(on)


@functools.lru_cache(maxsize=256)
def _rules(programme: Programme, on: datetime.date) -> RulesAsAt:
    """Work the rules of a day out once: a definition never changes while it is loaded."""
    return rules_as_at(programme.tree, programme.settings, programme.definition_version, on)


@functools.lru_cache(maxsize=256)
def _money(programme: Programme, on: datetime.date) -> MoneyRules:
    return money_as_at(programme.tree, programme.settings, on)


def list_ids() -> tuple[str, ...]:
    """Name the definitions that come with the project, sorted.

    >>> list_ids()
    ('behaviour-hubs-2021', 'rise-hubs-2025', 'special-ap-hubs-example')
    """
    return tuple(sorted(path.name for path in DEFINITIONS.iterdir() if path.is_dir()))


def load(programme_id: str | Path) -> Programme:
    """Load a definition that comes with the project, or by the path of its folder.

    A name that holds a ``/`` is a path too, such as ``./my-programme``.

    Raises
    ------
    DataProblem
        If there is none of that name, or it is faulty.
    """
    if isinstance(programme_id, Path) or "/" in programme_id or "\\" in programme_id:
        return load_path(Path(programme_id))
    if programme_id not in list_ids():
        known = ", ".join(list_ids())
        fault = f"there is no programme {programme_id!r}"
        remedy = f"Choose one of {known}, or give the path of a definition's folder, with a /."
        if Path(programme_id).is_dir():
            remedy = f"For the folder of that name write ./{programme_id}. {remedy}"
        raise DataProblem([Problem(code="unknown_programme", fault=fault, remedy=remedy)])
    return _shipped(programme_id)


@functools.cache
def _shipped(programme_id: str) -> Programme:
    """Load a definition that comes with the project; those do not change while we run."""
    return load_path(DEFINITIONS / programme_id)


def load_path(folder: Path) -> Programme:
    """Load a definition from any folder.

    Raises
    ------
    DataProblem
        With every fault of the definition.
    """
    text = read_definition(folder)
    if problems := check_tree(text):
        raise DataProblem(problems, outcome="The definition was not used.")
    return _programme(text)


def check(folder: Path) -> tuple[Problem, ...]:
    """List every fault of a definition, each with file, line, column and what to do.

    Its worked cases are read here and tried by ``runs.programme_check``.
    """
    return check_tree(read_definition(folder))


def _programme(text: DefinitionText) -> Programme:
    tree = text.tree
    settings = {path: build_setting(path, node, tree["sources"]) for path, node in walk(tree)}
    content = json.dumps(tree, sort_keys=True, ensure_ascii=False)
    digest = hashlib.sha256(content.encode()).hexdigest()[:12]
    cases = [name for name in text.texts if name.startswith("cases/")]
    return Programme(
        programme_id=tree["programme"]["programme_id"],
        definition_version=f"{tree['programme']['version']}+{digest}",
        title=tree["programme"]["title"],
        folder=text.folder,
        tree=tree,
        settings=settings,
        cases=tuple(_placed(text, name) for name in cases if name != MONEY_CASES),
        money_cases=tuple(_placed(text, name) for name in cases if name == MONEY_CASES),
    )


def _placed(text: DefinitionText, name: str) -> dict[str, Any]:
    """Give a file of cases with the row that each stands on."""
    one = text.texts[name]
    rows = [one.place(("cases", str(index)))[0] for index, _ in enumerate(one.values["cases"])]
    return {**one.values, "file": name, "rows": rows}
