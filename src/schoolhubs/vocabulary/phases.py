"""Phases of education as this project speaks of them."""

import enum


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
