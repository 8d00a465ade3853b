"""A partnership's days, its ledger, both schools' calendars, and what other apps read of them."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from django.db.models import Prefetch, QuerySet

from schoolhubs import programmes
from schoolhubs.delivery import days
from schoolhubs.service.delivery.models import (
    CoachingCycle,
    Kind,
    Leader,
    LeaderHalfDay,
    OwnCalendar,
    SupportDay,
)
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.vocabulary.calendar import AcademicYear, Term
from schoolhubs.vocabulary.records.delivery import DayKind, DaySpent, MissedDay
from schoolhubs.vocabulary.records.rules import RulesAsAt
from schoolhubs.vocabulary.records.support import SupportRules

HELD = Prefetch("held", queryset=LeaderHalfDay.objects.select_related("leader"))
PureDay = days.ledger.SupportDay
Ledger = days.ledger.Ledger
Part = days.ledger.Part
HalfTerm = days.school_days.HalfTerm
SchoolYear = days.school_days.SchoolYear
SchoolDays = days.school_days.SchoolDays
usual_year = days.school_days.usual_year
SPENT_ON = {Kind.COACHING.value: DayKind.COACHING}


def rules_of(partnership: Partnership) -> RulesAsAt:
    """Give the programme's rules by which a partnership was begun."""
    return programmes.load(partnership.programme_id).as_at(partnership.starts_on)


def support_of(partnership: Partnership) -> SupportRules | None:
    """Give how support days are given; None where the programme says nothing of them."""
    return rules_of(partnership).support


def entitled_days(partnership: Partnership) -> float:
    """Give the days of the lead's leaders that the definition promises this partner."""
    rules = {each.pathway: each for each in rules_of(partnership).pathways}
    held = rules.get(partnership.pathway)
    return held.lead_days_per_partner if held else 0


def executive_days(partnership: Partnership) -> float:
    """Give the days in which executive teams of two trusts work together; 0 for schools."""
    support = support_of(partnership)
    return support.executive_days.get(partnership.pathway, 0) if support else 0


def subject_of(partnership: Partnership) -> str:
    """Name a partnership as the audit log does."""
    return f"partnership:{partnership.pk}"


def days_in(partnership: Partnership) -> QuerySet[SupportDay]:
    """Give every day of a partnership in order of time, with who comes."""
    return SupportDay.objects.filter(partnership=partnership).prefetch_related(HELD)


def days_with(partnerships: Iterable[Partnership]) -> dict[int, list[SupportDay]]:
    """Give the days of several partnerships by partnership, in two questions."""
    found: dict[int, list[SupportDay]] = defaultdict(list)
    ours = SupportDay.objects.filter(partnership__in=list(partnerships)).prefetch_related(HELD)
    for each in ours:
        found[each.partnership_id].append(each)
    return found


def leaders_on(day: SupportDay) -> list[Leader]:
    """Give who comes, or would have come, each once and by name."""
    found = {each.leader_id: each.leader for each in day.held.all()}
    return sorted(found.values(), key=lambda each: (each.name, each.pk))


def pure(day: SupportDay) -> PureDay:
    """Give a day as the ledger reads it."""
    return PureDay(
        on=day.on, part=Part(day.part), state=day.state,
        leaders=tuple(each.name for each in leaders_on(day)),
        n_partner_leaders=day.n_partner_leaders, travel_minutes=day.travel_minutes,
        has_evidence=bool(day.evidence),
    )  # fmt: skip


def ledger_of(partnership: Partnership, held: Iterable[SupportDay]) -> Ledger:
    """Add up a partner's days against what the definition promises."""
    told = [pure(each) for each in held]
    return days.ledger.ledger(told, entitled_days=entitled_days(partnership))


def executive_ledger_of(partnership: Partnership, held: Iterable[SupportDay]) -> Ledger | None:
    """Add up the days of both executive teams together; None where none are promised or held.

    They are among the days of :func:`ledger_of`, and counted by themselves here.
    """
    ours = [pure(each) for each in held if each.kind == Kind.EXECUTIVE]
    promised = executive_days(partnership)
    return days.ledger.ledger(ours, entitled_days=promised) if ours or promised else None


def days_of(partnership_ids: Collection[int]) -> Mapping[int, tuple[DaySpent, ...]]:
    """Give what was spent on support days in each partnership; what no day shows is not there."""
    return spent_and_missed(partnership_ids)[0]


def missed_of(partnership_ids: Collection[int]) -> Mapping[int, tuple[MissedDay, ...]]:
    """Give the support days that did not take place in each partnership, in order of time."""
    return spent_and_missed(partnership_ids)[1]


def spent_and_missed(
    partnership_ids: Collection[int],
) -> tuple[Mapping[int, tuple[DaySpent, ...]], Mapping[int, tuple[MissedDay, ...]]]:
    """Give what was spent in each partnership, and what did not take place, in one look."""
    ours = SupportDay.objects.filter(
        partnership_id__in=list(partnership_ids),
        state__in=("delivered", "agreed", "disputed", "missed"),
    ).prefetch_related(HELD)
    spent: dict[int, list[DaySpent]] = defaultdict(list)
    missed: dict[int, list[MissedDay]] = defaultdict(list)
    for each in ours.select_related("partnership"):
        if each.state == "missed":
            missed[each.partnership_id].append(
                MissedDay(
                    on=each.on, half_days=len(Part(each.part).halves),
                    evidence=f"support_day:{each.pk}",
                )
            )  # fmt: skip
        else:
            spent[each.partnership_id].append(_spent(each))
    return (
        {pk: tuple(held) for pk, held in spent.items()},
        {pk: tuple(held) for pk, held in missed.items()},
    )


def _spent(day: SupportDay) -> DaySpent:
    """Give a day as what was spent on it, by the rules of its partnership's beginning."""
    told, kind = pure(day), SPENT_ON.get(day.kind, DayKind.SUPPORT_DAY)
    money = programmes.load(day.partnership.programme_id).money(day.partnership.starts_on)
    return DaySpent(
        kind=kind, on=day.on,
        partner_half_days=money.half_days(kind, len(told.part.halves), told.n_partner_leaders),
        lead_half_days=told.lead_half_days, travel_minutes=told.travel_minutes,
        evidence=f"support_day:{day.pk}", is_agreed=day.state == "agreed",
    )  # fmt: skip


def leaders_of(lead_urn: str) -> QuerySet[Leader]:
    """Give the leaders of a lead school who go to partners now."""
    return Leader.objects.filter(lead_urn=lead_urn, stopped_on__isnull=True)


def free_leaders(lead_urn: str, on: datetime.date, halves: Iterable[str]) -> set[int]:
    """Give the leaders of a lead who have nothing in some half-days."""
    ours = leaders_of(lead_urn)
    taken = LeaderHalfDay.objects.filter(
        leader__in=ours, on=on, half__in=list(halves), is_held=True
    ).values_list("leader_id", flat=True)
    return {each.pk for each in ours} - set(taken)


def given_in(lead_urn: str, year: AcademicYear) -> int:
    """Count the half-days that a lead's leaders gave, or have planned, in a school year."""
    return LeaderHalfDay.objects.filter(
        leader__lead_urn=lead_urn, is_held=True, on__gte=year.starts_on, on__lt=year.finishes_on
    ).count()


def calendars(names: Mapping[str, str]) -> dict[str, SchoolDays]:
    """Give when some schools are open, by URN, with their own dates where they told them."""
    own: dict[str, dict[str, SchoolYear]] = defaultdict(dict)
    for each in OwnCalendar.objects.filter(urn__in=list(names)):
        own[each.urn][each.year] = school_year(each)
    return {urn: SchoolDays(name=name, years=own[urn]) for urn, name in names.items()}


def school_year(own: OwnCalendar) -> SchoolYear:
    """Give a school's own dates of one year; where it told no terms, the usual ones."""
    terms = tuple(
        HalfTerm(
            term=Term(term), first_on=datetime.date.fromisoformat(first),
            last_on=datetime.date.fromisoformat(last),
        )
        for term, first, last in own.half_terms
    )  # fmt: skip
    cannot = {datetime.date.fromisoformat(on): why for on, why in own.cannot.items()}
    return SchoolYear(
        year=AcademicYear(own.year), half_terms=terms or usual_year(own.year).half_terms,
        cannot=cannot, is_own=bool(terms),
    )  # fmt: skip


def open_cycle(partnership: Partnership) -> CoachingCycle | None:
    """Give the coaching cycle that runs; None where none does."""
    ours = CoachingCycle.objects.filter(partnership=partnership, ended_at__isnull=True)
    return ours.select_related("coach").first()
