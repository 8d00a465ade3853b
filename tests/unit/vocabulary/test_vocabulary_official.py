"""Official words stand in one place, with their source, and cover what the code speaks of."""

import importlib.resources

import pytest
import yaml

from schoolhubs.vocabulary import official
from schoolhubs.vocabulary.phases import Framework, Series

HELD = yaml.safe_load(
    importlib.resources.files("schoolhubs.vocabulary").joinpath("official.yaml").read_text("utf-8")
)


def test_every_framework_series_and_grade_has_words() -> None:
    assert set(official.framework_words()) == set(Framework)
    assert set(official.series_words()) == set(Series)
    assert list(official.grades()) == [1, 2, 3, 4]


@pytest.mark.parametrize("name", HELD)
def test_every_list_of_words_has_status_and_source(name: str) -> None:
    assert HELD[name]["status"] in {"published", "assumed"}
    assert HELD[name]["source"]["title"]
    assert HELD[name]["source"]["read_on"]
