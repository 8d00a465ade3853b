"""Official words stand in one place, with their source, and cover what the code speaks of."""

import datetime
import importlib.resources
from pathlib import Path

import pytest
import yaml

import schoolhubs
from schoolhubs.vocabulary import official
from schoolhubs.vocabulary.phases import Framework, Series

HELD = {
    name: held
    for file in ("official.yaml", "frameworks.yaml")
    for name, held in yaml.safe_load(
        importlib.resources.files("schoolhubs.vocabulary").joinpath(file).read_text("utf-8")
    ).items()
}


def test_every_framework_series_and_grade_has_words() -> None:
    assert set(official.framework_words()) == set(Framework)
    assert set(official.series_words()) == set(Series)
    assert list(official.grades()) == [1, 2, 3, 4]


def test_days_of_the_frameworks_stand_nowhere_but_in_their_data() -> None:
    begins = official.framework_begins()
    assert list(begins) == list(Framework)
    assert list(begins.values()) == sorted(begins.values())
    days = {day for first in begins.values() for day in (first, first - datetime.timedelta(1))}
    told = {form for day in days for form in (str(day), f"{day.year}, {day.month}, {day.day}")}
    source = Path(schoolhubs.__file__).parent
    for path in source.rglob("*.py"):
        if path.name != "official.py":  # whose example shows one
            text = path.read_text(encoding="utf-8")
            assert not {day for day in told if f"date({day})" in text or f'64("{day}")' in text}


@pytest.mark.parametrize("name", HELD)
def test_every_list_of_words_has_status_and_source(name: str) -> None:
    assert HELD[name]["status"] in {"published", "assumed"}
    assert HELD[name]["source"]["title"]
    assert HELD[name]["source"]["read_on"]
