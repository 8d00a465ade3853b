"""Intakes as a programme's definition, or else the term calendar, proposes them. Pure."""

import dataclasses
import datetime
import functools
from collections.abc import Mapping
from importlib import resources

from schoolhubs.vocabulary.calendar import AcademicYear, Term, term_finishes_on, term_starts_on
from schoolhubs.vocabulary.errors import UsageError
from schoolhubs.vocabulary.records.rules import RulesAsAt
from schoolhubs.vocabulary.written.stored import read_facts


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ProposedIntake:
    """An intake that could be: its first day published or by the calendar, its window assumed."""

    cohort_id: str
    title: str
    starts_on: datetime.date
    opens_on: datetime.date
    closes_on: datetime.date
    day_from: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Windows:
    """The settings of windows.yaml; the days before the start by the term that starts."""

    terms_open_before: int
    closes_days_before_start: Mapping[Term, int]
    terms_proposed_ahead: int
    may_begin_days_into_term: int


@functools.cache
def windows() -> Windows:
    """Read the settings of windows.yaml.

    >>> sorted(windows().closes_days_before_start) == sorted(Term)
    True
    """
    text = resources.files("schoolhubs.service.cohorts").joinpath("windows.yaml").read_text()
    said = {name: each["value"] for name, each in read_facts(text).items()}
    by_term = said.pop("closes_days_before_start")
    return Windows(**said, closes_days_before_start={each: by_term[each.value] for each in Term})


def proposed(rules: RulesAsAt, *, on: datetime.date) -> tuple[ProposedIntake, ...]:
    """Give the intakes a programme had where it published them, else those of the terms ahead.

    A programme that is over gets none by the calendar.
    """
    if rules.cohorts:
        return tuple(_intake(starts_on, "definition") for starts_on in rules.cohorts)
    ahead, found = term_starts_on(on), []
    for _ in range(1 + windows().terms_proposed_ahead):
        if rules.finished_on is None or ahead < rules.finished_on:
            found.append(_intake(ahead, "calendar"))
        ahead = term_finishes_on(ahead)
    return tuple(found)


def _intake(starts_on: datetime.date, day_from: str) -> ProposedIntake:
    opens_on, term = starts_on, Term.holding(starts_on)
    for _ in range(windows().terms_open_before):
        opens_on = term_starts_on(opens_on - datetime.timedelta(days=1))
    return ProposedIntake(
        cohort_id=cohort_of(starts_on),
        title=f"{term.value.capitalize()} term {starts_on.year}",
        starts_on=starts_on,
        opens_on=opens_on,
        closes_on=starts_on - datetime.timedelta(days=windows().closes_days_before_start[term]),
        day_from=day_from,
    )


def term_to_begin(on: datetime.date) -> datetime.date:
    """Give the first day of the term that can still be begun on a day: its own, or else the next.

    >>> [str(term_to_begin(datetime.date(2026, month, 10))) for month in (1, 3)]
    ['2026-01-01', '2026-04-01']
    """
    starts_on = term_starts_on(on)
    is_late = (on - starts_on).days > windows().may_begin_days_into_term
    return term_finishes_on(starts_on) if is_late else starts_on


def cohort_of(on: datetime.date) -> str:
    """Name the cohort that starts in the term of a day.

    >>> cohort_of(datetime.date(2023, 1, 1))
    '2022-23-spring'
    """
    return f"{AcademicYear.holding(on).replace('/', '-')}-{Term.holding(on).value}"


def first_day(cohort_id: str) -> datetime.date:
    """Give the first day of the term that a cohort is named after.

    >>> [str(first_day(f"2022-23-{term}")) for term in Term]
    ['2022-09-01', '2023-01-01', '2023-04-01']

    Raises
    ------
    UsageError
        If it names no term.
    """
    year, _, term = cohort_id.rpartition("-")
    if term not in set(Term):
        raise UsageError(f"{cohort_id} names no term. A cohort is named like 2022-23-spring.")
    starts_on = AcademicYear.parse(year).starts_on
    while Term.holding(starts_on) != term:
        starts_on = term_finishes_on(starts_on)
    return starts_on
