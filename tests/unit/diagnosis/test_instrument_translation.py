"""Another language: the same items in other words, or refused with the reason."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from schoolhubs import diagnosis
from schoolhubs.diagnosis.instruments.loading import DEFINITIONS
from schoolhubs.diagnosis.instruments.translating import words_of
from schoolhubs.vocabulary.errors import DataProblem

Write = Callable[[dict[str, Any]], Path]


def mirrored() -> dict[str, Any]:
    """Give a translation into a language of our own: every text backwards."""
    english = diagnosis.instrument("pupil-survey")
    return {
        "translates": english.instrument_id,
        "of_version": english.version,
        "of_fingerprint": english.fingerprint,
        "language": "qq",
        "licence": "As the original.",
        "source": {"title": "Turned round by the test", "read_on": "2026-11-22"},
        "words": {key: text[::-1] for key, text in words_of(english).items()},
    }


@pytest.fixture
def write(tmp_path: Path) -> Write:
    shutil.copytree(DEFINITIONS / "pupil-survey", tmp_path / "pupil-survey")

    def written(said: dict[str, Any]) -> Path:
        path = tmp_path / "pupil-survey" / "1.0.qq.yaml"
        path.write_text(yaml.safe_dump(said, allow_unicode=True))
        return path

    return written


def test_a_whole_translation_says_everything_in_its_own_words(write: Write) -> None:
    path = write(mirrored())
    english = diagnosis.instrument("pupil-survey")

    found = diagnosis.instrument(path.with_name("1.0.yaml"), language="qq")

    assert diagnosis.check_instrument(path) == ()
    assert found.language == "qq"
    assert [text[::-1] for text in found.said()] == list(english.said())
    assert found.fingerprint == english.fingerprint, "answers are held together"
    assert [item.root_cause for item in found.items] == [x.root_cause for x in english.items]
    assert [item.is_reversed for item in found.items] == [x.is_reversed for x in english.items]


@pytest.mark.parametrize(
    ("changed", "code", "words"),
    [
        ({"of_version": "0.9"}, "older_version", "translates version 0.9, and this is 1.0"),
        ({"of_fingerprint": "0" * 12}, "changed_since", "changed since"),
        ({"translates": "staff-survey"}, "wrong_original", "staff-survey"),
        ({"language": "en"}, "same_language", "written in"),
    ],
)
def test_a_translation_of_something_else_is_refused(
    write: Write, changed: dict[str, Any], code: str, words: str
) -> None:
    path = write({**mirrored(), **changed})
    found = diagnosis.check_instrument(path)
    assert [each.code for each in found] == [code]
    assert words in str(found[0])
    assert found[0].row


@pytest.mark.parametrize("text", [None, "", "  "])
def test_a_translation_that_lacks_an_item_is_refused(write: Write, text: str | None) -> None:
    said = mirrored()
    del said["words"]["item.felt_safe"]
    if text is not None:
        said["words"]["item.felt_safe"] = text
    path = write(said)

    assert [each.code for each in diagnosis.check_instrument(path)] == ["lacks_words"]
    with pytest.raises(DataProblem, match=r"item\.felt_safe: 'I felt safe at school\.'"):
        diagnosis.instrument(path.with_name("1.0.yaml"), language="qq")


def test_words_for_nothing_are_refused(write: Write) -> None:
    said = mirrored()
    said["words"]["item.felt_cross"] = "?"
    assert [each.code for each in diagnosis.check_instrument(write(said))] == ["unknown_words"]


def test_a_language_that_is_not_there_says_what_to_write() -> None:
    with pytest.raises(DataProblem, match=r"Write 1\.0\.cy\.yaml beside 1\.0\.yaml"):
        diagnosis.instrument("pupil-survey", language="cy")


def test_a_translation_without_its_original_is_refused(write: Write) -> None:
    path = write(mirrored())
    path.with_name("1.0.yaml").unlink()
    assert [each.code for each in diagnosis.check_instrument(path)] == ["no_original"]
