"""How labels, rates and changes of the attendance lead's page are written."""

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from schoolhubs.attendance import patterns
from schoolhubs.vocabulary.written.stored import read_facts

DAYS = tuple(patterns.causes.said()["weekdays"].values())
ALL = "all"
# What is kept of a school's marks, as telling.finding gives it.
Content = Mapping[str, Any]


@functools.cache
def words() -> dict[str, Any]:
    """Read ``words.yaml``."""
    read: dict[str, Any] = read_facts(Path(__file__).with_name("words.yaml").read_text("utf-8"))
    return read


def label(cut: str, value: str) -> str:
    """Write a label of a cut as people read it.

    >>> label("year_group", "7"), label("year_group", "0"), label("fsm", "yes")
    ('Year 7', 'Reception', 'Yes')
    """
    if value == ALL:
        return "All years" if cut == "year_group" else "All"
    if value == "not known":
        return "Not known"
    if cut == "year_group":
        number = int(value)
        return f"Year {number}" if number > 0 else "Reception" if number == 0 else "Nursery"
    if cut == "sex":
        return str(words()["sexes"].get(value, value))
    return value.capitalize()


def percent(row: Mapping[str, Any], name: str) -> str:
    """Write a rate, or why it is not shown."""
    value = row.get(name)
    if value is None:
        return str(words()["marks"].get(row.get(f"{name}_mark") or "c"))
    return f"{value:.1f} %"


def place(value: str) -> tuple[int, float, str]:
    """Order labels: numbers as numbers, then words, what is not known, and the total last."""
    if value == ALL:
        return (3, 0, "")
    if value == "not known":
        return (2, 0, "")
    try:
        return (0, float(value), "")
    except ValueError:
        return (1, 0, value)


def short(group: str) -> str:
    """Write a year group where there is little room."""
    name = label("year_group", group)
    return name.replace("Year ", "Y").replace("All years", "All").replace("Reception", "R")


def weekday(name: str) -> str:
    """Write a weekday where there is little room; the whole week is a total."""
    return "Week" if name == ALL else name[:3]


def titles() -> dict[str, str]:
    """Give the title of each cause by its name."""
    return {cause.name: cause.title for cause in patterns.causes.causes()}
