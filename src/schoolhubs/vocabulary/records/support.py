"""How a programme's support days are given, as at a date."""

import dataclasses
from collections.abc import Mapping


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CoachingRules:
    """Coaching cycles of a pathway that has them.

    Parameters
    ----------
    half_days_a_meeting
        Half-days of a leader that one session takes, out of the partner's days.
    meetings_a_term
        Sessions of a cycle in each term.
    review_after_days
        Days from a cycle's first day to its review.
    missed_after_days
        Days without a session after which both schools are told.
    """

    half_days_a_meeting: int
    meetings_a_term: int
    review_after_days: int
    missed_after_days: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SupportRules:
    """How the days of a lead's leaders are given.

    Parameters
    ----------
    lead_capacity_days
        Days a year that a lead's leaders give to all partners together.
    most_days_a_week_of_a_leader, most_days_a_week_of_a_partner
        Whole days in one week, Monday to Sunday.
    half_day_within_minutes
        Longest one-way drive for which a half-day is worth the journey.
    answer_within_days
        Days in which the partner says whether a day took place, before it is reminded.
    coaching
        By pathway; a pathway that is not named has none.
    executive_days
        By pathway of trusts, days in which the executive teams work together.
    """

    lead_capacity_days: float
    most_days_a_week_of_a_leader: float
    most_days_a_week_of_a_partner: float
    half_day_within_minutes: float
    answer_within_days: int
    coaching: Mapping[str, CoachingRules] = dataclasses.field(default_factory=dict)
    executive_days: Mapping[str, float] = dataclasses.field(default_factory=dict)
