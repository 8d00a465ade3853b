"""One school's attendance target with all that explains it, and what became of it."""

import dataclasses
from collections.abc import Mapping
from typing import Any


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """One piece of an expectation: points of sessions, in words.

    All pieces of a school add up to its expectation less the figure of its phase.
    """

    kind: str
    points: float
    said: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Comparator:
    """A school of like context, and why it is in the set.

    ``distance`` is in usual differences between two schools; ``why`` names where they are alike.
    ``absence_percent`` is of the year before the target's; missing where nobody published one.
    """

    urn: str
    school_name: str
    distance: float
    why: str
    absence_percent: float | None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A school worth visiting: alike, with less absence than its context lets expect, near.

    ``better_percent`` is by how many points its absence without chance lies below that;
    ``absence_percent`` its absence of the year before the target's, as published.
    """

    urn: str
    school_name: str
    minutes: float
    better_percent: float
    why: str
    absence_percent: float | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class OfficialFigure:
    """An expectation issued elsewhere, kept beside ours; absence, percent of sessions."""

    percent: float
    issued_by: str
    issued_on: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class AttendanceTarget:
    """What is expected of one school in a year, what is asked, how sure that is, and why.

    Absence is in percent of possible sessions throughout.

    Parameters
    ----------
    urn, school_name, phase, year
        The school and the year the target is for.
    last_year_percent, baseline_percent
        The year before as published, and with chance taken out.
    expected_percent, target_percent, low_percent, high_percent
        Expectation, target and 80 % prediction interval. The target is missing for special schools
        and alternative provision: a person sets a goal.
    chance_unaided
        Chance (0-1) of meeting the target with no change in practice.
    national_percent, national_year
        The figure of the phase all this is stated against. A target moves with it at year end.
    phase_mean_percent
        Where the contributions start.
    contributions
        At most six, largest first.
    chance_size_percent
        How far chance alone moves the school's year, one standard deviation.
    comparators, visits
        About 20 schools of like context; and, apart from those, schools to learn from.
    notes
        What a reader must know: too few comparators, missing context, a small roll.
    trend
        ``(year, percent, place)`` of earlier years, oldest first; place is points above (+) or
        below (-) the national figure of that year.
    need_types
        Types of special need the school provides for, where published.
    model_until, definition_version, register_on
        What it was derived from.
    official
        A figure issued elsewhere, beside ours.
    interval_share
        Share of schools (0-1) that the interval is meant to hold.
    margin_below_percent, margin_above_percent
        How many points under and over its expectation such a school usually ends with no change,
        the national move taken out. A year is called met or missed only beyond that.
    is_small
        Chance moves a year of this school so far that one year never decides.
    context_year
        Academic year of the census that its context is of.
    """

    urn: str
    school_name: str
    phase: str
    year: str
    last_year_percent: float | None
    baseline_percent: float
    expected_percent: float
    target_percent: float | None
    low_percent: float
    high_percent: float
    chance_unaided: float | None
    national_percent: float
    national_year: str
    phase_mean_percent: float
    contributions: tuple[Contribution, ...]
    chance_size_percent: float
    comparators: tuple[Comparator, ...]
    visits: tuple[Visit, ...]
    notes: tuple[str, ...]
    trend: tuple[tuple[str, float, float], ...]
    need_types: str | None
    model_until: str
    definition_version: str
    register_on: str
    official: OfficialFigure | None = None
    interval_share: float | None = None
    margin_below_percent: float | None = None
    margin_above_percent: float | None = None
    is_small: bool | None = None
    context_year: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Give JSON-ready values."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> "AttendanceTarget":
        """Read back what :meth:`as_dict` gave, also after a way through JSON."""
        parts = {
            "contributions": tuple(Contribution(**each) for each in told["contributions"]),
            "comparators": tuple(Comparator(**each) for each in told["comparators"]),
            "visits": tuple(Visit(**each) for each in told["visits"]),
            "notes": tuple(told["notes"]),
            "trend": tuple((year, percent, place) for year, percent, place in told["trend"]),
            "official": OfficialFigure(**told["official"]) if told.get("official") else None,
        }
        return cls(**{**told, **parts})


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """One thing a challenge has replaced, with the reason an officer gave.

    Parameters
    ----------
    kind
        ``figure`` (absence of ``name``, an academic year), ``context`` (the figure called
        ``name``; ``enrolments`` is the newest number of pupils) or ``comparator`` (the school
        ``name`` is left out).
    before, after
        Values; missing for a comparator.
    reason, decided_by
        Why, and who decided.
    """

    kind: str
    name: str
    before: float | None
    after: float | None
    reason: str
    decided_by: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RecomputedTarget:
    """A target before and after a challenge; both are kept, with what was replaced and why."""

    before: AttendanceTarget
    after: AttendanceTarget
    replacements: tuple[Replacement, ...]

    def as_dict(self) -> dict[str, Any]:
        """Give JSON-ready values."""
        return dataclasses.asdict(self)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What became of a target at year end.

    Parameters
    ----------
    verdict
        ``met``, ``missed``, ``too close to call`` or ``no target``.
    actual_percent, rebased_percent
        The year's absence, and with the national move of the year taken out.
    gap_percent
        ``rebased_percent`` less the target: below zero is better.
    unaided_percent
        What would have been expected with no change in practice, which has the pull towards the
        usual in it; ``beyond_unaided_percent`` is the gap to that, below zero is better.
    margin_percent
        Gaps smaller than this are usual with no change in practice.
    said
        The verdict in a sentence or two.
    n_years
        Years the verdict rests on.
    """

    urn: str
    year: str
    verdict: str
    actual_percent: float
    rebased_percent: float
    gap_percent: float | None
    unaided_percent: float
    beyond_unaided_percent: float
    margin_percent: float
    national_move_percent: float
    n_years: int
    said: str

    def as_dict(self) -> dict[str, Any]:
        """Give JSON-ready values."""
        return dataclasses.asdict(self)
