"""What changed behind an award since it was checked: days struck, corrected, or told late."""

import dataclasses
import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from schoolhubs.service.funding import queries
from schoolhubs.service.funding.awarding import ledger
from schoolhubs.service.funding.models import DeclarationState, KeptAward
from schoolhubs.service.funding.pages import wording
from schoolhubs.service.partnerships.models import Side
from schoolhubs.service.web.pages import day as written
from schoolhubs.vocabulary.records.delivery import DayKind, DaySpent

# What an award keeps of a day: kind, day, half-days of the partner and of the lead, record.
Row = Sequence[Any]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One record of a ledger that is not as it was when an award was checked.

    Parameters
    ----------
    before, now
        What counted then and what counts today, in words; blank for nothing.
    """

    record: str
    before: str
    now: str

    @property
    def is_late(self) -> bool:
        """It was told after the check, and takes nothing from what was checked."""
        return not self.before

    @property
    def words(self) -> str:
        """Both, in one line."""
        return f"{self.record}: {self.before or 'not there'} then, {self.now or 'nothing'} now"


def rows_of(days: Iterable[DaySpent], due_on: datetime.date) -> list[Row]:
    """Give the days of ledgers that count by an award's day, as an award keeps them."""
    return [
        [day.kind.value, day.on.isoformat(), day.partner_half_days, day.lead_half_days,
         day.evidence]
        for day in days
        if day.is_agreed and day.kind != DayKind.DECLARED and day.on < due_on
    ]  # fmt: skip


def compared(side: str, then: Iterable[Row], now: Iterable[Row]) -> list[Change]:
    """Hold what an award was worked out from against what stands, for what its side gave."""
    before, after = _counted(side, then), _counted(side, now)
    return [
        Change(record=record, before=before.get(record, ""), now=after.get(record, ""))
        for record in sorted(before.keys() | after.keys())
        if before.get(record) != after.get(record)
    ]


def _counted(side: str, rows: Iterable[Row]) -> dict[str, str]:
    found: dict[str, str] = {}
    for kind, on, of_partner, of_lead, record in rows:
        half_days = of_partner if side == Side.PARTNER else of_lead
        if half_days:
            when = written(datetime.date.fromisoformat(on))
            found[record] = f"{wording.KINDS.get(kind, kind)}, {when}, {wording.days(half_days)}"
    return found


def changes_of(awards: Collection[KeptAward]) -> Mapping[int, list[Change]]:
    """Give what changed behind awards since each was checked, by number; others have no entry."""
    checked = [e for e in awards if e.declaration.state == DeclarationState.CHECKED]
    years = queries.years_among({each.partnership_id for each in checked})
    days = ledger.days_of([pk for ours in years.values() for pk in ours])
    found = {}
    for each in checked:
        now = [day for pk in years[each.partnership_id] for day in days[pk]]
        if told := changes_in(each, now):
            found[each.pk] = told
    return found


def changes_in(award: KeptAward, days: Iterable[DaySpent]) -> list[Change]:
    """Give what changed behind one award, where the days of its partnership are known."""
    then = award.made_of.get("days")
    if then is None or award.declaration.state != DeclarationState.CHECKED:
        return []  # kept before days were kept with it, or being written anew
    return compared(award.declaration.side, then, rows_of(days, award.payable_from))


def is_to_check(changes: Iterable[Change]) -> bool:
    """Tell whether something that was checked is not so any more, so that it is checked again."""
    return any(not each.is_late for each in changes)
