"""Raises a concern, answers it, takes it to the next step, settles it. Each tells both schools."""

import dataclasses
import datetime
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from schoolhubs.service import clock
from schoolhubs.service.audit import actions as audit
from schoolhubs.service.letters import actions as letters
from schoolhubs.service.milestones.concerns import telling
from schoolhubs.service.milestones.models import Concern, ConcernEntry, ConcernState, Said
from schoolhubs.service.milestones.standing.together import rules_of
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.partnerships.resting.queries import (
    put_off,
    refuse_while_resting,
    rests_of,
)
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.records.delivery.milestones import ConcernStep, Paused, Whose

DAY = datetime.timedelta(days=1)
TWICE = "A concern about this partnership is open already. Nothing was saved; add to that one."
CHANGED = "Somebody else added to this concern while you had it open. Nothing of yours was saved."


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class At:
    """Where a concern is: its step, the next one, and from when that may be taken."""

    step: ConcernStep
    following: ConcernStep | None
    may_go_on_from: datetime.date


def place_of(concern: Concern, pauses: Sequence[Paused] | None = None) -> At:
    """Give where a concern is in the steps of its programme; a rest puts its days off.

    ``pauses`` are the rests of the partnership, where they were read already.
    """
    steps = steps_of(concern.partnership)
    number = next((n for n, each in enumerate(steps) if each.step == concern.step), 0)
    step = steps[number]
    answered_by = concern.step_on + (step.days if concern.state == ConcernState.OPEN else 0) * DAY
    if pauses is None:
        pauses = rests_of([concern.partnership_id]).get(concern.partnership_id, ())
    return At(
        step=step,
        following=steps[number + 1] if number + 1 < len(steps) else None,
        may_go_on_from=put_off(answered_by, pauses, on=clock.day()),
    )


def steps_of(partnership: Partnership) -> tuple[ConcernStep, ...]:
    """Give the steps of concerns that a partnership's programme states.

    Raises
    ------
    Conflict
        If it states none.
    """
    rules = rules_of(partnership).milestones
    if rules is None:
        raise Conflict("This programme states no steps for concerns. Nothing was saved.")
    return rules.concerns


def raise_(
    partnership: Partnership, *, side: str, words: str, evidence: str, by: str,
    organisation: str, at: datetime.datetime, place: str,
) -> Concern:  # fmt: skip
    """Raise a concern, by the lead or the office, with what shows it.

    Raises
    ------
    Conflict
        If one is open, or the partnership does not run or rests.
    """
    first = steps_of(partnership)[0]
    try:
        with transaction.atomic():
            held = Partnership.objects.select_for_update().get(pk=partnership.pk)
            if held.state not in ("agreed", "running"):
                raise Conflict("This partnership is over, so there is nothing to be worried about.")
            refuse_while_resting(held.pk)
            made = Concern.objects.create(
                partnership=held, raised_side=side, step=first.step, step_on=timezone.localdate(at)
            )
            said = {"words": words, "evidence": evidence}
            _keep(made, Said.RAISED, said, "raise", by, organisation, at, place)
    except IntegrityError as error:
        raise Conflict(TWICE) from error
    return made


def answer(
    concern: Concern, *, words: str, version: int, by: str, organisation: str,
    at: datetime.datetime, place: str,
) -> Concern:  # fmt: skip
    """Answer a concern on behalf of the partner school.

    Raises
    ------
    Conflict
        If it is settled, or somebody added to it meanwhile.
    """
    with transaction.atomic():
        held = _held(concern, version)
        held.state = ConcernState.ANSWERED
        _keep(held, Said.ANSWERED, {"words": words}, "answer", by, organisation, at, place)
    return held


def take_further(
    concern: Concern, *, words: str, version: int, by: str, organisation: str,
    at: datetime.datetime, place: str,
) -> Concern:  # fmt: skip
    """Take a concern to its next step, once its days are over or it was answered.

    Raises
    ------
    Conflict
        If it is too early, there is no further step, or the partnership rests.
    """
    on = timezone.localdate(at)
    with transaction.atomic():
        held = _held(concern, version)
        refuse_while_resting(held.partnership_id)
        where = place_of(held)
        if where.following is None:
            raise Conflict("It is at its last step: settle it, or let the partnership rest or end.")
        if on < where.may_go_on_from:
            raise Conflict(
                f"“{where.step.title}” has until {where.may_go_on_from}. Nothing was saved; take "
                "it further from that day on, or once the school has answered."
            )
        held.step, held.step_on, held.state = where.following.step, on, ConcernState.OPEN
        _keep(held, Said.FURTHER, {"words": words}, "take-further", by, organisation, at, place)
    return held


def settle(
    concern: Concern, *, words: str, version: int, by: str, organisation: str,
    at: datetime.datetime, place: str,
) -> Concern:  # fmt: skip
    """Settle a concern, saying what came of it.

    Raises
    ------
    Conflict
        If it is settled, or somebody added to it meanwhile.
    """
    with transaction.atomic():
        held = _held(concern, version)
        held.state = ConcernState.SETTLED
        _keep(held, Said.SETTLED, {"words": words}, "settle", by, organisation, at, place)
    return held


def _held(concern: Concern, version: int) -> Concern:
    held = Concern.objects.select_for_update().get(pk=concern.pk)
    if held.version != version:
        raise Conflict(CHANGED)
    if held.state == ConcernState.SETTLED:
        raise Conflict("This concern is settled already. Nothing was saved.")
    return held


def _keep(
    held: Concern, what: Said, said: dict[str, str], action: str, by: str, organisation: str,
    at: datetime.datetime, place: str,
) -> None:  # fmt: skip
    """Save a concern with one entry more, tell both schools, and record it."""
    if held.pk and what is not Said.RAISED:
        held.version += 1
        held.save()
    ConcernEntry.objects.create(
        concern=held, what=what, step=held.step, said_at=at, said_by=by, **said
    )
    letters.write(telling.of_concern(held, what, place_of(held)), by=by, at=at, place=place)
    told: dict[str, Any] = {"partnership": str(held.partnership_id), "step": held.step}
    audit.record(
        by=by, organisation=organisation, at=at, action=f"concern.{action}",
        subject=f"concern:{held.pk}", place=place, reason=said["words"], details=told,
    )  # fmt: skip


WHOSE_WORDS = {
    Whose.PARTNER: "the partner school",
    Whose.LEAD: "the lead school",
    Whose.OFFICE: "the programme office",
}
