"""What was delivered to a partner: days spent, each with the record that shows it."""

import dataclasses
import datetime
import enum


class DayKind(enum.StrEnum):
    """What a day of a partnership was spent on."""

    SUPPORT_DAY = "support_day"
    COACHING = "coaching"
    OPEN_DAY = "open_day"
    NETWORKING = "networking"
    TRAINING = "training"
    DECLARED = "declared"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class DaySpent:
    """Part of a day that a partner, its lead or both gave to the programme.

    Parameters
    ----------
    kind
        What it was spent on.
    on
        The day.
    partner_half_days, lead_half_days
        Half-days that leaders of each side gave; travel is not in them.
    travel_minutes
        There and back, all travellers together; None where not known.
    evidence
        The record that shows it, such as ``support_day:12`` or ``booking:7``.
    is_agreed
        Both sides say it took place, or a check-in or completion shows it.
    """

    kind: DayKind
    on: datetime.date
    partner_half_days: int
    evidence: str
    lead_half_days: int = 0
    travel_minutes: float | None = None
    is_agreed: bool = True


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class MissedDay:
    """A day, or half of one, that was planned with a partner and did not take place.

    ``half_days`` is what it would have counted for the partner; ``evidence`` the record of it.
    """

    on: datetime.date
    half_days: int
    evidence: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRecord:
    """Everything delivered in one partnership, for awards and evaluation.

    Parameters
    ----------
    partnership_id
        The partnership's number in the service, or a file's own name for it.
    urn, lead_urn
        Partner and lead, six digits.
    trust_id
        The partner trust on a pathway of trusts; blank otherwise.
    starts_on, finishes_on
        First day, and the first day after the last.
    ended_on
        The day it ended early; None where it did not.
    ended_by
        Who ended it: ``partner``, ``lead`` or ``office``; blank where nobody knows.
    days
        In order of time.
    missed
        Days that the ledgers hold as missed: a partner may be excused for these and no others.

    Examples
    --------
    >>> day = DaySpent(kind=DayKind.OPEN_DAY, on=datetime.date(2026, 11, 20), partner_half_days=2,
    ...                evidence="booking:7")
    >>> record = DeliveryRecord(
    ...     partnership_id="1", programme_id="rise-hubs-2025", cohort_id="autumn-2026",
    ...     pathway="regional", urn="900001", lead_urn="900002",
    ...     starts_on=datetime.date(2026, 9, 1), finishes_on=datetime.date(2027, 9, 1), days=(day,))
    >>> record.agreed_half_days
    2
    """

    partnership_id: str
    programme_id: str
    cohort_id: str
    pathway: str
    urn: str
    lead_urn: str
    starts_on: datetime.date
    finishes_on: datetime.date
    days: tuple[DaySpent, ...]
    trust_id: str = ""
    ended_on: datetime.date | None = None
    definition_version: str = ""
    ended_by: str = ""
    missed: tuple[MissedDay, ...] = ()

    @property
    def agreed_half_days(self) -> int:
        """Half-days of the partner that are agreed."""
        return sum(day.partner_half_days for day in self.days if day.is_agreed)
