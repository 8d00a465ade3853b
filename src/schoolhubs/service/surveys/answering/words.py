"""What the pages of a survey say beside its questionnaire, in each language there are words in."""

import functools
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from schoolhubs import diagnosis
from schoolhubs.service.surveys.models import Survey
from schoolhubs.vocabulary.errors import DataProblem
from schoolhubs.vocabulary.records.diagnosis.instrument import ENGLISH, Instrument
from schoolhubs.vocabulary.written.stored import read_facts

WORDS = Path(__file__).with_name("words")


@functools.cache
def words(language: str = ENGLISH) -> Mapping[str, str]:
    """Give the words of a language, by key.

    >>> words()["start"]
    'Start'
    """
    read = read_facts((WORDS / f"{language}.yaml").read_text("utf-8"))
    return MappingProxyType({name: str(said) for name, said in read.items()})


def languages(survey: Survey) -> dict[str, str]:
    """Give the languages that a survey can be read in: ours and its questionnaire's, by code."""
    return dict(_languages(survey.instrument_id, survey.instrument_version))


def read_in(survey: Survey, asked: str) -> tuple[Instrument, Mapping[str, str]]:
    """Give questionnaire and words in a language; in English where there is none of that name."""
    language = asked if asked in languages(survey) else ENGLISH
    return _read(survey.instrument_id, survey.instrument_version, language), words(language)


# A version of a questionnaire never changes; hundreds of people open it in the same minutes.
@functools.lru_cache(maxsize=32)
def _read(instrument_id: str, version: str, language: str) -> Instrument:
    return diagnosis.instrument(instrument_id, version, language=language)


@functools.lru_cache(maxsize=32)
def _languages(instrument_id: str, version: str) -> tuple[tuple[str, str], ...]:
    known = sorted(path.stem for path in WORDS.glob("*.yaml"))
    return tuple(
        (each, words(each)["language"]) for each in known if _is_in(instrument_id, version, each)
    )


def _is_in(instrument_id: str, version: str, language: str) -> bool:
    try:
        _read(instrument_id, version, language)
    except DataProblem:
        return False
    return True
