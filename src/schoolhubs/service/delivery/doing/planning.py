"""A day gets its date, another date, or none."""

import dataclasses
import datetime
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from schoolhubs.delivery import days
from schoolhubs.service.delivery import queries, telling
from schoolhubs.service.delivery.doing import changing
from schoolhubs.service.delivery.models import (
    CoachingCycle,
    Kind,
    Leader,
    LeaderHalfDay,
    SupportDay,
)
from schoolhubs.service.letters import actions as letters
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.partnerships.resting.queries import refuse_what_is_new
from schoolhubs.service.partnerships.telling import names_of
from schoolhubs.service.web.pages import day as written
from schoolhubs.vocabulary.errors import Conflict, DataProblem, Problem

OVER = (
    "The day is over, so it cannot be cancelled any more. Say that it did not take place instead. "
    "Nothing was changed."
)
Part = days.ledger.Part
SchoolDays = days.school_days.SchoolDays


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Date:
    """When, where and with whom a day is to be."""

    on: datetime.date
    part: Part
    leaders: Sequence[Leader]
    held_at: str = "partner"


def faults_of(
    partnership: Partnership, wanted: Date, schools: Sequence[SchoolDays], today: datetime.date
) -> list[tuple[str, str]]:
    """Say what stands against a date, each with the field it is about.

    Parameters
    ----------
    schools
        When each of the two schools is open.
    """
    on, found = wanted.on, []
    if on < today:
        found.append(("on", "The date must be today or later. Record a day that has been instead"))
    elif not partnership.starts_on <= on < partnership.finishes_on:
        first, last = written(partnership.starts_on), written(partnership.last_on)
        found.append(("on", f"The date must be within the partnership, {first} to {last}"))
    else:
        found += [
            ("on", f"For {each.name} it is {why}. Choose another date, or change its term dates")
            for each in schools
            if (why := each.why_not(on))
        ]
    if not wanted.leaders:
        found.append(("leaders", "Select who comes"))
    if any(each.lead_urn != partnership.lead_urn for each in wanted.leaders):
        found.append(("leaders", "Select leaders of the lead school"))
    if any(on in each.cannot for each in wanted.leaders):
        found.append(("leaders", "One of these leaders cannot on that day"))
    return found


def taken(wanted: Date, *, day: SupportDay | None = None) -> list[tuple[str, str]]:
    """Say who of the leaders has another day in that half of the day, for the field of leaders.

    Parameters
    ----------
    day
        The day that stands already, whose own half-days take nobody.
    """
    held = LeaderHalfDay.objects.filter(
        leader__in=[each.pk for each in wanted.leaders], on=wanted.on, is_held=True,
        half__in=wanted.part.halves,
    ).exclude(day=day)  # fmt: skip
    busy = held.order_by("leader__name").values_list("leader__name", flat=True).distinct()
    return [
        ("leaders", f"{name} has another support day then. Choose another day or another leader")
        for name in busy
    ]


def plan(
    partnership: Partnership, wanted: Date, *, focus: str, today: datetime.date,
    schools: Sequence[SchoolDays], cycle: CoachingCycle | None = None, kind: str = "", **who: Any,
) -> SupportDay:  # fmt: skip
    """Give a partner a date with leaders of its lead, and write to both schools.

    Parameters
    ----------
    cycle
        The coaching cycle that it is a session of.
    who
        ``by``, ``organisation``, ``at`` and ``place``, as of every action.

    Raises
    ------
    Conflict
        If the two do not work together, or a leader was given away meanwhile.
    DataProblem
        If a school is closed, or the date lies outside of the partnership.
    """
    _refuse(partnership, wanted, schools, today)
    try:
        with transaction.atomic():
            held = changing.held_partnership(partnership)
            made = SupportDay.objects.create(
                partnership=held, on=wanted.on, part=wanted.part, held_at=wanted.held_at,
                focus=focus, cycle=cycle, planned_at=who["at"], planned_by=who["by"],
                kind=Kind.COACHING if cycle else kind or Kind.SUPPORT_DAY,
            )  # fmt: skip
            changing.send(made, wanted.leaders)
            letters.write(telling.planned(made), by=who["by"], at=who["at"], place=who["place"])
            changing.record("plan", made, **who)
    except IntegrityError as error:
        raise changing.clash(error) from error
    return made


def move(
    day: SupportDay, wanted: Date, *, reason: str, version: int, today: datetime.date,
    schools: Sequence[SchoolDays], **who: Any,
) -> SupportDay:  # fmt: skip
    """Give a planned day another date or other leaders; calendars follow by its sequence.

    Raises
    ------
    Conflict
        If it is no longer planned, was changed meanwhile, or a leader was given away; or if the
        partnership rests.
    DataProblem
        If a school is closed, or the date lies outside of the partnership.
    """
    _refuse(day.partnership, wanted, schools, today)
    try:
        with transaction.atomic():
            held = changing.held_day(day, version)
            if held.state != "planned":
                raise Conflict("Only a day that is planned can be moved. Nothing was changed.")
            refuse_what_is_new(held.partnership_id)
            before = telling.when(held)
            # Its leaders are let go first: they are of the day as it is.
            held.held.all().delete()
            changing.save(
                held, on=wanted.on, part=wanted.part, held_at=wanted.held_at, reason=reason,
                sequence=held.sequence + 1,
            )  # fmt: skip
            changing.send(held, wanted.leaders)
            drafts = telling.moved(held, before)
            letters.write(drafts, by=who["by"], at=who["at"], place=who["place"])
            changing.record("move", held, reason=reason, **who)
    except IntegrityError as error:
        raise changing.clash(error) from error
    return held


def cancel(day: SupportDay, *, side: str, reason: str, version: int, **who: Any) -> SupportDay:
    """Take a planned day back, with a reason; its half-days have no date again.

    Raises
    ------
    Conflict
        If it is no longer planned, was changed meanwhile, or its day is over: what did not take
        place then is recorded as missed.
    """
    with transaction.atomic():
        held = changing.held_day(day, version)
        if held.on < timezone.localdate(who["at"]):
            raise Conflict(OVER)
        changing.go(held, "cancelled", by_side=side, reason=reason)
        letters.write(telling.cancelled(held), by=who["by"], at=who["at"], place=who["place"])
        changing.record("cancel", held, reason=reason, **who)
    return held


def calendars_of(partnership: Partnership) -> list[SchoolDays]:
    """Give when the two schools of a partnership are open, the partner's first."""
    names = names_of([partnership.partner_urn, partnership.lead_urn])
    urns = (partnership.partner_urn, partnership.lead_urn)
    found = queries.calendars({urn: names.school(urn) for urn in urns})
    return [found[urn] for urn in urns]


def _refuse(
    partnership: Partnership, wanted: Date, schools: Sequence[SchoolDays], today: datetime.date
) -> None:
    faults = faults_of(partnership, wanted, schools, today)
    if faults:
        raise DataProblem(
            [Problem(code=f"support_day_{field}", column=field, fault=fault)
             for field, fault in faults],
            outcome="Nothing was saved.",
        )  # fmt: skip
