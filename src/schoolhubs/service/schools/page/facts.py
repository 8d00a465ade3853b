"""The facts of a school's page, each with its series and year and how it was worked out."""

import dataclasses
import datetime
import re
from collections.abc import Iterator
from typing import Any

from schoolhubs.service.schools.models import School
from schoolhubs.service.schools.page.trends import SERIES
from schoolhubs.service.web.pages import day as in_words

FILE_NAME = re.compile(r" \([\w.-]+\.\w+\)")
CENSUS = "Counted by the school and published for the whole school; we change nothing."
GRADES = {1: "Outstanding", 2: "Good", 3: "Requires improvement", 4: "Inadequate"}
FRAMEWORKS = {
    "overall_grades": "with an overall grade",
    "no_overall_grade": "without an overall grade",
    "report_card": "with a report card",
}
# Column, name, unit, places; all of the publication that context_series and context_year name.
INTAKE = (
    ("n_pupils", "Pupils on roll", "", 0, CENSUS),
    ("fsm_ever_percent", "Free school meals at any time in the last six years", "%", 1, CENSUS),
    ("sen_support_percent", "Pupils with SEN support", "%", 1, CENSUS),
    ("ehc_plan_percent", "Pupils with an education, health and care plan", "%", 1, CENSUS),
    ("eal_percent", "Pupils whose first language is other than English", "%", 1, CENSUS),
)
ABSENCE = (
    ("absence_percent", "Absence", "absence_phase_percent",
     "Sessions missed, as a percentage of all possible sessions of the year."),
    ("persistent_absence_percent", "Persistent absence", "persistent_absence_phase_percent",
     "Pupils who missed a tenth of their possible sessions or more, as a percentage of pupils."),
)  # fmt: skip


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One figure: its name, its value in words, where it was published, how it was worked out."""

    name: str
    value: str
    where: str
    how: str


def facts(school: School) -> tuple[Fact, ...]:
    """Give every figure of a school's page; one that is not known says so.

    Examples
    --------
    >>> known = {"n_pupils": 210, "context_series": "Census", "context_year": "2024/25"}
    >>> school = School(facts=known)
    >>> [(each.name, each.value, each.where) for each in facts(school)][0]
    ('Pupils on roll', '210', 'Census, 2024/25')
    """
    return (*_intake(school.facts), *_absence(school.facts), _inspection(school.facts))


def _intake(known: dict[str, Any]) -> Iterator[Fact]:
    where = _joined(known.get("context_series"), known.get("context_year"))
    for column, name, unit, places, how in INTAKE:
        value = known.get(column)
        yield Fact(name=name, value=_figure(value, unit, places), where=where, how=how)


def _absence(known: dict[str, Any]) -> Iterator[Fact]:
    series = str(known.get("absence_series") or "")
    where = _joined(SERIES.get(series, series), known.get("absence_year"))
    half_terms = known.get("absence_half_terms")
    urn = known.get("absence_urn")
    of_other = f" Published under its earlier URN {urn}." if urn and urn != known.get("urn") else ""
    for column, name, phase_column, how in ABSENCE:
        value = _figure(known.get(column), "%", 1)
        if known.get(column) is None and column.startswith("persistent"):
            value = _withheld(known.get("persistent_absence_mark"))
        phase = known.get(phase_column)
        beside = (
            f" The figure of its phase in England is {phase:.1f} %." if phase is not None else ""
        )
        over = f" It covers {half_terms} half terms." if half_terms else ""
        yield Fact(name=name, value=value, where=where, how=f"{how}{over}{beside}{of_other}")


def _withheld(mark: str | None) -> str:
    return f"not published (marked {mark})" if mark else "not known"


def _inspection(known: dict[str, Any]) -> Fact:
    framework = known.get("inspection_framework")
    grade = known.get("overall_grade")
    value = GRADES.get(grade or 0) or known.get("attendance_and_behaviour") or "no overall grade"
    if not framework:
        value = "no graded inspection is known"
    on = known.get("inspected_on")
    day = in_words(datetime.date.fromisoformat(on)) if on else "on a day not published"
    how = "Inspections are read from Ofsted’s published lists."
    where = "Ofsted"
    if framework:
        how = f"The last graded inspection known by then, {FRAMEWORKS[framework]}."
        # The file's own name says nothing that the words before it do not.
        source = FILE_NAME.sub("", known.get("inspection_source") or "Ofsted")
        where = f"{source}, inspected {day}"
    if known.get("is_inspection_of_predecessor"):
        how += f" It was of an earlier school, URN {known.get('inspection_urn') or 'not known'}."
    if framework == "report_card" and known.get("attendance_and_behaviour"):
        how += " What stands here is the report card’s judgement of attendance and behaviour."
    return Fact(name="Last inspection", value=value, where=where, how=how)


def _figure(value: float | None, unit: str, places: int) -> str:
    if value is None:
        return "not known"
    return f"{value:,.{places}f}{' ' + unit if unit else ''}"


def _joined(*parts: str | None) -> str:
    return ", ".join(part for part in parts if part) or "not published"
