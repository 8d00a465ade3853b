"""What is due, open or over goes by the clock of the service, which a demonstration puts forward.

What expires for safety's sake, or waits in the queue, goes by the machine's own.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

SERVICE = Path(__file__).resolve().parents[2] / "src" / "schoolhubs" / "service"
# Who may ask the machine, and why.
BY_THE_MACHINE = {
    "clock/__init__.py": "the clock itself",
    "clock/actions.py": "puts it forward from the machine's day",
    "clock/tasks.py": "stamps jobs as the queue does",
    "accounts/middleware.py": "sessions end, and roles are asked for again, by seconds that pass",
    "accounts/pages.py": "tells when a session ends",
    "accounts/views.py": "sessions begin",
    "api/keys/views.py": "keys end",
    "api/manners/polite.py": "keys, limits and repeats",
    "api/tasks.py": "kept answers are forgotten",
    "api/views.py": "limits",
    "jobs/tasks.py": "when the queue tries again",
    "letters/tasks.py": "when the queue sends again",
    "web/requests.py": "log lines",
}


def asks_the_machine(text: str) -> Iterator[int]:
    """Give the lines that ask Django for the moment or the day it is."""
    for node in ast.walk(ast.parse(text)):
        if not (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)):
            continue
        if node.value.id == "timezone" and node.attr == "now":
            yield node.lineno
    for node in ast.walk(ast.parse(text)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if node.func.attr in {"localdate", "localtime"} and not (node.args or node.keywords):
            yield node.lineno


def test_only_these_ask_the_machine_for_the_time() -> None:
    found = {
        str(path.relative_to(SERVICE)): list(asks_the_machine(path.read_text("utf-8")))
        for path in sorted(SERVICE.rglob("*.py"))
    }
    asking = {name: lines for name, lines in found.items() if lines}
    wrong = {name: lines for name, lines in asking.items() if name not in BY_THE_MACHINE}
    assert not wrong, f"{wrong}: ask schoolhubs.service.clock"
    assert set(BY_THE_MACHINE) == set(asking), "one of the list asks no more: take it off"


def test_what_asks_the_machine_is_seen() -> None:
    text = "at = timezone.now()\non = timezone.localdate()\ndo(clock=timezone.now)\n"
    assert sorted(asks_the_machine(text)) == [1, 2, 3]
    assert not list(asks_the_machine("on = timezone.localdate(at)\nat = clock.now()\n"))
