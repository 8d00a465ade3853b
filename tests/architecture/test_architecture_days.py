"""The day of a moment is the day in England: no part of the service takes it from the clock of UTC.

In summer an hour past midnight is the day before by that clock, and windows close by days.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

SERVICE = Path(__file__).resolve().parents[2] / "src" / "schoolhubs" / "service"


def days_of_moments(text: str) -> Iterator[int]:
    """Give the lines that ask a moment for its date, in the zone that it happens to have."""
    for node in ast.walk(ast.parse(text)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if node.func.attr in {"date", "today", "utcnow"} and not node.args:
            yield node.lineno


def test_no_day_is_taken_from_a_moment_but_by_localdate() -> None:
    found = [
        f"{path.relative_to(SERVICE)}:{line}"
        for path in sorted(SERVICE.rglob("*.py"))
        for line in days_of_moments(path.read_text())
    ]
    assert not found, f"{', '.join(found)}: use django.utils.timezone.localdate"


def test_a_day_taken_from_a_moment_is_seen() -> None:
    assert list(days_of_moments("on = at.date()\nnow = datetime.date.today()\n")) == [1, 2]
    assert not list(days_of_moments("on = timezone.localdate(at)\nday = datetime.date(2026, 1, 1)"))
