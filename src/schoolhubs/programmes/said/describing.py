"""A definition in plain words, each value with its date, source and status beside it."""

import datetime
import textwrap
from collections.abc import Iterator
from typing import Any

from schoolhubs.programmes import delivered
from schoolhubs.programmes.loading import Programme
from schoolhubs.programmes.settings import said
from schoolhubs.vocabulary.records.settings import DatedValue, Setting

WIDTH = 100
SECTIONS = {
    "programme": "The programme",
    "pathways": "Pathways",
    "eligibility": "Who may join",
    "matching": "Matching",
    "money": "Money",
    **delivered.PARTS,
}
RULES = {
    "prefer": "preferred: may be broken only as a recorded exception",
    "require": "required",
}
LIMITS = {
    "at_least": "at least ",
    "answer_at_least": "at least ",
    "trust_has": "at least ",
    "at_most": "at most ",
}


def describe(programme: Programme, on: datetime.date) -> str:
    """Write a programme as at a date, for a policy officer.

    Assumed values say ASSUMED and why; readings that contradict a value stand below it; what is
    not yet or no longer in force is left out.

    Examples
    --------
    >>> from schoolhubs.programmes import load
    >>> text = describe(load("rise-hubs-2025"), datetime.date(2025, 11, 12))
    >>> print(text.splitlines()[0])
    RISE Attendance and Behaviour Hubs 2025 onwards
    """
    rules = programme.as_at(on)
    lines = [programme.title, "=" * len(programme.title)]
    lines += _wrapped(
        f"{programme.programme_id}, version {programme.definition_version}, as at {on}"
    )
    if rules.is_rehearsal:
        began, tried = programme.began_on, rules.rules_on
        lines += _wrapped(
            f"REHEARSAL: it began on {began}; its rules of {tried} are tried out on {on}."
        )
    if rules.is_over:
        lines += _wrapped(f"OVER: it finished; {rules.finished_on} was the first day after it.")
    lines += ["", *_wrapped(programme.tree["programme"]["summary"])]
    lines += _contradictions(programme)
    for part, title in SECTIONS.items():
        if part not in programme.tree:
            continue
        lines += ["", title, "-" * len(title)]
        if part == "eligibility":
            lines += _questions(programme)
        lines += _settings(programme, part, rules.rules_on)
    n_assumed = len(rules.assumptions)
    lines += ["", *_wrapped(f"{n_assumed} values that a round uses are assumed, not published.")]
    return "\n".join(lines) + "\n"


def _contradictions(programme: Programme) -> list[str]:
    listed = programme.tree["programme"].get("contradictions", [])
    lines = ["", "Where the sources contradict one another"] if listed else []
    for each in listed:
        lines += _wrapped(each, indent=2, bullet="- ")
    return lines


def _questions(programme: Programme) -> list[str]:
    lines = ["", "Asked in the application"]
    for name, node in programme.tree["eligibility"]["questions"].items():
        status = " ASSUMED: " + node["why"] if node["status"] == "assumed" else ""
        phases = ", ".join(phase.replace("_", " ") for phase in node.get("phases", ()))
        of = f"{', '.join(node['pathways'])}{f'; {phases} alone' if phases else ''}"
        words = f"{node['wording']} ({name}; {of}){status}"
        lines += _wrapped(words, indent=2, bullet="- ")
    return lines


def _settings(programme: Programme, part: str, on: datetime.date) -> Iterator[str]:
    heading = ""
    for path, setting in programme.settings.items():
        if path[0] != part:
            continue
        # Rules come and go; anything else is told even before its first date, as it is used.
        is_rule = path[:2] == ("eligibility", "rules")
        entry = programme.in_force(path, on) if is_rule else setting.entry(on)
        if entry is None:
            continue
        if (found := _heading(programme, path)) != heading:
            heading = found
            yield ""
            yield from _wrapped(heading)
        yield from _setting(setting, entry, on, _asked(programme, path))


def _asked(programme: Programme, path: tuple[str, ...]) -> str:
    """Say how a threshold is meant, and for which inspections and phases."""
    node: Any = programme.tree
    for key in path[:-1]:
        node = node[key]
    if path[-1] != "threshold":
        return ""
    of = f"(inspections: {path[-2].replace('_', ' ')}) " if path[-3] == "frameworks" else ""
    phases = ", ".join(phase.replace("_", " ") for phase in node.get("phases", ()))
    of += f"({phases}) " if phases else ""
    return of + LIMITS.get(node["kind"], "")


def _heading(programme: Programme, path: tuple[str, ...]) -> str:
    if path[0] == "pathways":
        node = programme.tree["pathways"][path[1]]
        return f"{node['name']} ({path[1]}), for {node['partner_kind']}s"
    if path[:2] == ("eligibility", "rules"):
        node = programme.tree["eligibility"]["rules"][path[2]]
        return f"{node['asks']} ({path[2]}; {', '.join(node['pathways'])})"
    if path[:2] == ("training", "modules"):
        node = programme.tree["training"]["modules"][path[2]]
        return f"{node['title']} ({path[2]}; {', '.join(node['pathways'])})"
    if path[:2] == ("milestones", "steps"):
        node = programme.tree["milestones"]["steps"][path[2]]
        return f"{node['title']} ({path[2]}; {', '.join(node['pathways'])})"
    if len(path) > 2:
        return path[1].replace("_", " ").capitalize()
    return SECTIONS[path[0]] + ", in general"


def _setting(setting: Setting, entry: DatedValue, on: datetime.date, asked: str) -> Iterator[str]:
    if isinstance(entry.value, list) and setting.unit == "words" and len(entry.value) > 1:
        yield from _wrapped(f"{setting.description}: {asked}".strip(), indent=2)
        for each in entry.value:
            yield from _wrapped(each, indent=4, bullet="- ")
    else:
        yield from _wrapped(
            f"{setting.description}: {asked}{said(entry.value, setting.unit)}", indent=2
        )
    about = [_in_force(setting, entry) + (" (not yet)" if entry.from_on > on else "")]
    about += [RULES[setting.rule]] if setting.rule else []
    about += ["ASSUMED" if entry.is_assumed else entry.status.value]
    yield from _wrapped(f"{'; '.join(about)}; {entry.source}", indent=6)
    if entry.why:
        yield from _wrapped(entry.why, indent=6)
    for other, until_on in reversed(spans(setting)):
        if other is not entry:
            words = f"{period(other.from_on, until_on)}: {said(other.value, setting.unit)}"
            yield from _wrapped(f"{words}; {other.source}", indent=6)
    for other in setting.also_published:
        words = f"also published: {said(other.value, setting.unit)}, {other.source}. {other.why}."
        yield from _wrapped(words, indent=6)


def _in_force(setting: Setting, entry: DatedValue) -> str:
    until_on = next(until_on for other, until_on in spans(setting) if other is entry)
    return period(entry.from_on, until_on)


def spans(setting: Setting) -> list[tuple[DatedValue, datetime.date | None]]:
    """Give each value of a setting with its last day, earliest first; None for the newest."""
    ends = [later.from_on - datetime.timedelta(days=1) for later in setting.entries[1:]]
    return list(zip(setting.entries, [*ends, None], strict=True))


def period(from_on: datetime.date, until_on: datetime.date | None) -> str:
    """Say when a value was in force, both ends where it has two.

    >>> period(datetime.date(2025, 11, 12), datetime.date(2026, 1, 28))
    '12 November 2025 to 28 January 2026'
    >>> period(datetime.date(2026, 1, 29), None)
    'from 29 January 2026'
    """
    return f"from {_day(from_on)}" if until_on is None else f"{_day(from_on)} to {_day(until_on)}"


def _day(on: datetime.date) -> str:
    return f"{on.day} {on:%B %Y}"


def _wrapped(text: str, *, indent: int = 0, bullet: str = "") -> list[str]:
    first = " " * indent + bullet
    return textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=" " * len(first))
