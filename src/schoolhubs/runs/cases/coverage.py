"""Whether a definition's own cases try every threshold: just below, at, just above, and missing.

Numbers need a case on each side and one at the threshold itself; lists and answers one inside and
one outside; anything that may be missing one where it is. Each dated version of a threshold needs
its own.
"""

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from schoolhubs import programmes
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.errors import Problem
from schoolhubs.vocabulary.records.settings import Setting

NUMBERS = ("below", "at", "above")
SIDES = {
    "at_least": NUMBERS,
    "at_most": NUMBERS,
    "answer_at_least": (*NUMBERS, "missing"),
    "trust_has": NUMBERS,
    "one_of": ("inside", "outside"),
    "answer_is": ("inside", "outside", "missing"),
    "asks_for": ("inside", "outside"),
    "not_a_lead": ("inside", "outside"),
    "cannot_tell": ("missing",),
}
# How far beside a threshold "just below" and "just above" may lie.
JUST = {"percentage points": 0.1, "percent": 0.1}


def untried(programme: programmes.Programme) -> Iterator[Problem]:
    """Give a problem for each side of a threshold that no case tries."""
    cases = [case for one in programme.cases for case in one["cases"]]
    rules = programme.tree["eligibility"]["rules"]
    for path, node in thresholds(rules):
        setting = programme.settings["eligibility", "rules", *path, "threshold"]
        about = [case for case in cases if case.get("about") == ".".join(path)]
        ends = rules[path[0]].get("until_on")
        for first, last in versions(setting, ends):
            tried = {case["side"] for case in about if first <= _on(case, programme) < last}
            for side in sides(node):
                if side not in tried:
                    yield Problem(
                        code="untried_threshold",
                        file="cases",
                        fault=f"no case tries {'.'.join(path)} with side {side} from {first}",
                        remedy="Add one with about, side and a date of that version.",
                    )


def thresholds(
    rules: Mapping[str, Any], path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    """Give every test with a threshold, with its path below ``eligibility.rules``."""
    for name, node in rules.items():
        here = (*path, name)
        if "threshold" in node:
            yield here, node
        for below in ("parts", "frameworks"):
            yield from thresholds(node.get(below, {}), (*here, below))


def sides(node: Mapping[str, Any]) -> tuple[str, ...]:
    """Name the sides of a test that need a case."""
    wanted = SIDES[node["kind"]]
    column = frames.SCHOOL_FACTS.schema.get(node.get("reads", ""))
    may_miss = column is not None and node["reads"] in _MAY_BE_MISSING
    return (*wanted, "missing") if may_miss else wanted


_MAY_BE_MISSING = {column.name for column in frames.SCHOOL_FACTS.columns if column.may_be_missing}


def versions(setting: Setting, until: str | None) -> list[tuple[datetime.date, datetime.date]]:
    """Give first day and day after the last of each version of a value."""
    firsts = [
        entry.from_on
        for before, entry in zip((None, *setting.entries), setting.entries, strict=False)
        if before is None or before.value != entry.value
    ]
    end = datetime.date.fromisoformat(until) if until else datetime.date.max
    return list(zip(firsts, [*firsts[1:], end], strict=True))


def _on(case: Mapping[str, Any], programme: programmes.Programme) -> datetime.date:
    return programme.as_at(datetime.date.fromisoformat(case["on"])).rules_on
