"""What an award is worked out from: partnerships with their further years, days, declarations."""

import dataclasses
import datetime
from collections.abc import Collection, Iterable, Mapping

from django.db.models import Q

from schoolhubs import funding, programmes
from schoolhubs.service.funding.awarding import ledger
from schoolhubs.service.funding.models import Declaration
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.vocabulary.records import funding as records
from schoolhubs.vocabulary.records.delivery import DaySpent, DeliveryRecord, MissedDay
from schoolhubs.vocabulary.records.funding import MoneyRules, PayeeKind, PaymentMilestone
from schoolhubs.vocabulary.records.rules import RulesAsAt

# What both schools agreed to; a proposal that came to nothing ended too, and never stood.
STOOD = Q(state__in=("agreed", "running", "finished")) | Q(
    state="ended", partner_says="accepts", lead_says="accepts"
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One partnership from its first year to its last, as awards read it.

    Parameters
    ----------
    partnership
        The first year's, by which all of its money goes.
    years
        It and its further years, in order.
    record
        All that was delivered, the days of every year in one.
    declarations
        By side and milestone.
    """

    partnership: Partnership
    years: tuple[Partnership, ...]
    record: DeliveryRecord
    rules: RulesAsAt
    money: MoneyRules
    declarations: Mapping[tuple[str, str], Declaration]

    def kind(self, side: str) -> PayeeKind:
        """Give what kind of payee a side is."""
        if side == "lead":
            return PayeeKind.LEAD_SCHOOL
        return PayeeKind.TRUST if self.partnership.is_of_trusts else PayeeKind.SCHOOL

    def milestones(self, side: str) -> tuple[PaymentMilestone, ...]:
        """List when money falls due to a side; nothing where it is paid nothing."""
        return funding.milestones(self.record, self.rules, self.money, self.kind(side))

    def closed(self, side: str) -> tuple[Declaration, ...]:
        """List what a side began to declare for milestones that are none any more.

        So it is once a partnership was cut short. What was checked before stays what it is.
        """
        known = {each.milestone for each in self.milestones(side)}
        return tuple(
            each
            for (own, name), each in sorted(self.declarations.items())
            if own == side and name not in known
        )


def as_record(found: Iterable[Declaration]) -> records.Declaration:
    """Give declarations of one side of a partnership as one record."""
    all_ = sorted(found, key=lambda each: each.pk)
    newest = all_[-1]
    uses = (("travel", "travel_pence"), ("backfill", "backfill_pence"), ("plan", "plan_pence"))
    return records.Declaration(
        declaration_id=str(newest.pk), partnership_id=str(newest.partnership_id),
        state=records.PaymentState(newest.state), version=newest.version,
        milestone=newest.milestone, is_lead=newest.side == "lead",
        days=tuple(
            records.DeclaredDay(
                on=day.on, half_days=day.half_days, what=day.what, evidence=day.evidence,
                is_excused=bool(day.excused_because),
            )
            for each in all_
            for day in each.days.all()
            if day.struck_at is None
        ),
        use=tuple(
            records.UseOfGrant(use=use, amount_pence=sum(getattr(each, name) for each in all_))
            for use, name in uses
        ),
    )  # fmt: skip


def facts_of(partnership_ids: Collection[int]) -> dict[int, Facts]:
    """Give the facts of partnerships that stood, by the number of the first year."""
    rows = Partnership.objects.filter(STOOD, pk__in=list(partnership_ids))
    return {each.partnership.pk: each for each in facts_among(rows.filter(extends__isnull=True))}


def facts_among(
    firsts: Iterable[Partnership], *, known: Iterable[Partnership] | None = None
) -> list[Facts]:
    """Give the facts of some partnerships' first years, in as many queries as for one.

    ``known`` are their further years, where they were read already.
    """
    found = list(firsts)
    first_ids = [each.pk for each in found]
    if known is None:
        programme_ids = {each.programme_id for each in found}
        known = Partnership.objects.filter(
            STOOD, extends__isnull=False, programme_id__in=programme_ids
        )
    further = {each.extends_id: each for each in known}
    years = {each.pk: tuple(_years(each, further)) for each in found}
    days, missed = ledger.spent_and_missed(
        [each.pk for of_one in years.values() for each in of_one]
    )
    declarations: dict[int, dict[tuple[str, str], Declaration]] = {pk: {} for pk in first_ids}
    rows = Declaration.objects.filter(partnership_id__in=first_ids).prefetch_related("days")
    for row in rows:
        declarations[row.partnership_id][row.side, row.milestone] = row
    # What was missed matters only where a day is excused.
    excusing = {
        each.pk for pk, ours in declarations.items() if any(map(_excuses, ours.values()))
        for each in years[pk]
    }  # fmt: skip
    missed = {pk: held for pk, held in missed.items() if pk in excusing}
    return [_facts(each, years[each.pk], days, missed, declarations[each.pk]) for each in found]


def _excuses(declaration: Declaration) -> bool:
    """Tell whether a declaration holds an excused day."""
    return any(each.excused_because and not each.struck_at for each in declaration.days.all())


def _years(first: Partnership, further: Mapping[int | None, Partnership]) -> Iterable[Partnership]:
    """Give a partnership and its further years; one that was ended before it began is none."""
    one: Partnership | None = first
    while one is not None:
        yield one
        one = further.get(one.pk)
        if one and one.state == "ended" and one.ended_on and one.ended_on <= one.starts_on:
            return


def _facts(
    first: Partnership,
    years: tuple[Partnership, ...],
    days: Mapping[int, tuple[DaySpent, ...]],
    missed: Mapping[int, tuple[MissedDay, ...]],
    declarations: Mapping[tuple[str, str], Declaration],
) -> Facts:
    programme = programmes.load(first.programme_id)
    rules = programme.as_at(first.starts_on)
    ended_on, ended_by = _ended(years)
    return Facts(
        partnership=first, years=years, rules=rules, money=programme.money(first.starts_on),
        declarations=declarations,
        record=DeliveryRecord(
            partnership_id=str(first.pk), programme_id=first.programme_id,
            cohort_id=first.cohort_id, pathway=first.pathway, urn=first.partner_urn,
            lead_urn=first.lead_urn, trust_id=first.partner_trust_id,
            starts_on=first.starts_on, finishes_on=years[-1].finishes_on,
            ended_on=ended_on, ended_by=ended_by, definition_version=rules.definition_version,
            days=tuple(
                sorted(
                    # What lies outside of a partnership is no day of it, whatever ledger holds it.
                    (
                        day
                        for each in years
                        for day in days[each.pk]
                        if first.starts_on <= day.on < years[-1].finishes_on
                    ),
                    key=lambda day: (day.on, day.evidence),
                )
            ),
            missed=tuple(day for each in years for day in missed.get(each.pk, ())),
        ),
    )  # fmt: skip


def _ended(years: tuple[Partnership, ...]) -> tuple[datetime.date | None, str]:
    """Give the day it ended early, and who ended it; one that ended before it began, its first."""
    first = years[0].starts_on
    ended = [(each.ended_on or first, each.ended_side) for each in years if each.state == "ended"]
    on, side = min(ended, default=(None, ""))
    return (max(on, first) if on else None), side
