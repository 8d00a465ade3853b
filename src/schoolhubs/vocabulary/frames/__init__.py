"""The column contract of every table that one package hands to another.

A frame contract names each column with its type, unit and meaning, and says whether a value may
be missing. Missing is null and never zero. Where a published figure was withheld or not
applicable, a companion column ``<name>_mark`` keeps the symbol that was printed instead
(``SUPP``, ``NA``, ``:``, ``x``, ``c``, ``z``, ``low``).
The page ``docs/reference/frames.md`` is generated from this package.
"""

from schoolhubs.vocabulary.frames.contract import (
    COUNT,
    DATE,
    FLAG,
    NUMBER,
    TEXT,
    TEXTS,
    Column,
    Frame,
)
from schoolhubs.vocabulary.frames.given import (
    APPLICATIONS,
    LEADS,
    OVERRIDES,
    PARTNERSHIPS,
    POINTS,
    RULINGS,
)
from schoolhubs.vocabulary.frames.instruments import (
    SELF_ASSESSMENT_ANSWERS,
    SELF_ASSESSMENT_PROFILE,
)
from schoolhubs.vocabulary.frames.marks import (
    COUNTED,
    COUNTERS,
    CUTS,
    KEPT_APART,
    MARKS,
    MEASURES,
    SESSIONS_A_WEEK,
)
from schoolhubs.vocabulary.frames.matched import (
    CAPACITY,
    LEAD_SCHOOLS,
    PARTNERS,
)
from schoolhubs.vocabulary.frames.register import (
    ABSENCE,
    CONTEXT,
    INSPECTIONS,
    LINKS,
    SCHOOL_FACTS,
    SCHOOLS,
    TRUSTS,
)
from schoolhubs.vocabulary.frames.surveys import (
    ANSWERS,
    ITEM_DIFFERENCES,
    SURVEY_CHANGES,
    SURVEY_GAPS,
    SURVEY_POPULATION,
    SURVEY_RELIABILITY,
    SURVEY_RESPONSE,
    SURVEY_SCORES,
)
from schoolhubs.vocabulary.frames.targets import (
    NATIONAL_ABSENCE,
    SCHOOL_CONTEXT,
    SCHOOL_YEARS,
    TARGETS,
)

ALL = (
    SCHOOLS,
    ABSENCE,
    INSPECTIONS,
    LINKS,
    TRUSTS,
    SCHOOL_FACTS,
    APPLICATIONS,
    LEADS,
    PARTNERSHIPS,
    OVERRIDES,
    RULINGS,
    POINTS,
    PARTNERS,
    LEAD_SCHOOLS,
    CAPACITY,
    MARKS,
    MEASURES,
    SCHOOL_YEARS,
    SCHOOL_CONTEXT,
    NATIONAL_ABSENCE,
    TARGETS,
    SELF_ASSESSMENT_ANSWERS,
    SELF_ASSESSMENT_PROFILE,
    ANSWERS,
    SURVEY_POPULATION,
    SURVEY_SCORES,
    SURVEY_RESPONSE,
    SURVEY_RELIABILITY,
    SURVEY_CHANGES,
    SURVEY_GAPS,
    ITEM_DIFFERENCES,
)

__all__ = [
    "ABSENCE",
    "ALL",
    "ANSWERS",
    "APPLICATIONS",
    "CAPACITY",
    "CONTEXT",
    "COUNT",
    "COUNTED",
    "COUNTERS",
    "CUTS",
    "DATE",
    "FLAG",
    "INSPECTIONS",
    "ITEM_DIFFERENCES",
    "KEPT_APART",
    "LEADS",
    "LEAD_SCHOOLS",
    "LINKS",
    "MARKS",
    "MEASURES",
    "NATIONAL_ABSENCE",
    "NUMBER",
    "OVERRIDES",
    "PARTNERS",
    "PARTNERSHIPS",
    "POINTS",
    "RULINGS",
    "SCHOOLS",
    "SCHOOL_CONTEXT",
    "SCHOOL_FACTS",
    "SCHOOL_YEARS",
    "SELF_ASSESSMENT_ANSWERS",
    "SELF_ASSESSMENT_PROFILE",
    "SESSIONS_A_WEEK",
    "SURVEY_CHANGES",
    "SURVEY_GAPS",
    "SURVEY_POPULATION",
    "SURVEY_RELIABILITY",
    "SURVEY_RESPONSE",
    "SURVEY_SCORES",
    "TARGETS",
    "TEXT",
    "TEXTS",
    "TRUSTS",
    "Column",
    "Frame",
]
