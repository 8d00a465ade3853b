"""Moves an action on the board, and keeps what people say of a plan."""

import datetime

from django.db import IntegrityError, transaction

from schoolhubs.service.audit import actions as audit
from schoolhubs.service.plans.actions import Who
from schoolhubs.service.plans.models import Card, CardState, Comment, Plan
from schoolhubs.vocabulary.errors import Conflict

MOVED = (
    "Somebody else moved this action while you had the board open. Nothing of yours was saved; "
    "look where it stands now."
)


def move(
    plan: Plan,
    action_id: str,
    *,
    state: CardState,
    owner: str,
    due_on: datetime.date | None,
    version: int,
    who: Who,
) -> Card:
    """Put an action where it stands now; no word of the plan changes.

    Parameters
    ----------
    version
        Of the card that was looked at; 0 where it had none.

    Raises
    ------
    Conflict
        If somebody moved it meanwhile.
    """
    try:
        with transaction.atomic():
            rows = Card.objects.select_for_update().filter(plan=plan, action_id=action_id)
            held = rows.first()
            if (held.version if held else 0) != version:
                raise Conflict(MOVED)
            card = held or Card(plan=plan, action_id=action_id, version=0)
            card.state, card.owner, card.due_on = state, owner, due_on
            card.moved_at, card.moved_by, card.version = who.at, who.by, version + 1
            card.save()
            audit.record(
                by=who.by, organisation=who.organisation, at=who.at, action="plan.move",
                subject=f"plan:{plan.urn}", place=who.place,
                details={"plan": plan.pk, "action": action_id, "state": state.value},
            )  # fmt: skip
    except IntegrityError as error:  # two move it for the first time at once
        raise Conflict(MOVED) from error
    return card


def comment(plan: Plan, *, words: str, who: Who) -> Comment:
    """Keep what somebody says of the version that stands; it changes nothing."""
    with transaction.atomic():
        made = Comment.objects.create(
            plan=plan, number=plan.number, words=words, made_at=who.at, made_by=who.by,
            name=who.name, organisation=who.organisation,
        )  # fmt: skip
        audit.record(
            by=who.by, organisation=who.organisation, at=who.at, action="plan.comment",
            subject=f"plan:{plan.urn}", place=who.place,
            details={"plan": plan.pk, "comment": made.pk},
        )  # fmt: skip
    return made
