"""Phases of education as this project speaks of them, and how pupils of each differ."""

import enum
import functools
from collections.abc import Mapping
from importlib import resources
from typing import Any

from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.written.stored import read_facts


class Phase(enum.StrEnum):
    """Phase of a school. Special and alternative provision are phases of their own here.

    The national lists call both "not applicable"; a programme that pairs like with like
    needs to tell them apart.
    """

    PRIMARY = "primary"
    MIDDLE_DEEMED_PRIMARY = "middle_deemed_primary"
    MIDDLE_DEEMED_SECONDARY = "middle_deemed_secondary"
    SECONDARY = "secondary"
    ALL_THROUGH = "all_through"
    SPECIAL = "special"
    ALTERNATIVE_PROVISION = "alternative_provision"
    NURSERY = "nursery"
    SIXTEEN_PLUS = "sixteen_plus"
    OTHER = "other"


class Framework(enum.StrEnum):
    """Inspection frameworks, which cannot be compared with one another."""

    OVERALL_GRADES = "overall_grades"
    NO_OVERALL_GRADE = "no_overall_grade"
    REPORT_CARD = "report_card"


class Series(enum.StrEnum):
    """Where an absence or census figure was published; series are never mixed.

    ``census`` is the full-year National Statistics series from the school census,
    ``performance_tables`` the school and college performance tables, ``daily`` the provisional
    figures from daily registers.
    """

    CENSUS = "census"
    PERFORMANCE_TABLES = "performance_tables"
    DAILY = "daily"


@functools.cache
def _stored() -> Mapping[str, Any]:
    file = resources.files("schoolhubs.vocabulary") / "pupils.yaml"
    read: Mapping[str, Any] = read_facts(file.read_text(encoding="utf-8"))
    return read


def pupil_sd_percent(phase: str, year: AcademicYear) -> tuple[float | None, AcademicYear]:
    """Give how far pupils of a phase differ, and the year that it was measured for.

    It is the newest year not after ``year``, or the first there is. Missing for a phase that has
    no published bands, such as alternative provision.

    >>> pupil_sd_percent("secondary", AcademicYear("2021/22"))
    (9.4, '2018/19')
    """
    by_year = _stored()["pupil_sd_percent"]["values"]
    measured = sorted(by_year)
    found = next((each for each in reversed(measured) if each <= year), measured[0])
    sd = by_year[found].get(phase)
    return (None if sd is None else float(sd)), AcademicYear(found)
