"""Words of official publications, from the YAML beside this module."""

import functools
import importlib.resources
from collections.abc import Mapping
from typing import Any

import yaml


@functools.cache
def _read() -> Mapping[str, Any]:
    text = importlib.resources.files(__package__).joinpath("official.yaml").read_text("utf-8")
    read: Mapping[str, Any] = yaml.safe_load(text)
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


def series_words() -> Mapping[str, str]:
    """Name the publication of each absence series (``phases.Series``).

    >>> series_words()["census"]
    'Pupil absence in schools in England (school census)'
    """
    words: Mapping[str, str] = _read()["series"]["words"]
    return words
