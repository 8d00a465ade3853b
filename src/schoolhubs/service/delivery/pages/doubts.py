"""What a lead is asked once more before a day is kept: it may be right, and is not usual."""

import datetime
from collections.abc import Sequence

from schoolhubs.delivery import days
from schoolhubs.service.delivery import queries
from schoolhubs.service.delivery.doing.planning import Date
from schoolhubs.service.delivery.models import Kind, LeaderHalfDay, SupportDay
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.vocabulary.calendar import AcademicYear

SchoolDays = days.school_days.SchoolDays
in_days = days.ledger.in_days


def beyond(
    partnership: Partnership, wanted: Date, *, day: SupportDay | None = None, kind: str = ""
) -> list[str]:
    """Say where a day goes beyond what was promised, or what the lead is counted on to give.

    Parameters
    ----------
    day
        The day that stands already, which this one takes the place of.
    """
    halves = len(wanted.part.halves) * len(wanted.leaders)
    found = []
    if kind != Kind.EXECUTIVE:
        found += _beyond_promise(partnership, halves, day)
    return found + _beyond_capacity(partnership, wanted.on, halves, day)


def closed(wanted: Date, schools: Sequence[SchoolDays]) -> list[str]:
    """Say for which school a day is no school day."""
    return [f"For {each.name} it is {why}" for each in schools if (why := each.why_not(wanted.on))]


def _beyond_promise(partnership: Partnership, halves: int, day: SupportDay | None) -> list[str]:
    others = queries.days_in(partnership).exclude(kind=Kind.EXECUTIVE)
    told = queries.ledger_of(partnership, [each for each in others if each != day])
    sum_ = told.delivered + told.planned + told.disputed + halves
    if sum_ <= told.entitled:
        return []
    promised = f"{in_days(told.entitled)} are promised to this partner"
    return [f"With it {in_days(sum_)} are given or planned, and {promised}"]


def _beyond_capacity(
    partnership: Partnership, on: datetime.date, halves: int, day: SupportDay | None
) -> list[str]:
    rules, year = queries.support_of(partnership), AcademicYear.holding(on)
    if rules is None:
        return []
    most = round(rules.lead_capacity_days * days.ledger.HALF_DAYS_A_DAY)
    given = queries.given_in(partnership.lead_urn, year)
    if day is not None:
        ours = LeaderHalfDay.objects.filter(day=day, is_held=True, on__gte=year.starts_on)
        given -= ours.filter(on__lt=year.finishes_on).count()
    if given + halves <= most:
        return []
    together = f"{in_days(given + halves)} in {year}, all partners together"
    counted_on = f"the programme counts on {in_days(most)}"
    return [f"With it the leaders of the lead school give {together}, and {counted_on}"]
