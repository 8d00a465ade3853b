"""The constants of funnel plots and of telling schools apart, each with its source."""

import functools
from collections.abc import Mapping
from importlib import resources
from typing import Any

import yaml

from schoolhubs.vocabulary.calendar import AcademicYear


@functools.cache
def stored() -> Mapping[str, Any]:
    """Read the file as it stands, for what shows every constant with its source."""
    file = resources.files("schoolhubs.standing") / "constants.yaml"
    read: Mapping[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return read


def pupil_sd_percent(phase: str, year: AcademicYear) -> tuple[float | None, AcademicYear]:
    """Give how far pupils of a phase differ, and the year that it was measured for.

    It is the newest year not after ``year``, or the first there is. Missing for a phase that has
    no published bands, such as alternative provision.

    >>> pupil_sd_percent("secondary", AcademicYear("2021/22"))
    (9.4, '2018/19')
    """
    by_year = stored()["pupil_sd_percent"]["values"]
    measured = sorted(by_year)
    found = next((each for each in reversed(measured) if each <= year), measured[0])
    sd = by_year[found].get(phase)
    return (None if sd is None else float(sd)), AcademicYear(found)
