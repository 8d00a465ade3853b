"""What was promised to a partner, and what became of it, in half-days; travel stands apart."""

import dataclasses
import datetime
import enum
from collections.abc import Iterable

HALF_DAYS_A_DAY = 2


class Part(enum.StrEnum):
    """Which part of a day."""

    AM = "am"
    PM = "pm"
    DAY = "day"

    @property
    def halves(self) -> tuple[str, ...]:
        """Give the half-days that it takes.

        >>> Part.DAY.halves, Part.PM.halves
        (('am', 'pm'), ('pm',))
        """
        return (Part.AM.value, Part.PM.value) if self is Part.DAY else (self.value,)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SupportDay:
    """One day, or half of one, that leaders of the lead give to a partner.

    Parameters
    ----------
    state
        One of ``states.yaml``.
    leaders
        Names of the lead's leaders who come; each counts.
    n_partner_leaders
        Leaders of the partner who took part.
    travel_minutes
        There and back, all travellers together; None where not known.
    has_evidence
        Somebody wrote down what shows that it took place.
    """

    on: datetime.date
    part: Part
    state: str
    leaders: tuple[str, ...]
    n_partner_leaders: int = 1
    travel_minutes: float | None = None
    has_evidence: bool = False

    @property
    def lead_half_days(self) -> int:
        """Half-days of the lead's leaders: what the partner's entitlement is counted in."""
        return len(self.part.halves) * len(self.leaders)

    @property
    def partner_half_days(self) -> int:
        """Half-days of the partner's own leaders."""
        return len(self.part.halves) * self.n_partner_leaders


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """Half-days of a lead's leaders for one partner; each figure but ``entitled`` from its days.

    Parameters
    ----------
    entitled
        What the definition promises over the whole partnership.
    planned
        With a date, and not taken place yet.
    delivered
        The lead says that they took place; those that are agreed among them.
    evidenced
        Of those delivered, the ones with a note that shows it.
    agreed
        Of those delivered, the ones that the partner agreed.
    disputed, missed
        Counted as neither planned nor delivered.
    travel_minutes
        Of the days delivered, there and back; never part of a half-day.
    n_without_travel
        Days delivered of which no minutes are known.
    """

    entitled: int
    planned: int
    delivered: int
    evidenced: int
    agreed: int
    disputed: int
    missed: int
    travel_minutes: float
    n_without_travel: int

    @property
    def undated(self) -> int:
        """Half-days that were promised and have no date; never below none."""
        return max(self.entitled - self.delivered - self.planned - self.disputed, 0)

    @property
    def beyond(self) -> int:
        """Half-days given or planned beyond what was promised."""
        return max(self.delivered + self.planned + self.disputed - self.entitled, 0)


def ledger(days: Iterable[SupportDay], *, entitled_days: float) -> Ledger:
    """Add up a partner's days.

    Parameters
    ----------
    entitled_days
        Days of the lead's leaders that the definition promises.

    Examples
    --------
    >>> held = SupportDay(on=datetime.date(2026, 11, 20), part=Part.DAY, state="agreed",
    ...                   leaders=("Ada", "Ben"), has_evidence=True, travel_minutes=90)
    >>> told = ledger([held], entitled_days=10)
    >>> told.agreed, told.undated, told.travel_minutes
    (4, 16, 90)
    """
    held = list(days)
    took_place = [each for each in held if each.state in {"delivered", "agreed"}]
    return Ledger(
        entitled=round(entitled_days * HALF_DAYS_A_DAY),
        planned=_sum(held, "planned"),
        delivered=_sum(took_place, "delivered", "agreed"),
        evidenced=sum(each.lead_half_days for each in took_place if each.has_evidence),
        agreed=_sum(held, "agreed"),
        disputed=_sum(held, "disputed"),
        missed=_sum(held, "missed"),
        travel_minutes=sum(each.travel_minutes or 0 for each in took_place),
        n_without_travel=sum(each.travel_minutes is None for each in took_place),
    )


def _sum(days: Iterable[SupportDay], *states: str) -> int:
    return sum(each.lead_half_days for each in days if each.state in states)


def in_days(half_days: float) -> str:
    """Write half-days as days.

    >>> in_days(1), in_days(2), in_days(7), in_days(0)
    ('half a day', '1 day', '3.5 days', 'no days')
    """
    if half_days == 1:
        return "half a day"
    days = half_days / HALF_DAYS_A_DAY
    return "no days" if not days else f"{days:g} day{'' if days == 1 else 's'}"
