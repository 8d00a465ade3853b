"""The rules over an action's fields."""

import dataclasses
import functools
from collections.abc import Mapping, Sequence
from typing import Any

from schoolhubs import attendance
from schoolhubs.vocabulary.records.plan import PlannedAction


def fields_of(action: PlannedAction) -> Mapping[str, Any]:
    """Give kind and conditions by name; no conditions are those nobody wrote."""
    said = dataclasses.asdict(action.conditions) if action.conditions else {}
    return {"kind": action.kind, **said}


@functools.cache
def sanction_codes() -> frozenset[str]:
    """Give the codes that anything which mentions a penalty may name, of the newest table.

    >>> sorted(sanction_codes())
    ['G', 'N', 'O', 'U']
    """
    newest = attendance.coding.regimes()[-1]
    return frozenset(code.code for code in newest.codes if code.may_prompt_sanction)


def holds(tests: Sequence[Mapping[str, Any]], said: Mapping[str, Any]) -> bool:
    """Tell whether all tests hold; a field nobody wrote is blank."""
    return all(_holds(test, said.get(test["field"])) for test in tests)


def _holds(test: Mapping[str, Any], value: Any) -> bool:
    (asked,) = test.keys() - {"field"}
    wanted = test[asked]
    if asked in {"at_least", "below"}:
        return value is not None and (value >= wanted if asked == "at_least" else value < wanted)
    if asked in {"is", "in", "is_blank"}:
        kept = {"is": [wanted], "in": wanted, "is_blank": [None, ""] if wanted else []}[asked]
        return (value or ("" if value is None and "" in kept else value)) in kept
    held = frozenset(value or ())
    if asked == "beyond_sanction_codes":
        return bool(held - sanction_codes())
    among = frozenset(wanted)
    return {
        "holds_any": bool(held & among),
        "lacks_all": not held & among,
        "lacks_some": bool(among - held),
        "has_all": among <= held,
    }[asked]
