"""Names for people: months, groups, measures, and which answers count as good."""

import datetime
import functools
from collections.abc import Mapping
from importlib import resources
from typing import Any

from schoolhubs import diagnosis
from schoolhubs.vocabulary.records.diagnosis.instrument import Instrument, Item
from schoolhubs.vocabulary.written.stored import read_facts

ALL = "all"
POOLED = "+"


@functools.cache
def words() -> Mapping[str, Any]:
    """Read the words of results."""
    file = resources.files("schoolhubs.service.surveys.results") / "labels.yaml"
    read: Mapping[str, Any] = read_facts(file.read_text(encoding="utf-8"))
    return read


def month(wave: str) -> str:
    """Write a wave as its month; waves scored as one with both.

    >>> month("2026-11"), month("2026-06+2026-11")
    ('November 2026', 'June 2026 and November 2026')
    """
    days = (datetime.date.fromisoformat(f"{each}-01") for each in wave.split(POOLED))
    return " and ".join(f"{day:%B %Y}" for day in days)


def group(cut: str, label: str) -> str:
    """Name a group.

    >>> group("year_group", "7"), group("all", "all")
    ('Year 7', 'Everybody who answered')
    """
    if cut == ALL:
        return str(words()["everybody"])
    return str(words()["labels"].get(cut, {}).get(label, label))


def measures(instrument: Instrument) -> dict[str, str]:
    """Name every scale and item of an instrument."""
    scales = {each.name: each.title for each in instrument.scales}
    return scales | {each.name: each.words for each in instrument.items}


def good(item: Item, instrument: Instrument) -> str:
    """Say which answers count as good.

    >>> survey = diagnosis.instrument("pupil-survey")
    >>> good(survey.item("felt_safe"), survey), good(survey.item("school_calm"), survey)
    ('every day', 'most days or every day')
    >>> good(survey.item("learning_stopped"), survey)
    'hardly ever or some days'
    """
    most = max(point.value for point in instrument.points)
    known = diagnosis.scoring.national.national_items()
    counted = known[item.national].counted_points if item.national in known else ()
    points = set(counted) or {each.value for each in instrument.points if 2 * each.value > most + 1}
    if item.is_reversed:
        points = {most + 1 - each for each in points}
    said = [each.words.lower() for each in instrument.points if each.value in points]
    return " or ".join(said)


def asked(item: Item, instrument: Instrument) -> str:
    """Give the words of a question as its figure is to be read: turned ones with what is good.

    >>> survey = diagnosis.instrument("pupil-survey")
    >>> asked(survey.item("felt_safe"), survey) == survey.item("felt_safe").words
    True
    >>> asked(survey.item("learning_stopped"), survey).partition(" (")[2]
    'hardly ever or some days)'
    """
    return f"{item.words} ({good(item, instrument)})" if item.is_reversed else item.words
