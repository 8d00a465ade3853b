"""A faulty instrument is refused, with file, line, value and what to do."""

import shutil
from pathlib import Path

import pytest

from schoolhubs import diagnosis
from schoolhubs.diagnosis.instruments.loading import DEFINITIONS
from schoolhubs.vocabulary.errors import DataProblem

PUPILS, STAFF, LEADERS = "pupil-survey", "staff-survey", "attendance-mainstream"
LOOK = "        look_at: Late marks by day and entrance, and an hour spent at the gate\n"
LONG = "We sat down and the lesson began and it was calm and we all did what we had to do."

# instrument, what is replaced (every time), by what, code, words of the message
FAULTS = {
    "unknown key": (PUPILS, "feeds: places_unsafe", "feds: places_unsafe", "unknown_key", "feds"),
    "missing key": (PUPILS, "licence: ", "license: ", "missing_key", "licence is missing"),
    "not yaml": (PUPILS, "sections:\n", "sections: [\n", "not_yaml", "not YAML"),
    "a key twice": (STAFF, ": en\n", ": en\nlanguage: en\n", "repeated_key", "given before"),
    "three points": (STAFF, "[Hardly ever, ", "[", "wrong_shape", "points"),
    "no such root cause": (PUPILS, "places_unsafe", "gloom", "unknown_root_cause", "'gloom'"),
    "of the other topic": (
        LEADERS, "feeds: first_day_late", "feeds: staff_unsure", "other_topic", "staff_unsure",
    ),
    "of another setting": (
        LEADERS, "feeds: week_uneven", "feeds: placement_unagreed", "other_setting", "mainstream",
    ),
    "no such setting": (LEADERS, "s: [mainstream]", "s: [main]", "unknown_word", "main"),
    "no such day": (LEADERS, '"2026-11-22"', '"2026-02-30"', "not_a_date", "02-30"),
    "an item that is not shared": (
        LEADERS, "codes_agreed: shared", "codes_argued: shared", "unknown_item", "codes_argued",
    ),
    "nowhere to look": (LEADERS, LOOK, "", "no_levels", "late_marks"),
    "an unknown scale": (
        STAFF, "staff_unsure, scale: routines", "staff_unsure, scale: law", "unknown_scale", "law",
    ),
    "too many reversed": (
        PUPILS, "scale: belonging}", "scale: belonging, is_reversed: true}", "many_reversed", "5",
    ),
    "no such national item": (PUPILS, "national: safe", "national: joy", "unknown_national", "joy"),
    "national, but answered otherwise": (
        PUPILS, "national: safe", "national: behaviour", "not_the_same", "behaviour",
    ),
    "a scale out of reach": (STAFF, "answered: 3", "answered: 5", "unreachable_scale", "needs 5"),
    "long sentence": (
        PUPILS, "My lessons began quickly and calmly.", LONG, "long_sentence", ", more than 18",
    ),
    "no help": (PUPILS, "help:\n", "helpers:\n", "unknown_key", "helpers"),
}  # fmt: skip


@pytest.fixture
def copies(tmp_path: Path) -> Path:
    shutil.copytree(DEFINITIONS, tmp_path / "ours")
    return tmp_path / "ours"


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told(copies: Path, fault: str) -> None:
    name, old, new, code, words = FAULTS[fault]
    path = copies / name / "1.0.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))

    found = diagnosis.check_instrument(path)

    told = [each for each in found if each.code == code]
    assert told, [str(each) for each in found]
    assert any(words in str(each) for each in told)
    assert all(each.file and each.row and each.remedy for each in told)
    with pytest.raises(DataProblem, match="was not used"):
        diagnosis.instrument(path)


def test_a_shared_file_that_is_not_there_is_told(copies: Path) -> None:
    path = copies / LEADERS / "1.0.yaml"
    path.write_text(path.read_text().replace("attendance-1.0.yaml", "attendance-9.0.yaml"))
    (found,) = diagnosis.check_instrument(path)
    assert "../shared/attendance-9.0.yaml: the file cannot be read" in str(found)


def test_an_assumed_instrument_says_why(copies: Path) -> None:
    path = copies / STAFF / "1.0.yaml"
    lines = [line for line in path.read_text().splitlines() if not line.startswith("why:")]
    path.write_text("\n".join(lines))
    assert [each.code for each in diagnosis.check_instrument(path)] == ["no_reason"]


def test_a_self_assessment_of_few_items_is_refused(copies: Path) -> None:
    path = copies / LEADERS / "1.0.yaml"
    path.write_text(path.read_text().split("  needs:\n")[0])
    assert {each.code for each in diagnosis.check_instrument(path)} == {"too_few_items"}


def test_a_survey_of_pupils_names_somebody_to_turn_to(copies: Path) -> None:
    path = copies / PUPILS / "1.0.yaml"
    path.write_text(path.read_text().split("help:\n")[0])
    assert {each.code for each in diagnosis.check_instrument(path)} == {"pupils_not_told"}


def test_words_that_pupils_find_hard_are_refused(copies: Path) -> None:
    """Not one long sentence but many long words: the mean sees them."""
    path = copies / PUPILS / "1.0.yaml"
    hard = "Educational professionals intervened appropriately."
    lines = path.read_text().splitlines()
    changed = [
        line.split("{words: ")[0] + f'{{words: "{hard} {n}", feeds:' + line.split("feeds:")[1]
        if "{words: " in line
        else line
        for n, line in enumerate(lines)
    ]
    path.write_text("\n".join(changed))
    assert "hard_to_read" in {each.code for each in diagnosis.check_instrument(path)}


def test_an_item_given_twice_is_refused(copies: Path) -> None:
    path = copies / STAFF / "1.0.yaml"
    path.write_text(path.read_text().replace("      support_came:", "      school_calm:"))
    assert {each.code for each in diagnosis.check_instrument(path)} == {"repeated_item"}


def test_a_folder_without_instruments_is_no_clean_folder(tmp_path: Path) -> None:
    assert [each.code for each in diagnosis.check_instrument(tmp_path)] == ["unknown_instrument"]


@pytest.mark.parametrize(
    ("name", "version", "words"),
    [("pupils", None, "there is no instrument 'pupils'"), (PUPILS, "9.0", "has no version 9.0")],
)
def test_an_unknown_name_or_version_says_what_there_is(
    name: str, version: str | None, words: str
) -> None:
    with pytest.raises(DataProblem, match=words) as refused:
        diagnosis.instrument(name, version)
    assert "Choose one of" in str(refused.value)


def test_an_edited_file_is_read_anew(copies: Path) -> None:
    path = copies / STAFF / "1.0.yaml"
    before = diagnosis.instrument(path)
    path.write_text(path.read_text().replace("I felt safe at work.", "I felt safe."))
    after = diagnosis.instrument(path)
    assert before.fingerprint != after.fingerprint
    assert after.item("staff_felt_safe").words == "I felt safe."


def test_what_bears_on_no_answer_leaves_the_fingerprint_alone(copies: Path) -> None:
    path = copies / STAFF / "1.0.yaml"
    before = diagnosis.instrument(path)
    path.write_text(path.read_text().replace("title: Behaviour,", "title: Conduct,"))
    assert diagnosis.instrument(path).fingerprint == before.fingerprint
