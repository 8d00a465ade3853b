"""What a schedule is made from, and what it is: leaders, partners, their days, and the limits."""

import dataclasses
import datetime
from collections.abc import Mapping

from schoolhubs.delivery.days.ledger import HALF_DAYS_A_DAY, Part
from schoolhubs.delivery.days.school_days import SchoolDays

Half = tuple[datetime.date, str]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Leader:
    """Somebody of the lead school who goes to partners.

    Parameters
    ----------
    leader_id
        Names the leader; unique.
    cannot
        Days on which the leader is not free.
    taken
        Half-days that are given to a partner already, ``(day, "am" or "pm")``.
    most_minutes
        Longest one-way drive the leader takes on; None for any.
    """

    leader_id: str
    name: str
    cannot: frozenset[datetime.date] = frozenset()
    taken: frozenset[Half] = frozenset()
    most_minutes: float | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """A partner with half-days that have no date yet.

    Parameters
    ----------
    partner_id
        Names the partnership; unique.
    half_days
        Half-days of one leader to find dates for.
    starts_on, finishes_on
        The partnership's first day, and the first day after it.
    days
        When the partner is open.
    minutes
        One-way drive from the lead; None where not known.
    held
        Half-days of leaders that have their date already, by day and half; they count in a week,
        and nobody else comes in that half.
    """

    partner_id: str
    name: str
    half_days: int
    starts_on: datetime.date
    finishes_on: datetime.date
    days: SchoolDays
    minutes: float | None = None
    held: Mapping[Half, int] = dataclasses.field(default_factory=dict)

    def held_in(self, week: datetime.date) -> int:
        """Give the half-days of a week, named by its Monday, that have their date already."""
        return sum(n for (on, _), n in self.held.items() if week_of(on) == week)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Everything a schedule stands on.

    Parameters
    ----------
    lead
        When the lead is open.
    from_on
        The first day on which anything may be planned.
    capacity_half_days
        What the lead's leaders have left to give, all partners together.
    capacity_by_year
        The same for each school year, where a lead's capacity is of a year; each is a rule of its
        own, and no other rule of capacity holds beside them.
    leader_week, partner_week
        Most half-days in a week of one leader, and for one partner.
    half_day_within_minutes
        Longest one-way drive for which a half-day is worth the journey.
    """

    lead: SchoolDays
    leaders: tuple[Leader, ...]
    partners: tuple[Partner, ...]
    from_on: datetime.date
    capacity_half_days: int
    leader_week: int = 2 * HALF_DAYS_A_DAY
    partner_week: int = HALF_DAYS_A_DAY
    half_day_within_minutes: float = 60
    capacity_by_year: Mapping[str, int] = dataclasses.field(default_factory=dict)

    def partner(self, partner_id: str) -> Partner:
        """Give one partner."""
        return next(each for each in self.partners if each.partner_id == partner_id)

    def leader(self, leader_id: str) -> Leader:
        """Give one leader."""
        return next(each for each in self.leaders if each.leader_id == leader_id)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Visit:
    """One leader with one partner for a day or half of one."""

    on: datetime.date
    part: Part
    partner_id: str
    leader_id: str

    @property
    def n_half_days(self) -> int:
        """Half-days it counts."""
        return len(self.part.halves)


def week_of(on: datetime.date) -> datetime.date:
    """Give the Monday of a day's week.

    >>> week_of(datetime.date(2026, 11, 22))
    datetime.date(2026, 11, 16)
    """
    return on - datetime.timedelta(days=on.weekday())
