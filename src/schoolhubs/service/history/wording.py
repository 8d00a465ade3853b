"""Puts changes into words, for the pages that show what was changed from what to what."""

import dataclasses
import datetime
import functools
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.db import models

from schoolhubs.service.accounts.models import Person
from schoolhubs.service.history.queries import Change, changes_of
from schoolhubs.service.web.pages import day, moment
from schoolhubs.vocabulary.words import plain
from schoolhubs.vocabulary.written.stored import read_facts

OF_A_PERSON = "_by"  # fields that end so hold the id somebody signed in with
WORDS_FILE = Path(__file__).with_name("words.yaml")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One field of one change, as people read it."""

    at: datetime.datetime
    who: str
    what: str
    before: str
    after: str


@functools.cache
def _words() -> Mapping[str, Any]:
    return dict(read_facts(WORDS_FILE.read_text(encoding="utf-8")))


def lines_about(rows: Sequence[models.Model], *, labels: Mapping[str, str]) -> list[Line]:
    """Tell the changes of some rows, in the order of time.

    Parameters
    ----------
    labels
        What the parts of answers are called, by name, such as questions with their wording.
    """
    changes = [(row, change) for row in rows for change in changes_of(row)]
    subjects = {change.by for _, change in changes if change.by}
    subjects |= {
        value
        for _, change in changes
        for field in change.fields
        if field.name.endswith(OF_A_PERSON)
        for value in (field.before, field.after)
        if value
    }
    people = Person.objects.filter(subject__in=subjects) if subjects else ()
    names = {each.subject: str(each) for each in people}
    lines = [line for row, change in changes for line in _lines(row, change, names, labels)]
    return sorted(lines, key=lambda line: line.at)


def _lines(
    row: models.Model, change: Change, names: Mapping[str, str], labels: Mapping[str, str]
) -> Iterator[Line]:
    who = names.get(change.by, change.by) or _words()["nobody"]
    kinds = _words()["kinds"]
    if change.kind in kinds:
        thing = str(row._meta.verbose_name)
        yield Line(
            at=change.at, who=who, what=f"{kinds[change.kind]}: {thing}", before="", after=""
        )
        return
    for field in change.fields:
        if field.name in _words()["left_out"]:
            continue
        called = _words()["fields"].get(field.name, plain(field.name))
        for what, before, after in _parts(called, field.before, field.after, labels):
            values = (before, after)
            if field.name.endswith(OF_A_PERSON):
                values = (names.get(before, before), names.get(after, after))
            said = (_said(row, field.name, value) for value in values)
            yield Line(at=change.at, who=who, what=what, before=next(said), after=next(said))


def _parts(
    called: str, before: Any, after: Any, labels: Mapping[str, str]
) -> Iterator[tuple[str, Any, Any]]:
    """Take a field of many parts, such as answers, apart into those that changed."""
    if not (isinstance(after, dict) and isinstance(before, dict | None)):
        yield called, before, after
        return
    held = before or {}
    for name in [*after, *(each for each in held if each not in after)]:
        if held.get(name) != after.get(name):
            yield labels.get(name, plain(name)), held.get(name), after.get(name)


def _said(row: models.Model, name: str, value: Any) -> str:
    """Put one value into words."""
    choices = dict(getattr(row._meta.get_field(name), "flatchoices", ()))
    if isinstance(value, str) and value in choices:
        return str(choices[value])
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, datetime.datetime):
        return moment(value)
    if isinstance(value, datetime.date):
        return day(value)
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    return _words()["nothing"] if value in (None, "", {}) else str(value)
