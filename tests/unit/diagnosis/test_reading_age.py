"""The measure of how old a reader has to be, held against values worked out by hand."""

from pathlib import Path

import pytest

from schoolhubs.diagnosis.instruments.loading import versions
from schoolhubs.diagnosis.instruments.reading_age import reading_age, sentences, syllables

# Words of school life, by syllables as spoken in southern England.
SPOKEN = {
    1: "school safe calm rules asked helped came makes lunch break talk felt staff friends loved "
    "stopped learned kind week class change",
    2: "lesson teacher wanted unkind quiet began listened table happy under pupils classes "
    "behave noticed moment reading homework people quickly minute",
    3: "belonging attendance adventure family uniform corridor together important behaviour "
    "discipline several remember consequence",
    4: "community expectations identity particular information individual",
}


def test_a_sentence_worked_out_by_hand() -> None:
    """Six words of one syllable: 0.39 x 6 + 11.8 x 1 - 15.59 is grade -1.45, so age 3.55."""
    assert reading_age(["The cat sat on the mat."]) == pytest.approx(3.55)


def test_texts_are_taken_together() -> None:
    """Eight words with eleven syllables in two sentences."""
    texts = ["The teacher asked me to read.", "Lessons began."]
    assert reading_age(texts) == pytest.approx(5 + 0.39 * 8 / 2 + 11.8 * 11 / 8 - 15.59)


def test_syllables_are_counted_about_right() -> None:
    """At least nine in ten words exactly, and none wrong by more than one."""
    words = [(word, n) for n, said in SPOKEN.items() for word in said.split()]
    off = {word: syllables(word) - n for word, n in words if syllables(word) != n}
    assert len(off) <= len(words) / 10, off
    assert all(abs(each) == 1 for each in off.values()), off


def test_longer_words_and_sentences_are_harder() -> None:
    plain = "I felt safe at school."
    assert reading_age([plain]) < reading_age(["I experienced safety at school."])
    assert reading_age([plain]) < reading_age([plain[:-1] + " and on my way home from school."])


def test_numbers_and_signs_are_no_words() -> None:
    assert sentences("Call 0800 1111. It is free!") == [["Call"], ["It", "is", "free"]]
    with pytest.raises(ValueError, match="no word"):
        reading_age(["0800 1111", ""])


def test_the_newest_version_is_the_highest_number_and_no_translation(tmp_path: Path) -> None:
    for name in ("1.9.yaml", "1.10.yaml", "1.10.cy.yaml", "notes.yaml"):
        (tmp_path / name).touch()
    assert versions(str(tmp_path)) == ("1.9", "1.10")
