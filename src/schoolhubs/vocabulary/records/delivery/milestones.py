"""Milestones: what a pathway asks of whom by when, and what shows that it is done."""

import dataclasses
import datetime
import enum


class DoneWhen(enum.StrEnum):
    """The ledger that shows a milestone done."""

    AGREEMENT = "agreement"
    SELF_ASSESSMENT = "self_assessment"
    PUPIL_SURVEY = "pupil_survey"
    STAFF_SURVEY = "staff_survey"
    DIAGNOSTIC_DAY = "diagnostic_day"
    PLAN = "plan"
    OPEN_DAY_HELD = "open_day_held"
    OPEN_DAY_BOOKED = "open_day_booked"
    OPEN_DAY = "open_day"
    SUPPORT_DAYS = "support_days"
    TRAINING = "training"
    DECLARATION = "declaration"
    FINAL_REVIEW = "final_review"


class CountedFrom(enum.StrEnum):
    """The day that a milestone's days are counted from, or back from.

    ``start`` and ``finish`` are of the partnership; ``term`` and ``term_end`` of each of its terms.
    ``over`` counts onwards from its last day, for what can be done only then.
    """

    START = "start"
    TERM = "term"
    TERM_END = "term_end"
    FINISH = "finish"
    OVER = "over"


class Whose(enum.StrEnum):
    """Whose turn a step of a concern is."""

    PARTNER = "partner"
    LEAD = "lead"
    OFFICE = "office"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """One milestone of a programme, as at one day.

    Parameters
    ----------
    milestone, title, about
        Its name in the definition, its own, and what it is for.
    pathways
        Pathways it is for.
    done_when
        What shows it done.
    roles
        Codes of the roles that do it.
    counted_from, by_days
        By when: so many days after, or before the last day.
    expected_minutes
        What it takes each who does it.
    is_assumed
        Some value of it was not published.
    """

    milestone: str
    title: str
    about: str
    pathways: tuple[str, ...]
    done_when: DoneWhen
    roles: tuple[str, ...]
    counted_from: CountedFrom
    by_days: int
    expected_minutes: int
    is_assumed: bool


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ConcernStep:
    """One step of a concern: whose turn it is, and after how many days the next may be taken."""

    step: str
    title: str
    whose: Whose
    days: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneRules:
    """The milestones of a programme, as at one day.

    Parameters
    ----------
    minutes_in_a_day
        Minutes that count as a day of a leader.
    tell_days, stuck_days
        Days before a milestone from which its roles are reminded, and after it from which a
        partnership is stuck.
    concerns
        The steps of a concern, in order.
    """

    milestones: tuple[Milestone, ...]
    minutes_in_a_day: int
    tell_days: int
    stuck_days: int
    concerns: tuple[ConcernStep, ...]

    def of(self, pathway: str) -> tuple[Milestone, ...]:
        """Give the milestones of a pathway, in the order written."""
        return tuple(each for each in self.milestones if pathway in each.pathways)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a ledger shows of a milestone.

    Parameters
    ----------
    on
        The day it was done, or the day it is booked for.
    half_days
        Half-days agreed, for what is counted in days; 0 otherwise.
    evidence
        The record that shows it, such as ``plan:3``.
    """

    kind: DoneWhen
    on: datetime.date
    evidence: str
    half_days: int = 0


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Paused:
    """A partnership rested, from a day to the first day after; None while it rests."""

    from_on: datetime.date
    until_on: datetime.date | None = None
