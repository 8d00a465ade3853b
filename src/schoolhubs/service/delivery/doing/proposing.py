"""Dates for all partners of a lead: gathered, worked out, kept beside the plan, accepted."""

import datetime
import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction

from schoolhubs.delivery import days
from schoolhubs.service.delivery import hubs, queries, telling
from schoolhubs.service.delivery.doing import changing
from schoolhubs.service.delivery.models import Leader, LeaderHalfDay, Proposal, SupportDay
from schoolhubs.service.jobs import actions as jobs
from schoolhubs.service.jobs.models import UNFINISHED, Work
from schoolhubs.service.letters import actions as letters
from schoolhubs.service.partnerships.models import HOLDS_A_PLACE, Partnership
from schoolhubs.service.partnerships.resting.queries import asked_nothing
from schoolhubs.service.partnerships.telling import names_of
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.errors import Conflict

Given = days.scheduling.Given
Schedule = days.scheduling.Schedule
SCHEDULE = "support_schedule"
FOCUS = "Both schools agree what this day is about"
STALE = (
    "Days, leaders, term dates or partners have changed since these dates were worked out, or the "
    "first of them is over. Ask for a new proposal. Nothing was planned."
)


def gather(lead_urn: str, today: datetime.date) -> Given | None:
    """Gather what a schedule for a lead stands on; None where nothing is without a date.

    What the lead has left to give is its capacity of each school year, less what its leaders gave
    or have planned in it.
    """
    found = [each for each in hubs.partners_of(lead_urn, today) if _goes_on(each, today)]
    resting = asked_nothing([each.pk for each in found])
    found = [each for each in found if each.pk not in resting]
    held = queries.days_with(found)
    undated = {each.pk: queries.ledger_of(each, held[each.pk]).undated for each in found}
    rules = next((one for each in found if (one := queries.support_of(each))), None)
    if rules is None or not any(undated.values()):
        return None
    names = names_of([lead_urn, *(each.partner_urn for each in found)])
    urns = {each.partner_urn: names.side(each, "partner") for each in found}
    open_on = queries.calendars({lead_urn: names.school(lead_urn), **urns})
    half = days.ledger.HALF_DAYS_A_DAY
    capacity = _left_by_year(lead_urn, found, today)
    return Given(
        lead=open_on[lead_urn], leaders=tuple(_leaders(lead_urn, today)), from_on=today,
        partners=tuple(
            days.scheduling.Partner(
                partner_id=str(each.pk), name=urns[each.partner_urn], half_days=undated[each.pk],
                starts_on=each.starts_on, finishes_on=each.finishes_on, minutes=each.minutes,
                days=open_on[each.partner_urn], held=_by_half(held[each.pk]),
            )
            for each in found if undated[each.pk]
        ),
        capacity_half_days=sum(capacity.values()), capacity_by_year=capacity,
        leader_week=round(rules.most_days_a_week_of_a_leader * half),
        partner_week=round(rules.most_days_a_week_of_a_partner * half),
        half_day_within_minutes=rules.half_day_within_minutes,
    )  # fmt: skip


def _left_by_year(
    lead_urn: str, found: Sequence[Partnership], today: datetime.date
) -> dict[str, int]:
    """Give the half-days a lead has left in each school year, all its programmes together."""
    rules = {each.programme_id: queries.support_of(each) for each in found}
    days_a_year = sum(each.lead_capacity_days for each in rules.values() if each is not None)
    last = max(each.finishes_on for each in found) - datetime.timedelta(days=1)
    year, left = AcademicYear.holding(today), {}
    while year.starts_on <= last:
        most = round(days_a_year * days.ledger.HALF_DAYS_A_DAY)
        left[str(year)] = max(most - queries.given_in(lead_urn, year), 0)
        year = year.plus(1)
    return left


def basis_of(given: Given) -> str:
    """Give a digest of what a schedule stands on, whatever day it is asked for."""

    def plain(value: Any) -> Any:
        if isinstance(value, frozenset | set):
            return sorted(map(str, value))
        return str(value)

    told: list[list[Any]] = [
        *(["leader", one.leader_id, one.cannot, one.taken, one.most_minutes]
          for one in given.leaders),
        *(["partner", one.partner_id, one.half_days, sorted(one.held.items()), one.minutes,
           one.finishes_on, one.days.years] for one in given.partners),
        [sorted(given.capacity_by_year.items()), given.lead.years],
    ]  # fmt: skip
    text = json.dumps([[plain(part) for part in each] for each in told])
    return hashlib.sha256(text.encode()).hexdigest()


def ask(lead_urn: str, **who: Any) -> Work:
    """Ask for a proposal; one that is under way already is not asked for again."""
    with transaction.atomic():
        order = {"lead": lead_urn}
        same = Work.objects.filter(kind=SCHEDULE, order=order, state__in=UNFINISHED).first()
        return same or jobs.ask(SCHEDULE, order, **who)


def last_asked(lead_urn: str) -> Work | None:
    """Give the last search that a lead asked for; None where it never did."""
    return Work.objects.filter(kind=SCHEDULE, order={"lead": lead_urn}).order_by("-pk").first()


def record_of(given: Given, found: Schedule) -> dict[str, Any]:
    """Give what a schedule found, in words and numbers that stand for themselves."""
    scheduling = days.scheduling
    return {
        "outcome": found.outcome.value, "is_best": found.is_best,
        "is_verified": found.is_verified, "from_on": given.from_on.isoformat(),
        "conflict": [scheduling.asks(each, given) for each in found.conflict],
        "remedies": [scheduling.remedy(each, given) for each in found.remedies],
        "partners": [
            {"partnership": int(each.partner_id), "name": each.name, "half_days": each.half_days}
            for each in given.partners
        ],
        "short": [
            {"name": given.partner(of).name, "half_days": n} for of, n in found.short.items()
        ],
        "visits": [
            {
                "on": each.on.isoformat(), "part": each.part.value,
                "partnership": int(each.partner_id), "partner": given.partner(each.partner_id).name,
                "leader": int(each.leader_id), "name": given.leader(each.leader_id).name,
            }
            for each in found.visits
        ],
    }  # fmt: skip


def accept(proposal: Proposal, *, today: datetime.date, version: int, **who: Any) -> int:
    """Plan every day of a proposal at once; each partner and the lead get one letter.

    Returns
    -------
    int
        How many days were planned.

    Raises
    ------
    Conflict
        If it was accepted before, or what it stands on has changed.
    """
    given = gather(proposal.lead_urn, today)
    try:
        with transaction.atomic():
            held = Proposal.objects.select_for_update().get(pk=proposal.pk)
            if held.version != version or held.accepted_at:
                raise Conflict("These dates were accepted already. Nothing was planned.")
            visits = held.record["visits"]
            first = min((each["on"] for each in visits), default="")
            if given is None or basis_of(given) != held.basis or first < today.isoformat():
                raise Conflict(STALE)
            made = _plan(visits, **who)
            held.accepted_at, held.accepted_by, held.version = who["at"], who["by"], version + 1
            held.save()
            drafts = telling.many_planned(made)
            letters.write(drafts, by=who["by"], at=who["at"], place=who["place"])
            for each in made:
                changing.record("plan", each, **who)
    except IntegrityError as error:
        raise changing.clash(error) from error
    return len(made)


def _plan(visits: Sequence[dict[str, Any]], **who: Any) -> list[SupportDay]:
    pks = {each["partnership"] for each in visits}
    together = Partnership.objects.select_for_update().in_bulk(pks)
    if asked_nothing(pks):
        raise Conflict(STALE)
    leaders = Leader.objects.in_bulk({each["leader"] for each in visits})
    made = []
    for each in visits:
        if together[each["partnership"]].state not in HOLDS_A_PLACE:
            raise Conflict(STALE)
        day = SupportDay.objects.create(
            partnership=together[each["partnership"]], on=each["on"], part=each["part"],
            focus=FOCUS, planned_at=who["at"], planned_by=who["by"],
        )  # fmt: skip
        day.on = datetime.date.fromisoformat(each["on"])
        changing.send(day, [leaders[each["leader"]]])
        made.append(day)
    return made


def _goes_on(partnership: Partnership, today: datetime.date) -> bool:
    return partnership.state in HOLDS_A_PLACE and partnership.finishes_on > today


def _leaders(lead_urn: str, today: datetime.date) -> list[Any]:
    ours = list(queries.leaders_of(lead_urn))
    taken = LeaderHalfDay.objects.filter(leader__in=ours, on__gte=today, is_held=True)
    rows = list(taken.values_list("leader_id", "on", "half"))
    return [
        days.scheduling.Leader(
            leader_id=str(each.pk), name=each.name, cannot=frozenset(each.cannot),
            taken=frozenset((on, half) for pk, on, half in rows if pk == each.pk),
            most_minutes=each.most_minutes,
        )
        for each in ours
    ]  # fmt: skip


def _by_half(held: Sequence[SupportDay]) -> dict[tuple[datetime.date, str], int]:
    found: Counter[tuple[datetime.date, str]] = Counter()
    for each in held:
        if each.state in days.states.holds_leaders():
            told = queries.pure(each)
            found.update({(each.on, half): len(told.leaders) for half in told.part.halves})
    return dict(found)
