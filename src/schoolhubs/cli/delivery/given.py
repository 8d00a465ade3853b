"""Reads for whom dates are looked for: a lead, leaders, partners; every fault with its place."""

import dataclasses
import datetime
import functools
from collections.abc import Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from schoolhubs import delivery as stage
from schoolhubs import programmes
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.records.support import SupportRules
from schoolhubs.vocabulary.written.reading import MOST_BYTES, YamlText, parse_yaml
from schoolhubs.vocabulary.written.shape import faults_of_shape
from schoolhubs.vocabulary.written.stored import read_facts

HALF = stage.days.ledger.HALF_DAYS_A_DAY
SEE = "docs/how-to/plan-support-days.md shows a file that is read."
NOT_LOOKED_FOR = "No dates were looked for."
Told = dict[str, Any]
Place = tuple[str, ...]


def read_given(path: Path, programme_id: str, on: datetime.date) -> stage.days.scheduling.Given:
    """Read what a schedule is made from; the limits are the programme's.

    Raises
    ------
    DataProblem
        With every fault of the file, or if the programme has no support days.
    """
    rules = programmes.load(programme_id).as_at(on).support
    if rules is None:
        fault = f"{programme_id} says nothing of support days"
        told = Problem(code="no_support_days", fault=fault, remedy="Name another programme.")
        raise DataProblem([told], outcome=NOT_LOOKED_FOR)
    text = _text_of(path)
    problems = list(text.problems) or list(_of_shape(text)) or list(_of_sense(text, on))
    if problems:
        raise DataProblem(problems, outcome=NOT_LOOKED_FOR)
    return _built(text.values, rules, on)


def _text_of(path: Path) -> YamlText:
    """Read JSON, or the same in YAML, with the row of every value."""
    raw, fault = path.read_bytes(), ""
    if len(raw) > MOST_BYTES:
        fault = f"it has {len(raw):,} bytes, and {MOST_BYTES:,} are read at most"
    try:
        # YAML reads JSON but for tabs before its keys.
        text = raw.decode("utf-8-sig").expandtabs()
    except UnicodeDecodeError:
        fault = "it is not text in UTF-8"
    if not fault:
        read = parse_yaml(text, path.name)
        if read.problems or isinstance(read.values, dict):
            return read
        fault = "it has no names with values, such as lead, leaders and partners"
    told = Problem(code="unreadable", file=path.name, fault=fault, remedy=SEE)
    raise DataProblem([told], outcome=NOT_LOOKED_FOR)


@functools.cache
def _schema() -> Told:
    held = resources.files(__package__).joinpath("given_schema.yaml").read_text("utf-8")
    return dict(read_facts(held))


def _of_shape(text: YamlText) -> Iterator[Problem]:
    for found in faults_of_shape(text.values, _schema(), see=SEE):
        yield _at(text, found.path, found.fault, found.remedy, code=found.code)


def _at(
    text: YamlText, path: Place, fault: str, remedy: str, *, code: str = "makes_no_sense"
) -> Problem:
    """Place a fault: its row, and the field by its names, entries of a list counted from 1."""
    names = [str(int(each) + 1) if each.isdigit() else each for each in path]
    return Problem(
        code=code, file=text.file, row=text.place(path)[0], column=".".join(names), fault=fault,
        remedy=remedy,
    )  # fmt: skip


def _of_sense(text: YamlText, on: datetime.date) -> Iterator[Problem]:
    """Give the faults of values that have their shape: days that are none, names told twice."""
    told = text.values
    no_days = list(_no_days(text))
    yield from no_days
    yield from _twice(text, "leaders")
    yield from _twice(text, "partners")
    for at, partner in enumerate(told["partners"]):
        if partner["name"] == told["lead"]["name"]:
            fault = f"{partner['name']!r} is the lead school too"
            yield _at(text, ("partners", str(at), "name"), fault, "Name its partners alone.")
    if not no_days:
        yield from _out_of_time(text, on)


def _no_days(text: YamlText) -> Iterator[Problem]:
    told = text.values
    lists: list[tuple[Place, list[str]]] = [(("lead", "cannot"), told["lead"].get("cannot", []))]
    for of in ("leaders", "partners"):
        for at, each in enumerate(told[of]):
            lists.append(((of, str(at), "cannot"), each.get("cannot", [])))
    days = [((*path, str(n)), day) for path, held in lists for n, day in enumerate(held)]
    for at, each in enumerate(told["partners"]):
        days += [(("partners", str(at), n), each[n]) for n in ("starts_on", "finishes_on")]
    known = stage.days.school_days.usual_years()
    for path, day in days:
        try:
            year = AcademicYear.holding(datetime.date.fromisoformat(day))
        except ValueError:
            remedy = "Write a day that there is, such as 2026-11-27."
            yield _at(text, path, f"{day!r} is no day of the calendar", remedy)
            continue
        if path[-1] not in ("starts_on", "finishes_on") and year not in known:
            fault = f"no term dates are at hand for {day}"
            remedy = f"Write a day from {known[0]} to {known[-1]}, or take this one out."
            yield _at(text, path, fault, remedy)


def _twice(text: YamlText, of: str) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for at, each in enumerate(text.values[of]):
        before = first.setdefault(each["name"], at)
        if before != at:
            row = text.place((of, str(before), "name"))[0]
            fault = f"{each['name']!r} is the name of two of the {of} (row {row} is the other)"
            remedy = "Tell them apart, such as by a first name, a place or a URN."
            yield _at(text, (of, str(at), "name"), fault, remedy)


def _out_of_time(text: YamlText, on: datetime.date) -> Iterator[Problem]:
    """Give partnerships in which no day can be planned, and why."""
    known = stage.days.school_days.usual_years()
    for at, each in enumerate(text.values["partners"]):
        path = ("partners", str(at), "finishes_on")
        starts_on, finishes_on = _day(each["starts_on"]), _day(each["finishes_on"])
        last = AcademicYear.holding(finishes_on - datetime.timedelta(days=1))
        if finishes_on <= starts_on:
            fault = f"{finishes_on} is not after starts_on {starts_on}"
            remedy = "Write the first day after the partnership, which comes after its first."
            yield _at(text, path, fault, remedy)
        elif finishes_on <= on:
            said = f"it finishes on {finishes_on}, and days are asked for from {on}"
            fault = f"the partnership of {each['name']} is over: {said}"
            remedy = "Give an earlier --on, or take the partner out."
            yield _at(text, path, fault, remedy, code="partnership_over")
        elif AcademicYear.holding(max(on, starts_on)) < known[0] or last > known[-1]:
            fault = f"no term dates are at hand for all of {max(on, starts_on)} to {finishes_on}"
            remedy = f"Term dates are at hand from {known[0]} to {known[-1]}."
            yield _at(text, path, fault, remedy)


def _built(told: Told, rules: SupportRules, on: datetime.date) -> stage.days.scheduling.Given:
    return stage.days.scheduling.Given(
        lead=_school(told["lead"]),
        leaders=tuple(_leader(each) for each in told["leaders"]),
        partners=tuple(_partner(each) for each in told["partners"]),
        from_on=on,
        capacity_half_days=round(told.get("days_left", rules.lead_capacity_days) * HALF),
        leader_week=round(rules.most_days_a_week_of_a_leader * HALF),
        partner_week=round(rules.most_days_a_week_of_a_partner * HALF),
        half_day_within_minutes=rules.half_day_within_minutes,
    )


def _day(told: str) -> datetime.date:
    return datetime.date.fromisoformat(told)


def _days(told: Sequence[str]) -> frozenset[datetime.date]:
    return frozenset(map(_day, told))


def _school(told: Told) -> stage.days.school_days.SchoolDays:
    usual = stage.days.school_days.usual_year
    cannot: dict[AcademicYear, dict[datetime.date, str]] = {}
    for on in _days(told.get("cannot", [])):
        cannot.setdefault(AcademicYear.holding(on), {})[on] = ""
    years: dict[str, stage.days.school_days.SchoolYear] = {
        year: dataclasses.replace(usual(year), cannot=held) for year, held in cannot.items()
    }
    return stage.days.school_days.SchoolDays(name=told["name"], years=years)


def _leader(told: Told) -> stage.days.scheduling.Leader:
    return stage.days.scheduling.Leader(
        leader_id=told["name"], name=told["name"], cannot=_days(told.get("cannot", [])),
        most_minutes=told.get("most_minutes"),
    )  # fmt: skip


def _partner(told: Told) -> stage.days.scheduling.Partner:
    return stage.days.scheduling.Partner(
        partner_id=told["name"], name=told["name"], half_days=round(told["days"] * HALF),
        starts_on=_day(told["starts_on"]), finishes_on=_day(told["finishes_on"]),
        minutes=told.get("minutes"), days=_school(told),
    )  # fmt: skip
