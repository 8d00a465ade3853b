"""What became of a day: the lead records it, the partner answers, the office settles."""

import dataclasses
import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from schoolhubs.service.delivery import telling
from schoolhubs.service.delivery.doing import changing
from schoolhubs.service.delivery.doing.planning import Date
from schoolhubs.service.delivery.models import CoachingCycle, Kind, SupportDay
from schoolhubs.service.letters import actions as letters
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.web.pages import day as written
from schoolhubs.vocabulary.errors import Conflict, DataProblem, Problem

AHEAD = (
    "The day has not come, so it cannot have been missed. Cancel it instead. Nothing was changed."
)
NOTHING_WRITTEN = (
    "The lead school has not written down what was done, so the day cannot be agreed. Decide that "
    "it did not take place, or ask the lead school to record it again. Nothing was changed."
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What the lead says of a day that took place.

    Parameters
    ----------
    evidence
        What was done and what shows it; a day without is delivered, and cannot be agreed.
    travel_minutes
        There and back, all travellers together; None where not known.
    observation, next_step
        Of a coaching session: what the coach saw, and what happens next.
    """

    date: Date
    focus: str
    evidence: str = ""
    n_partner_leaders: int = 1
    travel_minutes: int | None = None
    observation: str = ""
    next_step: str = ""


def record(
    partnership: Partnership, done: Done, *, today: datetime.date, day: SupportDay | None = None,
    version: int = 0, cycle: CoachingCycle | None = None, kind: str = "", **who: Any,
) -> SupportDay:  # fmt: skip
    """Record that a day took place, one that was planned or another; the partner is asked.

    Parameters
    ----------
    day, version
        The planned, missed or disputed day that it was, as it was looked at; None for a day that
        nobody planned.

    Raises
    ------
    Conflict
        If the day was changed meanwhile, cannot be delivered by the table, or a leader was
        elsewhere in that half of the day.
    DataProblem
        If it lies ahead, or outside of the partnership.
    """
    _refuse(partnership, done.date, today)
    told = {
        "focus": done.focus, "evidence": done.evidence, "travel_minutes": done.travel_minutes,
        "n_partner_leaders": done.n_partner_leaders, "observation": done.observation,
        "next_step": done.next_step, "delivered_at": who["at"], "delivered_by": who["by"],
        "answered_at": None, "answered_by": "", "on": done.date.on, "part": done.date.part,
        "held_at": done.date.held_at,
    }  # fmt: skip
    try:
        with transaction.atomic():
            if day is None:
                held = SupportDay.objects.create(
                    partnership=changing.held_partnership(partnership), state="delivered",
                    cycle=cycle, kind=Kind.COACHING if cycle else kind or Kind.SUPPORT_DAY,
                    planned_at=who["at"], planned_by=who["by"], **told,
                )  # fmt: skip
            else:
                held = changing.held_day(day, version)
                held.held.all().delete()
                changing.go(held, "delivered", by_side="lead", **told)
            changing.send(held, done.date.leaders)
            letters.write(telling.waits(held), by=who["by"], at=who["at"], place=who["place"])
            changing.record("record", held, **who)
    except IntegrityError as error:
        raise changing.clash(error) from error
    return held


def answer(
    day: SupportDay, *, agrees: bool, version: int, reason: str = "", **who: Any
) -> SupportDay:
    """Say for the partner that a day took place as recorded, or that it was otherwise.

    Raises
    ------
    Conflict
        If it waits for no answer, was changed meanwhile, or has no note of what was done.
    """
    with transaction.atomic():
        held = changing.held_day(day, version)
        if agrees and not held.evidence:
            raise Conflict(
                "The lead school has not written down what was done, so it cannot be agreed yet. "
                "Ask it to record the day again. Nothing was changed."
            )
        said = {"answered_at": who["at"], "answered_by": who["by"]}
        if not agrees:
            said["reason"] = reason
        changing.go(held, "agreed" if agrees else "disputed", by_side="partner", **said)
        if not agrees:
            letters.write(telling.disputed(held), by=who["by"], at=who["at"], place=who["place"])
        changing.record("agree" if agrees else "dispute", held, reason=reason, **who)
    return held


def miss(day: SupportDay, *, side: str, reason: str, version: int, **who: Any) -> SupportDay:
    """Record that a day did not take place, or that what was recorded never was.

    Raises
    ------
    Conflict
        If the table has no such move, it was changed meanwhile, or its day has not come.
    """
    with transaction.atomic():
        held = changing.held_day(day, version)
        if held.state == "planned" and held.on > timezone.localdate(who["at"]):
            raise Conflict(AHEAD)
        changing.go(held, "missed", by_side=side, reason=reason)
        letters.write(telling.missed(held), by=who["by"], at=who["at"], place=who["place"])
        changing.record("miss", held, reason=reason, **who)
    return held


def settle(day: SupportDay, *, to: str, reason: str, version: int, **who: Any) -> SupportDay:
    """Decide for the office what a disputed day was, or open an agreed one again.

    Raises
    ------
    Conflict
        If the table has no such move, it was changed meanwhile, or nobody wrote down what was done.
    """
    with transaction.atomic():
        held = changing.held_day(day, version)
        if to == "agreed" and not held.evidence:
            raise Conflict(NOTHING_WRITTEN)
        said: dict[str, Any] = {"reason": reason}
        if to == "agreed":
            said |= {"answered_at": who["at"], "answered_by": who["by"]}
        changing.go(held, to, by_side="office", **said)
        changing.record("settle", held, reason=reason, **who)
    return held


def faults_of(partnership: Partnership, held: Date, today: datetime.date) -> list[tuple[str, str]]:
    """Say what stands against a day that is said to have taken place, each with its field."""
    on, faults = held.on, []
    if on > today:
        faults.append(("on", "A day can be recorded on the day itself or later"))
    elif not partnership.starts_on <= on < partnership.finishes_on:
        first, last = written(partnership.starts_on), written(partnership.last_on)
        faults.append(("on", f"The date must be within the partnership, {first} to {last}"))
    if not held.leaders:
        faults.append(("leaders", "Select who came"))
    if any(each.lead_urn != partnership.lead_urn for each in held.leaders):
        faults.append(("leaders", "Select leaders of the lead school"))
    return faults


def _refuse(partnership: Partnership, held: Date, today: datetime.date) -> None:
    faults = faults_of(partnership, held, today)
    if faults:
        raise DataProblem(
            [Problem(code=f"support_day_{field}", column=field, fault=fault)
             for field, fault in faults],
            outcome="Nothing was saved.",
        )  # fmt: skip
