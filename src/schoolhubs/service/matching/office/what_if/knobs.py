"""What an officer may turn: each value with its words, its value in force and its source."""

import dataclasses
import functools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import pydantic

from schoolhubs import programmes
from schoolhubs.vocabulary.records.rules import RulesAsAt
from schoolhubs.vocabulary.records.settings import DatedValue
from schoolhubs.vocabulary.words import plain
from schoolhubs.vocabulary.written.stored import read_facts

KNOBS_FILE = Path(__file__).with_name("knobs.yaml")
SCHOOL = "school"  # places of trusts are not matched in a round


class Said(pydantic.BaseModel):
    """One row of ``knobs.yaml``."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)

    field: str
    path: str
    label: str
    kind: Literal["whole", "number", "percent", "choice"]
    unit: str = ""
    least: float = 0
    most: float = 0
    choices: dict[str, str] = {}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Knob:
    """One value that may be turned, for one programme on one day.

    Parameters
    ----------
    name
        Of its field on the page.
    label, hint
        What it is; its value in force, whether published or assumed, and where from.
    in_force
        The definition's value on the day.
    """

    said: Said
    name: str
    field: str
    label: str
    hint: str
    in_force: Any

    def shown(self, value: Any) -> str:
        """Write a value as the page's field takes it.

        >>> share = Said(field="floor_share", path="a.b", label="Share", kind="percent")
        >>> Knob(said=share, name="x", field="x", label="", hint="", in_force=0.8).shown(0.8)
        '80'
        """
        if self.said.kind == "choice":
            return str(value).lower()
        return f"{value * 100 if self.said.kind == 'percent' else value:g}"

    def in_words(self, value: Any) -> str:
        """Write a value with its unit, for people."""
        if self.said.kind == "choice":
            return self.said.choices.get(self.shown(value), str(value))
        unit = self.said.unit if self.said.unit == "%" else f" {self.said.unit}"
        return f"{self.shown(value)}{unit}"

    def taken(self, typed: Any) -> Any:
        """Turn what a checked field gives into the value of the rules."""
        if self.said.kind == "choice":
            return {"true": True, "false": False}.get(typed, typed)
        return typed / 100 if self.said.kind == "percent" else typed


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Values that belong together on the page."""

    title: str
    knobs: tuple[Knob, ...]


@functools.cache
def _said() -> tuple[tuple[str, tuple[Said, ...]], ...]:
    read = read_facts(KNOBS_FILE.read_text(encoding="utf-8"))
    return tuple(
        (group["title"], tuple(Said.model_validate(row) for row in group["knobs"]))
        for group in read["groups"]
    )


def groups_of(rules: RulesAsAt) -> tuple[Group, ...]:
    """Give what may be turned in a programme's rules, by group.

    A value that the definition does not have is left out.
    """
    made = (
        Group(title=title, knobs=tuple(knob for said in rows for knob in _knobs(said, rules)))
        for title, rows in _said()
    )
    return tuple(group for group in made if group.knobs)


def _knobs(said: Said, rules: RulesAsAt) -> Iterator[Knob]:
    programme = programmes.load(rules.programme_id)
    for names in _named(said, rules):
        path = tuple(said.path.format_map(names["in_path"]).split("."))
        if path not in programme.settings:
            continue
        setting = programme.settings[path]
        entry = setting.entry(rules.rules_on)
        field = said.field.format_map(names["in_path"])
        knob = Knob(
            said=said, name=field.replace(".", "-"), field=field, hint="",
            label=said.label.format_map(names["in_words"]), in_force=entry.value,
        )  # fmt: skip
        hint = f"{setting.description}. In force: {knob.in_words(entry.value)}, {_from(entry)}"
        yield dataclasses.replace(knob, hint=hint.replace("_", " "))  # no identifiers to people


def _named(said: Said, rules: RulesAsAt) -> Iterator[dict[str, dict[str, str]]]:
    """Give a name for each part or pathway a row stands for; one without for any other row."""
    if "{part}" in said.field:
        parts = programmes.load(rules.programme_id).tree["matching"]["need"]["parts"]
        for part in parts:
            yield {"in_path": {"part": part}, "in_words": {"part": plain(part).lower()}}
    elif "{pathway}" in said.field:
        for each in rules.pathways:
            if each.partner_kind == SCHOOL:
                yield {
                    "in_path": {"pathway": each.pathway}, "in_words": {"pathway": each.name},
                }  # fmt: skip
    else:
        yield {"in_path": {}, "in_words": {}}


def _from(entry: DatedValue) -> str:
    if entry.is_assumed:
        return f"assumed: {entry.why}"
    return f"published: {entry.source}."


def put(knobs: tuple[Group, ...], changes: Mapping[str, Any]) -> dict[str, str]:
    """Give what each field of the page holds: the value in force, or the one that is tried."""
    return {
        knob.name: knob.shown(_at(changes, knob.field, knob.in_force))
        for group in knobs
        for knob in group.knobs
    }


def _at(changes: Mapping[str, Any], field: str, in_force: Any) -> Any:
    first, _, name = field.partition(".")
    held = changes.get(first, in_force)
    return held.get(name, in_force) if name and isinstance(held, Mapping) else held


def turned(groups: tuple[Group, ...], values: Mapping[str, Any]) -> dict[str, Any]:
    """Give what differs from the values in force, as programmes.RuleChanges writes it.

    Parameters
    ----------
    values
        By the name of the field, as the form checked them; None for one that was left empty.
    """
    changes: dict[str, Any] = {}
    for group in groups:
        for knob in group.knobs:
            typed = values.get(knob.name)
            if typed in (None, ""):
                continue
            value = knob.taken(typed)
            if value == knob.in_force:
                continue
            first, _, name = knob.field.partition(".")
            if name:
                changes.setdefault(first, {})[name] = value
            else:
                changes[first] = value
    return changes


def told(groups: tuple[Group, ...], changes: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Give each change in words: what it is, its value in force, and the value tried."""
    return [
        (knob.label, knob.in_words(knob.in_force), knob.in_words(value))
        for group in groups
        for knob in group.knobs
        if (value := _at(changes, knob.field, knob.in_force)) != knob.in_force
    ]
