"""How old a reader has to be: Flesch-Kincaid, with syllables counted by the sound of vowels."""

import functools
import importlib.resources
import re
from collections.abc import Iterable, Mapping

from schoolhubs.vocabulary.written.stored import read_facts

WORD = re.compile(r"[A-Za-z][A-Za-z'’]*")
END_OF_SENTENCE = re.compile(r"[.!?:;]+(?:\s|$)")
VOWELS = re.compile(r"[aeiouy]+")
# An e that ends a word, also before s or d, is mostly not spoken: "safe", "makes", "asked".
SILENT = re.compile(r"(?:[^laeiouy]e|[^aeiouytd]ed|[^aeiouyscxzgh]es)$")


def reading_age(texts: Iterable[str]) -> float:
    """Give the age at which the words are easy, over all texts together.

    Parameters
    ----------
    texts
        Sentences; each text is at least one. Addresses and numbers are no words.

    Returns
    -------
    float
        Years: the Flesch-Kincaid grade and five. Short texts give uncertain ages.

    Raises
    ------
    ValueError
        If there is no word.

    Examples
    --------
    >>> round(reading_age(["I feel safe at school."]), 1)
    3.2
    >>> reading_age(["Institutional arrangements facilitate attendance."]) > 18
    True
    """
    said = [words for text in texts for words in sentences(text)]
    n_words = sum(len(words) for words in said)
    if not n_words:
        raise ValueError("there is no word to read")
    n_syllables = sum(syllables(word) for words in said for word in words)
    return (
        constant("age_at_grade_nought")
        + constant("per_word_of_a_sentence") * n_words / len(said)
        + constant("per_syllable_of_a_word") * n_syllables / n_words
        + constant("constant")
    )


def sentences(text: str) -> list[list[str]]:
    """Give the words of each sentence; one without a word is left out.

    >>> sentences("We ask. You choose!")
    [['We', 'ask'], ['You', 'choose']]
    """
    found = (WORD.findall(part) for part in END_OF_SENTENCE.split(text))
    return [words for words in found if words]


def syllables(word: str) -> int:
    """Count the syllables of an English word, about right: one at least.

    >>> [syllables(word) for word in ("school", "safe", "lesson", "asked", "belonging", "table")]
    [1, 1, 2, 1, 3, 2]
    """
    plain = re.sub(r"[^a-z]", "", word.lower())
    spoken = len(VOWELS.findall(plain)) - bool(len(plain) > 3 and SILENT.search(plain))
    return max(spoken, 1)


def constant(name: str) -> float:
    """Give a value of ``reading_age.yaml``."""
    return float(_read()[name]["value"])


@functools.cache
def _read() -> Mapping[str, Mapping[str, float]]:
    file = importlib.resources.files(__package__).joinpath("reading_age.yaml")
    read: Mapping[str, Mapping[str, float]] = read_facts(file.read_text("utf-8"))
    return read
