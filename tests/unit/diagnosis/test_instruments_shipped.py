"""The instruments that come with the project keep what is promised of them."""

from itertools import combinations
from pathlib import Path

import pytest
import yaml

from schoolhubs import diagnosis
from schoolhubs.diagnosis.instruments import national_figures, national_items
from schoolhubs.diagnosis.instruments.loading import DEFINITIONS, versions
from schoolhubs.diagnosis.instruments.reading_age import reading_age, sentences
from schoolhubs.vocabulary.records.diagnosis.instrument import Instrument
from schoolhubs.vocabulary.root_causes import root_causes, settings, topics

ALL = [diagnosis.instrument(name) for name in diagnosis.instruments()]
ASSESSMENTS = [each for each in ALL if each.kind == "self_assessment"]
SURVEYS = [each for each in ALL if each.kind == "survey"]
FINGERPRINTS = Path(__file__).with_name("fingerprints.yaml")


def named(instrument: Instrument) -> str:
    return instrument.instrument_id


def test_every_file_is_in_order() -> None:
    assert diagnosis.check_instrument(DEFINITIONS) == ()


def test_each_topic_has_an_edition_for_each_setting() -> None:
    found = {(topic, setting) for a in ASSESSMENTS for topic in a.topics for setting in a.settings}
    assert found == {(topic, setting) for topic in topics() for setting in settings()}
    assert len(ASSESSMENTS) == 6


@pytest.mark.parametrize("instrument", ASSESSMENTS, ids=named)
def test_a_self_assessment_says_what_is_seen_at_four_levels(instrument: Instrument) -> None:
    assert len(instrument.items) >= 40
    for item in instrument.items:
        assert len(set(item.levels)) == len(instrument.points) == 4
        assert item.look_at
    assert len({item.words for item in instrument.items}) == len(instrument.items)


@pytest.mark.parametrize("instrument", ASSESSMENTS, ids=named)
def test_whatever_a_school_can_change_is_asked_about(instrument: Instrument) -> None:
    """A root cause that no item feeds could never be found by a self-assessment."""
    wanted = {
        name
        for name, cause in root_causes().items()
        if cause.side == "practice"
        and set(instrument.topics) & set(cause.topics)
        and set(instrument.settings) <= set(cause.settings)
    }
    assert {item.root_cause for item in instrument.items} == wanted


@pytest.mark.parametrize("topic", topics())
def test_editions_are_their_own(topic: str) -> None:
    """Fewer than two in five items are shared, and what is shared is shared by reference."""
    editions = [each for each in ASSESSMENTS if topic in each.topics]
    for one, other in combinations(editions, 2):
        by_name = {item.name for item in one.items} & {item.name for item in other.items}
        by_words = {item.words for item in one.items} & {item.words for item in other.items}
        assert len(by_name) == len(by_words) < 0.4 * len(one.items)
        assert all(one.item(name).levels == other.item(name).levels for name in by_name)
        mine = {level for item in one.items if item.name not in by_name for level in item.levels}
        theirs = {text for item in other.items if item.name not in by_name for text in item.levels}
        assert len(mine & theirs) < 0.05 * len(mine), "levels were copied with a word changed"


@pytest.mark.parametrize("instrument", SURVEYS, ids=named)
def test_a_survey_has_four_scales_of_four_items(instrument: Instrument) -> None:
    scales = [scale.name for scale in instrument.scales]
    assert scales == ["routines", "safety", "belonging", "attendance"]
    assert {len(instrument.of_scale(scale)) for scale in scales} == {4}
    assert {scale.least_answered for scale in instrument.scales} == {3}
    assert len(instrument.points) == 4
    assert "know" in instrument.dont_know
    assert sum(item.is_reversed for item in instrument.items) <= 2
    assert instrument.skip_words
    assert instrument.notice.privacy
    assert instrument.help_contacts


def test_pupils_of_years_five_to_eleven_and_staff_are_asked() -> None:
    asked = {each.instrument_id: each for each in SURVEYS}
    for name in ("pupil-survey", "pupil-survey-easy"):
        assert asked[name].year_groups == tuple(range(5, 12))
        assert asked[name].notice.parents
        assert "0800 1111" in str(asked[name].help_contacts)
    assert asked["pupil-survey-easy"].is_easy_read
    assert asked["staff-survey"].respondents == "staff"


@pytest.mark.parametrize(("name", "oldest"), [("pupil-survey", 11), ("pupil-survey-easy", 8)])
def test_pupils_can_read_it(name: str, oldest: float) -> None:
    instrument = diagnosis.instrument(name)
    assert reading_age(instrument.said()) <= oldest
    assert reading_age(instrument.notice.privacy) <= oldest
    longest = max(len(words) for text in instrument.said() for words in sentences(text))
    assert longest <= (11 if instrument.is_easy_read else 18)


def test_words_for_grown_people_are_told_apart_by_the_measure() -> None:
    """The control of the reading age: what is written for leaders is harder."""
    pupils = reading_age(diagnosis.instrument("pupil-survey").said())
    leaders = reading_age(diagnosis.instrument("attendance-mainstream").said())
    assert leaders > pupils + 3
    law = "Penalties may constitute unlawful discrimination arising in consequence of disability."
    assert reading_age([law]) > 11


def test_items_that_ask_what_the_nation_was_asked_name_it() -> None:
    pupils, staff = diagnosis.instrument("pupil-survey"), diagnosis.instrument("staff-survey")
    assert {each.national for each in pupils.items} == {"", "safe", "calm", "belong"}
    assert {each.national for each in staff.items} == {"", "calm"}
    easy = diagnosis.instrument("pupil-survey-easy")
    assert {each.national for each in easy.items} == {""}, "it has other answers"


@pytest.mark.parametrize(
    ("item", "asked_of", "percents"),
    [
        ("calm", "leaders", [84, 93, 85, 81]),
        ("calm", "teachers", [57, 71, 60, 53]),
        ("belong", "pupils", [43, 45, 53, 49]),
        ("safe", "pupils", [57, 65, 61, 57]),
        ("behaviour", "teachers", [55, 69, 55, 46]),
        ("behaviour", "pupils", [43, 43, 35, 40]),
    ],
)
def test_national_figures_are_the_published_ones(
    item: str, asked_of: str, percents: list[int]
) -> None:
    waves = [each for each in national_figures(item, asked_of) if each.wave_on]
    assert [each.percent for each in waves] == percents
    months = [(each.wave_on.year, each.wave_on.month) for each in waves if each.wave_on]
    assert months == [(2023, 3), (2023, 12), (2024, 3), (2024, 5)]
    assert all(each.source.title for each in waves)


def test_nothing_is_made_up_where_nothing_was_published() -> None:
    assert national_figures("safe", "teachers") == ()
    assert {item.status.value for item in national_items().values()} == {"published", "assumed"}
    assert all(item.why for item in national_items().values() if item.status == "assumed")


def test_a_version_never_changes_unseen() -> None:
    """A digest that differs means: give the instrument a new version, and keep the old file."""
    held = yaml.safe_load(FINGERPRINTS.read_text())
    found = {
        name: {
            version: diagnosis.instrument(name, version).fingerprint for version in versions(name)
        }
        for name in diagnosis.instruments()
    }
    assert found == held


def test_the_page_tells_the_number_of_items() -> None:
    docs = Path(__file__).parents[3] / "docs" / "explanation" / "diagnosis.md"
    page = docs.read_text(encoding="utf-8")
    for topic in topics():
        editions = [
            diagnosis.instrument(f"{topic}-{each.replace('_', '-')}") for each in settings()
        ]
        names = ", ".join(f"`{each.instrument_id}`" for each in editions)
        numbers = ", ".join(str(len(each.items)) for each in editions)
        assert f"| {names} | each member of the leadership team | {numbers} |" in page
