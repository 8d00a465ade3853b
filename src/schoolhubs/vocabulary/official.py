"""Words of official publications and days of inspection frameworks, from the YAML beside this."""

import datetime
import functools
import importlib.resources
from collections.abc import Mapping
from typing import Any

from schoolhubs.vocabulary.phases import Framework
from schoolhubs.vocabulary.written.stored import read_facts


@functools.cache
def _read(name: str = "official.yaml") -> Mapping[str, Any]:
    text = importlib.resources.files(__package__).joinpath(name).read_text("utf-8")
    read: Mapping[str, Any] = read_facts(text)
    return read


def grades() -> Mapping[int, str]:
    """Give Ofsted's grades in words.

    >>> grades()[3]
    'Requires improvement'
    """
    words: Mapping[int, str] = _read()["grades"]["words"]
    return words


def framework_words() -> Mapping[str, str]:
    """Say what an inspection of each framework (``phases.Framework``) is.

    >>> framework_words()["report_card"]
    'an inspection with a report card'
    """
    words: Mapping[str, str] = _read()["frameworks"]["words"]
    return words


def framework_begins() -> Mapping[Framework, datetime.date]:
    """Give the first day of each inspection framework, earliest first.

    >>> framework_begins()[Framework.REPORT_CARD]
    datetime.date(2025, 11, 10)
    """
    begins = {Framework(name): said["from"] for name, said in _read("frameworks.yaml").items()}
    return dict(sorted(begins.items(), key=lambda begin: begin[1]))


def series_words() -> Mapping[str, str]:
    """Name the publication of each absence series (``phases.Series``).

    >>> series_words()["census"]
    'Pupil absence in schools in England (school census)'
    """
    words: Mapping[str, str] = _read()["series"]["words"]
    return words
