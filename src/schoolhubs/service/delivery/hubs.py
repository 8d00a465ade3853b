"""A lead school's hub as a whole: its partners with leadership days, and their ledgers added up."""

import dataclasses
import datetime
from collections.abc import Iterable, Mapping, Sequence

from schoolhubs import delivery
from schoolhubs.delivery import days
from schoolhubs.service.delivery import queries
from schoolhubs.service.delivery.models import SupportDay
from schoolhubs.service.partnerships.models import STANDS, Partnership
from schoolhubs.service.partnerships.queries import of_the_day, year_words
from schoolhubs.service.partnerships.resting.queries import rests_of

Ledger = days.ledger.Ledger
Forecast = days.forecasting.Forecast
ORDER = {"overrun": 0, "behind": 1, "on_track": 2, "done": 3}


def partnerships_of(lead_urn: str, today: datetime.date) -> list[Partnership]:
    """Give a lead's partnerships that have leadership days and are not long over."""
    since = today - datetime.timedelta(days=366)
    ours = Partnership.objects.filter(
        lead_urn=lead_urn, state__in=STANDS, finishes_on__gt=since
    ).exclude(state="proposed")
    found = ours.order_by("starts_on", "partner_urn", "pk")
    return [each for each in found if queries.entitled_days(each)]


def partners_of(lead_urn: str, today: datetime.date) -> list[Partnership]:
    """Give a lead's partners with leadership days, each once: with the year that runs on a day."""
    return of_the_day(partnerships_of(lead_urn, today), today)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PartnerForecast:
    """One partner of a hub, its ledger, and whether its days still fit.

    ``not_known`` says which part of its time has no dates yet.
    """

    partnership: Partnership
    name: str
    ledger: Ledger
    forecast: Forecast
    not_known: str = ""

    @property
    def year(self) -> str:
        """Name a further year; blank for the first."""
        return year_words(self.partnership)


def forecasts(
    found: Sequence[Partnership], held: Mapping[int, Sequence[SupportDay]],
    names: Mapping[str, str], today: datetime.date,
) -> list[PartnerForecast]:  # fmt: skip
    """Tell of several partners how their days stand, those that fall behind first."""
    urns = {urn for each in found for urn in (each.partner_urn, each.lead_urn)}
    open_on = queries.calendars({urn: names.get(urn, f"URN {urn}") for urn in urns})
    told, pauses = [], rests_of([each.pk for each in found])
    for each in found:
        rested = pauses.get(each.pk, ())
        ledger = queries.ledger_of(each, held.get(each.pk, ()))
        rules = queries.support_of(each)
        lead = open_on[each.lead_urn]
        both = [
            on for on in open_on[each.partner_urn].between(each.starts_on, each.finishes_on)
            # A rest that lasts takes away the days that have been: nobody knows how long it will.
            if lead.is_open(on) and not (on < today and delivery.milestones.terms.rests(rested, on))
        ]  # fmt: skip
        week = rules.most_days_a_week_of_a_partner if rules else 1
        not_known = days.school_days.not_known_words(
            [open_on[each.partner_urn], lead], max(each.starts_on, today), each.finishes_on
        ) if each.finishes_on > today else ""  # fmt: skip
        told.append(PartnerForecast(
            partnership=each, name=names.get(each.partner_urn, each.partner_urn), ledger=ledger,
            forecast=days.forecasting.forecast(
                ledger, [queries.pure(one) for one in held.get(each.pk, ())], both, on=today,
                week=round(week * days.ledger.HALF_DAYS_A_DAY), is_known=not not_known,
            ),
            not_known=not_known,
        ))  # fmt: skip
    return sorted(told, key=lambda each: (-each.forecast.overrun, ORDER[each.forecast.verdict]))


def ledger_of_hub(found: Iterable[Partnership], held: Mapping[int, Sequence[SupportDay]]) -> Ledger:
    """Add the ledgers of several partners up."""
    return _added([queries.ledger_of(each, held.get(each.pk, ())) for each in found])


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class HubForecast:
    """A hub's days as the office sees them: added up, and what falls behind."""

    lead_urn: str
    name: str
    ledger: Ledger
    n_partners: int
    n_behind: int
    n_overrun: int
    overrun: int


def by_hub(told: Iterable[PartnerForecast], names: Mapping[str, str]) -> list[HubForecast]:
    """Add the forecasts of partners up by lead, hubs without room first, then those behind."""
    held: dict[str, list[PartnerForecast]] = {}
    for each in told:
        held.setdefault(each.partnership.lead_urn, []).append(each)
    found = [
        HubForecast(
            lead_urn=urn, name=names.get(urn, f"URN {urn}"), n_partners=len(ours),
            ledger=_added([each.ledger for each in ours]),
            n_behind=sum(each.forecast.verdict == "behind" for each in ours),
            n_overrun=sum(each.forecast.verdict == "overrun" for each in ours),
            overrun=sum(each.forecast.overrun for each in ours),
        )
        for urn, ours in held.items()
    ]  # fmt: skip
    return sorted(found, key=lambda each: (-each.overrun, -each.n_behind, each.name))


def _added(told: Sequence[Ledger]) -> Ledger:
    names = [field.name for field in dataclasses.fields(Ledger)]
    return Ledger(**{name: sum(getattr(each, name) for each in told) for name in names})
