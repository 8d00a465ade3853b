"""What a setting is: its units and shapes, and how it is found in a definition and built."""

import datetime
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from schoolhubs.vocabulary import frames, money, official
from schoolhubs.vocabulary.phases import Phase
from schoolhubs.vocabulary.records.settings import DatedValue, Setting, Source, Status

Tree = Mapping[str, Any]
Path = tuple[str, ...]
# The page of an application numbers its leaders in words: the first to the eighth.
MOST_LEADERS = 8


def is_number(value: object) -> bool:
    """Tell whether a value is a number and no flag."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_share(value: object) -> bool:
    return is_number(value) and 0 <= value <= 1  # type: ignore[operator]


def is_date(value: object) -> bool:
    """Tell whether a value is a day of the calendar, written 2021-04-01."""
    try:
        datetime.date.fromisoformat(str(value))
    except ValueError:
        return False
    return True


def _is_grade(value: object) -> bool:
    return _is_count(value) and value in {1, 2, 3, 4}


def _is_leaders(value: object) -> bool:
    return _is_count(value) and value <= MOST_LEADERS  # type: ignore[operator]


COUNT = (_is_count, "a whole number, 0 or more")
NUMBER = (is_number, "a number")
WORDS = (lambda value: isinstance(value, str), "text")
# For each unit, what every single value must be, in code and in words.
UNITS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "cohorts": COUNT,
    "column": (lambda value: value in frames.SCHOOL_FACTS.schema, "a column of school_facts"),
    "date": (is_date, "a date such as 2021-04-01"),
    "days": NUMBER,
    "events": COUNT,
    "flag": (lambda value: isinstance(value, bool), "true or false"),
    "half days": COUNT,
    "half terms": COUNT,
    "hubs": COUNT,
    "km": NUMBER,
    "leaders": (_is_leaders, f"a whole number from 0 to {MOST_LEADERS}"),
    "meetings": COUNT,
    "minutes": NUMBER,
    "minutes and share": NUMBER,
    "overall grade": (_is_grade, "a grade from 1 (outstanding) to 4 (inadequate)"),
    "payments": COUNT,
    "pence": COUNT,
    "people": COUNT,
    "percent": NUMBER,
    "percentage points": NUMBER,
    "phase": (lambda value: value in set(Phase), f"one of {', '.join(Phase)}"),
    "points": NUMBER,
    "pupils": COUNT,
    "schools": COUNT,
    "share": (_is_share, "a share from 0 to 1"),
    "terms": COUNT,
    "trusts": COUNT,
    "visits": COUNT,
    "words": WORDS,
    "years": COUNT,
}
# What a value is made of, by the last key of its path; a single value unless said here.
LISTS = {
    ("programme", "cohorts"),
    ("programme", "universal_offer"),
    ("lead_selection", "overall_grades"),
    ("matching", "alike_by"),
    ("awards", "use_reported_as"),
}
TABLES = {"phase_shares", "counted_as"}
TABLES_OF_LISTS = {"lead_phases"}
STEPS = {"long_journey_steps": {"from_minutes", "extra_share"}}
RANGES = {"days_per_partner": {"minimum", "maximum"}}
SINGLE_DATES = {"announced_on", "began_on", "finished_on", "last_trust_intake_on"}


def is_setting(node: object) -> bool:
    """Tell whether a node of the tree is a setting."""
    return isinstance(node, Mapping) and "values" in node and "unit" in node


def walk(node: object, path: Path = ()) -> Iterator[tuple[Path, Tree]]:
    """Give every setting below a node with its path, in the order written.

    >>> [path for path, _ in walk({"a": {"b": {"unit": "days", "values": {}}}})]
    [('a', 'b')]
    """
    if not isinstance(node, Mapping):
        return
    if is_setting(node):
        yield path, node
        return
    for key, below in node.items():
        yield from walk(below, (*path, key))


def entry_parts(node: Tree, value: Any) -> tuple[Any, Tree]:
    """Take one dated value apart: the value, and what it says that differs from its setting."""
    if isinstance(value, Mapping) and "value" in value:
        return value["value"], {**node, **value}
    return value, node


def build_setting(path: Path, node: Tree, sources: Tree) -> Setting:
    """Turn a checked node into a :class:`Setting`."""
    entries = []
    for day, given in node["values"].items():
        value, about = entry_parts(node, given)
        entries.append(_dated(day, value, node["unit"], about, sources))
    entries.sort(key=lambda entry: entry.from_on)
    # A contradicting reading is as published as the value beside it, unless it says otherwise.
    also = tuple(
        _dated(
            each["from_on"], each["value"], node["unit"], {"status": "published", **each}, sources
        )
        for each in node.get("also_published", ())
    )
    return Setting(
        path=".".join(path),
        description=node["description"],
        unit=node["unit"],
        rule=node.get("rule", ""),
        entries=tuple(entries),
        also_published=also,
    )


def build_source(named: Any, sources: Tree) -> Source:
    """Turn a source's key, or a source written out, into a :class:`Source`."""
    page = sources[named] if isinstance(named, str) else named
    read_on = datetime.date.fromisoformat(page["read_on"])
    return Source(title=page["title"], read_on=read_on, url=page.get("url", ""))


def _dated(day: str, value: Any, unit: str, about: Tree, sources: Tree) -> DatedValue:
    return DatedValue(
        from_on=datetime.date.fromisoformat(day),
        value=_dates(value) if unit == "date" else value,
        status=Status(about["status"]),
        source=build_source(about["source"], sources),
        why=about.get("why", "").strip(),
    )


def _dates(value: Any) -> Any:
    if isinstance(value, list):
        return [_dates(each) for each in value]
    return datetime.date.fromisoformat(value)


def leaves(value: Any) -> Iterator[Any]:
    """Give every single value of a list or mapping."""
    if isinstance(value, Mapping):
        for below in value.values():
            yield from leaves(below)
    elif isinstance(value, list):
        for below in value:
            yield from leaves(below)
    else:
        yield value


def shape_fault(path: Path, unit: str, value: Any) -> str:
    """Say what a value should be made of, if it is made of something else."""
    key = path[-1]
    if path[-2:] in LISTS or path[:2] == ("programme", "commitments"):
        return "" if _is_plain_list(value) else "a list"
    if key in TABLES:
        is_table = isinstance(value, Mapping) and all(map(_is_plain, value.values()))
        return "" if is_table else "a mapping, such as {primary: 0.5, secondary: 0.5}"
    if key in TABLES_OF_LISTS:
        is_table = isinstance(value, Mapping) and all(map(_is_plain_list, value.values()))
        return "" if is_table else "a mapping of lists, such as {primary: [primary]}"
    if key in STEPS:
        each = value if isinstance(value, list) else [value]
        is_right = isinstance(value, list) and all(_has_keys(one, STEPS[key]) for one in each)
        return "" if is_right else "a list such as [{from_minutes: 60, extra_share: 0.5}]"
    if key in RANGES and isinstance(value, Mapping):
        return "" if _has_keys(value, RANGES[key]) else "{minimum: …, maximum: …}"
    if key == "threshold" or (unit in {"words", "date"} and key not in SINGLE_DATES):
        return "" if _is_plain(value) or _is_plain_list(value) else "a value or a list of values"
    return "" if _is_plain(value) else "a single value"


def _is_plain(value: object) -> bool:
    return not isinstance(value, (list, Mapping))


def _is_plain_list(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_plain, value))


def _has_keys(value: object, keys: set[str]) -> bool:
    return isinstance(value, Mapping) and set(value) == keys and all(map(_is_plain, value.values()))


COLUMNS = {
    column.name: column.about[:1].lower() + column.about[1:]
    for column in frames.SCHOOL_FACTS.columns
}
SENTENCES = {"words", "minutes and share"}
WRITERS: Mapping[str, Callable[[Any], str]] = {
    "pence": lambda pence: f"£{pence / 100:,.0f}" if pence % 100 == 0 else money.in_pounds(pence),
    "column": lambda name: COLUMNS[name],
    "overall grade": lambda grade: official.grades()[grade],
    "phase": lambda phase: str(phase).replace("_", " "),
    "share": lambda share: f"{100 * share:g} %",
}


def said(value: Any, unit: str) -> str:
    """Say a value with its unit.

    >>> said(900000, "pence"), said([2, 3], "overall grade"), said(0.8, "share")
    ('£9,000', 'Good, Requires improvement', '80 %')
    >>> said({"minimum": 12, "maximum": 20}, "days")
    '12 to 20 days'
    >>> said([{"from_minutes": 60, "extra_share": 0.5}], "minutes and share")
    'beyond 60 minutes 50% more'
    >>> said(["n_pupils", "sen_support_percent"], "column")
    'pupils on roll in the context year, pupils with SEN support'
    """
    if isinstance(value, dict):
        return _said_mapping(value, unit)
    if isinstance(value, list):
        return ("; " if unit in SENTENCES else ", ").join(said(one, unit) for one in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if unit in WRITERS:
        return WRITERS[unit](value)
    if isinstance(value, (int, float)):
        number = f"{value:,}" if isinstance(value, int) else f"{value:g}"
        return f"{number} {unit.removesuffix('s') if value == 1 else unit}"
    return str(value).replace("_", " ")


def _said_mapping(value: Mapping[str, Any], unit: str) -> str:
    if set(value) == {"minimum", "maximum"}:
        return f"{value['minimum']:g} to {value['maximum']:g} {unit}"
    if set(value) == {"from_minutes", "extra_share"}:
        return f"beyond {value['from_minutes']:g} minutes {value['extra_share']:.0%} more"
    each = (f"{key.replace('_', ' ')}: {said(one, unit)}" for key, one in value.items())
    return "; ".join(each) or "none"
