"""A support day is held, moved on by the table of states, saved, and put on record."""

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import IntegrityError

from schoolhubs.delivery import days
from schoolhubs.service.audit import actions as audit
from schoolhubs.service.delivery import queries
from schoolhubs.service.delivery.models import Leader, LeaderHalfDay, SupportDay
from schoolhubs.service.partnerships.models import HOLDS_A_PLACE, Partnership
from schoolhubs.service.partnerships.resting.queries import refuse_what_is_new
from schoolhubs.vocabulary.errors import Conflict

Part = days.ledger.Part
# What calendars show of a day, and the states in which it is taken back in them.
IN_CALENDARS = ("on", "part", "held_at", "state")
NOT_HELD = frozenset({"cancelled", "missed"})
ONE_PLACE = "a_leader_is_in_one_place"
NOT_TOGETHER = (
    "These two schools do not work together: their partnership is not agreed, or over. Nothing was "
    "saved."
)
CHANGED = (
    "Somebody changed this day while you had it open. Nothing of yours was saved; look at what "
    "stands now."
)


def held_partnership(partnership: Partnership) -> Partnership:
    """Lock a partnership in which days may be planned and recorded.

    Raises
    ------
    Conflict
        If the two do not work together, or their partnership rests.
    """
    held = Partnership.objects.select_for_update().get(pk=partnership.pk)
    if held.state not in (*HOLDS_A_PLACE, "finished"):
        raise Conflict(NOT_TOGETHER)
    refuse_what_is_new(held.pk)
    return held


def held_day(day: SupportDay, version: int) -> SupportDay:
    """Lock a day as it was looked at.

    Raises
    ------
    Conflict
        If it was changed meanwhile.
    """
    rows = SupportDay.objects.select_for_update(of=("self",)).select_related("partnership")
    held = rows.get(pk=day.pk)
    if held.version != version:
        raise Conflict(CHANGED)
    return held


def go(held: SupportDay, to: str, *, by_side: str, **changes: Any) -> None:
    """Bring a day to a state by the table, with what else changes.

    Raises
    ------
    Conflict
        If the table has no such move, or a leader has been given away meanwhile.
    """
    days.states.check_move(held.state, to, by=by_side)
    held.state = to
    save(held, **changes)


def save(held: SupportDay, **changes: Any) -> None:
    """Save a day that was held, one version on; calendars are told of what they show.

    ``changes`` may have been set already, as a state is, so the row is asked what it was.
    """
    was = SupportDay.objects.values_list(*IN_CALENDARS).get(pk=held.pk)
    for name, value in changes.items():
        setattr(held, name, value)
    if "sequence" not in changes and _shown(was) != _shown(
        [getattr(held, name) for name in IN_CALENDARS]
    ):
        held.sequence += 1
    held.version += 1
    held.save()


def _shown(told: Sequence[Any]) -> tuple[Any, ...]:
    """Give what a calendar shows of a day: when, where, and whether it is taken back."""
    *told_as_is, state = told
    return (*told_as_is, state in NOT_HELD)


def send(day: SupportDay, leaders: Iterable[Leader]) -> None:
    """Take the leaders for the day; whoever came before goes.

    Raises
    ------
    IntegrityError
        From the database, if one of them has a place already: :func:`clash` says it in words.
    """
    day.held.all().delete()
    LeaderHalfDay.objects.bulk_create(
        LeaderHalfDay(day=day, leader=leader, on=day.on, half=half)
        for leader in leaders
        for half in Part(day.part).halves
    )


def clash(error: IntegrityError) -> Conflict:
    """Say that a leader is taken, or raise what was another fault."""
    if ONE_PLACE not in str(error):
        raise error
    return Conflict(
        "One of these leaders has another support day in that half of the day. Nothing was saved. "
        "Choose another day or another leader."
    )


def record(
    action: str, day: SupportDay, *, by: str, organisation: str, at: datetime.datetime, place: str,
    reason: str = "",
) -> None:  # fmt: skip
    """Put on record what was done with a day; its words stay in its history."""
    partnership = day.partnership
    audit.record(
        by=by, organisation=organisation, at=at, action=f"support_day.{action}", place=place,
        reason=reason, subject=queries.subject_of(partnership),
        details={
            "day": day.pk, "on": day.on.isoformat(), "part": day.part, "state": day.state,
            "urn": partnership.partner_urn, "lead": partnership.lead_urn,
        },
    )  # fmt: skip
